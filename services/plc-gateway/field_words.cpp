#include "services/plc-gateway/field_words.hpp"

#include <algorithm>

namespace millrace::plc {

namespace {

constexpr std::int64_t most = 0xFFFFFFFF;

bool printable(char c) {
  return c >= 0x20 && c <= 0x7E;
}

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

bool starts_multi_byte(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0xC0;
}

std::string printable_text(std::string_view utf8) {
  std::string out;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    out += printable(utf8[i]) ? utf8[i] : '?';
    if (starts_multi_byte(utf8[i]))
      while (i + 1 < utf8.size() && continues_character(utf8[i + 1]))
        ++i;
  }
  return out;
}

std::string characters(const map_field& field,
                       std::span<const std::uint16_t> slot) {
  std::string out;
  for (int i = 0; i < field.words; ++i) {
    const auto word = slot[static_cast<std::size_t>(field.offset + i)];
    char first = static_cast<char>(word >> 8);
    char second = static_cast<char>(word & 0xFF);
    if (field.order == half_order::low_first)
      std::swap(first, second);
    out += first;
    out += second;
  }
  return out;
}

} // namespace

words text_words(const map_field& field, std::string_view utf8) {
  auto text = printable_text(utf8);
  text.resize(static_cast<std::size_t>(field.words) * 2, '\0');
  words out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    auto high = static_cast<unsigned char>(text[i]);
    auto low = static_cast<unsigned char>(text[i + 1]);
    if (field.order == half_order::low_first)
      std::swap(high, low);
    out.push_back(static_cast<std::uint16_t>(high << 8 | low));
  }
  return out;
}

result<words> mass_words(const map_field& field, kilograms value) {
  if (value < kilograms{})
    return error{value.to_string() + " kg is negative"};
  const auto scaled = value.scaled(field.scale);
  if (scaled > most)
    return error{value.to_string() + " kg does not fit, at most "
                 + kilograms::from_scaled(most, field.scale).to_string()};
  words out{static_cast<std::uint16_t>(scaled >> 16),
            static_cast<std::uint16_t>(scaled & 0xFFFF)};
  if (field.order == half_order::low_first)
    std::swap(out[0], out[1]);
  return out;
}

std::optional<std::string> strict_text(const map_field& field,
                                       std::span<const std::uint16_t> slot) {
  const auto all = characters(field, slot);
  const auto end = std::find(all.begin(), all.end(), '\0');
  if (!std::all_of(all.begin(), end, printable)
      || !std::all_of(end, all.end(), [](char c) { return c == '\0'; }))
    return std::nullopt;
  return std::string(all.begin(), end);
}

std::string lenient_text(const map_field& field,
                         std::span<const std::uint16_t> slot) {
  auto text = characters(field, slot);
  text.resize(std::min(text.find('\0'), text.size()));
  std::ranges::replace_if(
    text, [](char c) { return !printable(c); }, '?');
  return text;
}

std::uint32_t unsigned_value(const map_field& field,
                             std::span<const std::uint16_t> slot) {
  std::uint32_t high = slot[static_cast<std::size_t>(field.offset)];
  std::uint32_t low = slot[static_cast<std::size_t>(field.offset) + 1];
  if (field.order == half_order::low_first)
    std::swap(high, low);
  return high << 16 | low;
}

kilograms mass(const map_field& field, std::span<const std::uint16_t> slot) {
  return kilograms::from_scaled(unsigned_value(field, slot), field.scale);
}

std::optional<bool> flag(const map_field& field,
                         std::span<const std::uint16_t> slot) {
  const auto word = slot[static_cast<std::size_t>(field.offset)];
  return word > 1 ? std::nullopt : std::optional(word == 1);
}

std::vector<int> raw_words(const map_field& field,
                           std::span<const std::uint16_t> slot) {
  const auto own = slot.subspan(static_cast<std::size_t>(field.offset),
                                static_cast<std::size_t>(field.words));
  return {own.begin(), own.end()};
}

} // namespace millrace::plc
