#include "services/plc-gateway/line_health.hpp"

#include <limits>

namespace millrace::plc {

namespace {

constexpr std::chrono::seconds publish_every{1};

} // namespace

line_health::line_health(std::string line) {
  state_.line = std::move(line);
}

bool line_health::answered(bool reachable) {
  if (known_ && state_.reachable == reachable)
    return false;
  known_ = changed_ = urgent_ = true;
  state_.reachable = reachable;
  return true;
}

void line_health::cycle_done(std::string at_utc, std::chrono::microseconds took,
                             int max_read_words) {
  state_.last_cycle_at = std::move(at_utc);
  state_.last_cycle_us = static_cast<int>(
    std::min<std::int64_t>(took.count(), std::numeric_limits<int>::max()));
  state_.max_read_words = max_read_words;
  changed_ = true;
}

void line_health::cycle_failed(std::string why) {
  ++state_.errors;
  state_.last_error = std::move(why);
  changed_ = true;
}

std::optional<events::line_state> line_health::due(time_point now) {
  const bool rested = !published_ || now - *published_ >= publish_every;
  if (!changed_ || (!urgent_ && !rested))
    return std::nullopt;
  changed_ = urgent_ = false;
  published_ = now;
  return state_;
}

} // namespace millrace::plc
