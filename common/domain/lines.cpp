#include "common/domain/lines.hpp"

#include "common/domain/order_name.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace millrace {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Where the number at a code's end begins.
std::size_t number_at(std::string_view code) {
  const auto last = code.find_last_not_of("0123456789");
  return last == std::string_view::npos ? 0 : last + 1;
}

/// 0..999,999,999.
std::optional<std::size_t> number_of(std::string_view digits) {
  if (digits.empty() || digits.size() > 9)
    return {};
  return std::stoul(std::string{digits});
}

result<std::vector<std::string>> codes_between(std::string_view first,
                                               std::string_view last) {
  const auto range = std::string{first} + ".." + std::string{last};
  const auto prefix = first.substr(0, number_at(first));
  const auto from = number_of(first.substr(prefix.size()));
  const auto to = number_of(last.substr(number_at(last)));
  if (!from || !to || first.size() != last.size()
      || last.substr(0, number_at(last)) != prefix || *from > *to)
    return error{"\"" + range + "\" is no range; expected as PLC001..PLC250"};
  if (*to - *from >= most_lines)
    return error{"\"" + range + "\" is more than " + std::to_string(most_lines)
                 + " lines"};
  std::vector<std::string> codes;
  for (auto number = *from; number <= *to; ++number) {
    auto digits = std::to_string(number);
    digits.insert(0, first.size() - prefix.size() - digits.size(), '0');
    codes.push_back(std::string{prefix} + digits);
  }
  return codes;
}

/// A code, or all codes of a range.
result<std::vector<std::string>> codes_of(std::string_view text) {
  const auto dots = text.find("..");
  if (dots == std::string_view::npos)
    return std::vector{std::string{text}};
  return codes_between(trimmed(text.substr(0, dots)),
                       trimmed(text.substr(dots + 2)));
}

} // namespace

result<std::vector<std::string>> parse_lines(std::string_view text) {
  std::vector<std::string> lines;
  std::set<std::string> seen;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto codes = codes_of(trimmed(text.substr(begin, end - begin)));
    if (!codes)
      return error{codes.why()};
    for (const auto& code : *codes) {
      if (auto checked = check_line_code(code); !checked)
        return error{checked.why()};
      if (!seen.insert(code).second)
        return error{"line \"" + code + "\" is named twice"};
      lines.push_back(code);
    }
    if (lines.size() > most_lines)
      return error{"more than " + std::to_string(most_lines) + " lines"};
    begin = end + 1;
  }
  return lines;
}

} // namespace millrace
