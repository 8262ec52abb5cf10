#pragma once

#include "common/domain/result.hpp"

#include <string_view>

namespace millrace::notifier {

/// A part of each day, by the local clock; may go over midnight.
struct quiet_hours {
  /// Minutes after midnight, 0..1439. The same twice: never.
  int from = 0;
  int to = 0;

  bool contain(int minute_of_day) const {
    if (from <= to)
      return from <= minute_of_day && minute_of_day < to;
    return minute_of_day >= from || minute_of_day < to;
  }
};

/// "22:00-05:00"; empty: never. The error says what is allowed.
result<quiet_hours> parse_quiet_hours(std::string_view text);

} // namespace millrace::notifier
