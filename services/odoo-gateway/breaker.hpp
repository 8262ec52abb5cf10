#pragma once

#include "common/telemetry/clock.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace millrace::odoo {

using steady_time = std::chrono::steady_clock::time_point;
using steady_source = std::function<steady_time()>;

/// Keeps calls away from an Odoo that does not answer. After `threshold`
/// failures in a row it is open; after a pause one call may try (half-open),
/// whose success closes it and whose failure begins the next, longer pause.
/// Thread safe.
class breaker {
public:
  struct options {
    int threshold = 5;
    std::chrono::milliseconds first_pause{1'000};
    std::chrono::milliseconds longest_pause{5'000};
    /// A trial that never reports is forgotten after this.
    std::chrono::milliseconds trial_time{30'000};
  };
  enum class state { closed, open, half_open };

  breaker(options chosen, steady_source now, wall_clock time_of_day);

  /// None: go on, and report. Else in words why not, with the last error.
  std::optional<std::string> refuses();
  void succeeded();
  void failed(const std::string& why);
  state current() const;

private:
  mutable std::mutex mutex_;
  options options_;
  steady_source now_;
  wall_clock time_of_day_;
  int failures_ = 0;
  state state_ = state::closed;
  std::chrono::milliseconds pause_{};
  steady_time next_trial_;
  std::string since_;
  std::string last_error_;
};

} // namespace millrace::odoo
