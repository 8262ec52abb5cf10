#pragma once

#include <chrono>
#include <functional>

namespace millrace::odoo {

/// A random number in [0, 1).
using random_source = std::function<double()>;
/// Waits; tests only count.
using pauser = std::function<void(std::chrono::milliseconds)>;

/// Repeats of one call that found no connection. More is not worth it: commands
/// come again with the next task.
inline constexpr int max_repeats = 2;

/// Before repeat 1, 2, ...: 200 ms, 400 ms, ... shortened at random by up to
/// half, so that workers do not knock together.
inline std::chrono::milliseconds pause_before(int repeat, double random) {
  const double longest = 100.0 * static_cast<double>(1 << repeat);
  return std::chrono::milliseconds{
    static_cast<std::int64_t>(longest * (0.5 + 0.5 * random))};
}

} // namespace millrace::odoo
