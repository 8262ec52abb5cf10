// For targets that read JSON, queries or `.env` text: besides
// a whole value (behind : [ , or =) is replaced by one that parsers stumble
// over or by another value of the same input.

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                        std::size_t max_size);

namespace {

constexpr std::array<std::string_view, 11> hard_numbers{
  "0",     "1",     "-1",         "-0.001",           "77",   "32767",
  "65536", "99999", "2147483648", "9999999999999999", "1e308"};
constexpr std::array<std::string_view, 4> hard_texts{
  "\"\"", "\"-1\"", "\"\\u0000\"", "\"a/b c\""};
constexpr std::array<std::string_view, 6> other_kinds{"null", "true", "false",
                                                      "[]",   "{}",   ""};

struct span {
  std::size_t begin;
  std::size_t end;
};

std::size_t end_of_value(std::string_view text, std::size_t begin) {
  if (text[begin] != '"')
    return std::min(text.find_first_of(",]}& \r\n", begin), text.size());
  for (auto at = begin + 1; at < text.size(); ++at)
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      return at + 1;
  return text.size();
}

std::vector<span> values_of(std::string_view text) {
  std::vector<span> found;
  for (auto at = text.find_first_of(":[,="); at < text.size();
       at = text.find_first_of(":[,=", at + 1)) {
    const auto begin = text.find_first_not_of(' ', at + 1);
    if (begin < text.size() && text[begin] != '{' && text[begin] != '[')
      found.push_back({begin, end_of_value(text, begin)});
  }
  return found;
}

template <class Random, class List>
std::string_view any_of(Random& random, const List& list) {
  return list[random() % list.size()];
}

/// One more or less, where limits are tried; empty for what is no integer.
std::string neighbour(std::minstd_rand& random, std::string_view number) {
  std::int64_t value = 0;
  const auto* end = number.data() + number.size();
  const auto read = std::from_chars(number.data(), end, value);
  if (read.ptr != end || read.ec != std::errc{} || number.size() > 15)
    return {};
  return std::to_string(random() % 2 == 0 ? value + 1 : value - 1);
}

/// Mostly of the same kind, so that it gets past the first checks.
std::string replacement(std::minstd_rand& random, std::string_view text,
                        const std::vector<span>& values,
                        std::string_view replaced) {
  switch (random() % 8) {
  case 0:
    return std::string(any_of(random, other_kinds));
  case 1: {
    const auto& other = values[random() % values.size()];
    return std::string(text.substr(other.begin, other.end - other.begin));
  }
  case 2:
  case 3:
    if (auto beside = neighbour(random, replaced); !beside.empty())
      return beside;
    [[fallthrough]];
  default:
    return std::string(replaced.starts_with('"')
                         ? any_of(random, hard_texts)
                         : any_of(random, hard_numbers));
  }
}

} // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data,
                                               std::size_t size,
                                               std::size_t max_size,
                                               unsigned int seed) {
  std::minstd_rand random{seed};
  const std::string text{reinterpret_cast<const char*>(data), size};
  const auto values = values_of(text);
  if (values.empty() || random() % 4 == 0)
    return LLVMFuzzerMutate(data, size, max_size);
  const auto [begin, end] = values[random() % values.size()];
  const auto value = replacement(
    random, text, values, std::string_view(text).substr(begin, end - begin));
  const auto out = text.substr(0, begin) + value + text.substr(end);
  if (out.size() > max_size)
    return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, out.data(), out.size());
  return out.size();
}
