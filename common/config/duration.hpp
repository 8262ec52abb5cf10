#pragma once

#include "common/domain/result.hpp"

#include <chrono>
#include <string_view>

namespace millrace::config {

/// "200ms", "0.5s", "5m", "1h": a number with one of the units ms, s, m, h.
result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// A number (fractions allowed) of `unit`: "5", "0.5".
result<std::chrono::milliseconds>
parse_duration_in(std::string_view text, std::chrono::milliseconds unit);

} // namespace millrace::config
