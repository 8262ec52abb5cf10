#pragma once

#include "common/events/messages.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace millrace::plc {

/// A line's retained state and when it is worth publishing: at once when
/// `reachable` changes, else at most once a second. Pure.
class line_health {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit line_health(std::string line);

  /// A FINS exchange ended. True when `reachable` changed, or for the first.
  bool answered(bool reachable);
  void cycle_done(std::string at_utc, std::chrono::microseconds took,
                  int max_read_words);
  void cycle_failed(std::string why);

  const events::line_state& state() const {
    return state_;
  }
  /// The state, when it should go out now; it then counts as published.
  std::optional<events::line_state> due(time_point now);

private:
  events::line_state state_;
  bool known_ = false;
  bool changed_ = false;
  bool urgent_ = false;
  std::optional<time_point> published_;
};

} // namespace millrace::plc
