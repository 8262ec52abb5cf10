#include "common/telemetry/clock.hpp"

namespace millrace {

using namespace std::chrono;

namespace {

/// Reads exactly `width` digits and moves on.
std::optional<int> digits(std::string_view& text, std::size_t width) {
  if (text.size() < width)
    return {};
  int value = 0;
  for (const char c : text.substr(0, width)) {
    if (c < '0' || c > '9')
      return {};
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(width);
  return value;
}

// What fits the system clock's nanoseconds for certain.
constexpr int first_year = 1678;
constexpr int last_year = 2261;

bool skip(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted)
    return false;
  text.remove_prefix(1);
  return true;
}

std::optional<milliseconds> fraction(std::string_view& text) {
  if (!skip(text, '.'))
    return milliseconds{0};
  int value = 0;
  int places = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (places < 3)
      value = value * 10 + (text.front() - '0');
    ++places;
    text.remove_prefix(1);
  }
  if (places == 0)
    return {};
  for (; places < 3; ++places)
    value *= 10;
  return milliseconds{value};
}

std::optional<minutes> zone(std::string_view& text) {
  if (skip(text, 'Z') || skip(text, 'z'))
    return minutes{0};
  const int sign = skip(text, '+') ? 1 : skip(text, '-') ? -1 : 0;
  const auto hour = digits(text, 2);
  // PostgreSQL writes "+00".
  const auto minute
    = text.empty() ? std::optional(0) : (skip(text, ':'), digits(text, 2));
  if (sign == 0 || !hour || !minute || *hour > 14 || *minute > 59)
    return {};
  return minutes{sign * (*hour * 60 + *minute)};
}

} // namespace

wall_clock system_wall_clock() {
  return [] {
    return system_clock::now();
  };
}

std::string format_utc(system_clock::time_point when) {
  const auto ms = floor<milliseconds>(when);
  const auto day = floor<days>(ms);
  const year_month_day date{day};
  const hh_mm_ss time{ms - day};
  std::string text = "0000-00-00T00:00:00.000Z";
  const auto put = [&](std::size_t at, std::size_t width, std::int64_t value) {
    for (auto i = at + width; i-- > at; value /= 10)
      text[i] = static_cast<char>('0' + value % 10);
  };
  put(0, 4, static_cast<int>(date.year()));
  put(5, 2, static_cast<unsigned>(date.month()));
  put(8, 2, static_cast<unsigned>(date.day()));
  put(11, 2, time.hours().count());
  put(14, 2, time.minutes().count());
  put(17, 2, time.seconds().count());
  put(20, 3, time.subseconds().count());
  return text;
}

std::optional<system_clock::time_point> parse_utc(std::string_view text) {
  const auto y = digits(text, 4);
  if (!y || !skip(text, '-'))
    return {};
  const auto mo = digits(text, 2);
  if (!mo || !skip(text, '-'))
    return {};
  const auto d = digits(text, 2);
  if (!d || !(skip(text, 'T') || skip(text, ' ')))
    return {};
  const auto h = digits(text, 2);
  if (!h || !skip(text, ':'))
    return {};
  const auto mi = digits(text, 2);
  if (!mi || !skip(text, ':'))
    return {};
  const auto s = digits(text, 2);
  const auto part = s ? fraction(text) : std::nullopt;
  const auto offset = part ? zone(text) : std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)},
                            day{static_cast<unsigned>(*d)}};
  if (!offset || !text.empty() || !date.ok() || *y < first_year
      || *y > last_year || *h > 23 || *mi > 59 || *s > 60)
    return {};
  return sys_days{date} + hours{*h} + minutes{*mi} + seconds{*s} + *part
         - *offset;
}

} // namespace millrace
