#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {

/// The time of day, handed in so that tests choose it. Never for time-outs:
/// those use steady clocks.
using wall_clock = std::function<std::chrono::system_clock::time_point()>;

wall_clock system_wall_clock();

/// "2026-11-22T09:52:49.123Z".
std::string format_utc(std::chrono::system_clock::time_point when);
/// Reads what format_utc writes; also with another number of fraction digits
/// and with a numeric zone ("+07:00", "+07"). None for anything else, nor for
/// years outside 1678..2261, which the clock cannot hold.
std::optional<std::chrono::system_clock::time_point>
parse_utc(std::string_view text);

} // namespace millrace
