#include "services/notifier/quiet_hours.hpp"

#include <optional>
#include <string>

namespace millrace::notifier {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// "HH:MM" in minutes after midnight.
std::optional<int> minute_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':')
    return {};
  for (const std::size_t i : {0, 1, 3, 4})
    if (!is_digit(text[i]))
      return {};
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (hour > 23 || minute > 59)
    return {};
  return hour * 60 + minute;
}

} // namespace

result<quiet_hours> parse_quiet_hours(std::string_view text) {
  if (text.empty())
    return quiet_hours{};
  const auto dash = text.find('-');
  const auto from = minute_of(text.substr(0, dash));
  const auto to
    = dash == text.npos ? std::nullopt : minute_of(text.substr(dash + 1));
  if (!from || !to || *from == *to)
    return error{"two different times as HH:MM-HH:MM, e.g. 22:00-05:00"};
  return quiet_hours{*from, *to};
}

} // namespace millrace::notifier
