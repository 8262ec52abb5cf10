#pragma once

#include <algorithm>
#include <chrono>

namespace millrace::bus {

/// How long to wait before the next attempt: doubles from `first` to `cap`.
/// Half of it is random, so that many clients do not come back at once.
class backoff {
public:
  backoff(std::chrono::milliseconds first, std::chrono::milliseconds cap)
    : first_(first), cap_(cap), current_(first) {
  }

  /// `random` in [0, 1).
  std::chrono::milliseconds next(double random) {
    const auto whole = current_;
    current_ = std::min(current_ * 2, cap_);
    const auto half = static_cast<double>(whole.count()) / 2;
    return std::chrono::milliseconds{
      static_cast<std::chrono::milliseconds::rep>(half + half * random)};
  }
  void reset() {
    current_ = first_;
  }

private:
  std::chrono::milliseconds first_, cap_, current_;
};

} // namespace millrace::bus
