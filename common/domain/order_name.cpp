#include "common/domain/order_name.hpp"

#include <algorithm>
#include <cctype>

namespace millrace {

namespace {

constexpr std::size_t column_width = 64;

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
}

/// The second and further bytes of a character in UTF-8.
bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

} // namespace

result<std::string> check_order_name(std::string_view name) {
  const auto refuse = [&](std::string_view rule) {
    return error{"order name \"" + std::string(name.substr(0, 80))
                 + "\": " + std::string(rule)};
  };
  if (name.empty())
    return refuse("is empty");
  if (name.size() > column_width)
    return refuse("is longer than 64 characters");
  if (name.find('/') == name.npos)
    return refuse("has no '/', expected a form like WH/MO/00001");
  bool level_is_empty = true;
  for (const char c : name) {
    if (c != '/' && !is_name_character(c))
      return refuse("may hold letters, digits, '-', '_' and '/' only");
    if (c == '/' && level_is_empty)
      return refuse("has an empty part");
    level_is_empty = c == '/';
  }
  if (level_is_empty)
    return refuse("has an empty part");
  return std::string(name);
}

std::string cut_to_field(std::string_view name, std::size_t characters) {
  auto end = std::min(characters, name.size());
  while (end > 0 && end < name.size() && continues_character(name[end]))
    --end;
  return std::string(name.substr(0, end));
}

result<std::string> check_line_code(std::string_view code) {
  bool fits
    = !code.empty() && code.size() <= column_width && code.front() != '_';
  for (const char c : code)
    fits = fits && is_name_character(c);
  if (!fits)
    return error{"line \"" + std::string(code.substr(0, 80))
                 + "\": expected 1 to 64 letters, digits, '-' or '_', "
                   "the first no '_'"};
  return std::string(code);
}

} // namespace millrace
