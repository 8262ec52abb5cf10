#include "common/domain/lines.hpp"

#include "common/domain/order_name.hpp"

#include <algorithm>

namespace millrace {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace

result<std::vector<std::string>> parse_lines(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    auto code = check_line_code(trimmed(text.substr(begin, end - begin)));
    if (!code)
      return error{code.why()};
    if (std::find(lines.begin(), lines.end(), *code) != lines.end())
      return error{"line \"" + *code + "\" is named twice"};
    lines.push_back(*code);
    begin = end + 1;
  }
  return lines;
}

} // namespace millrace
