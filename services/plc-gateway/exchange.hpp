#pragma once

#include "common/fins/frame.hpp"
#include "services/plc-gateway/step.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

namespace millrace::plc {

/// One PLC's request in flight: what to send when, which answer counts, when to
/// repeat and when to give up (RELIABILITY A.1, A.6, A.7). One request at a
/// time; the SID changes with every request and repeat, so a late answer never
/// passes for another's. Pure: time comes in, frames go out as values.
class exchange {
public:
  using time_point = std::chrono::steady_clock::time_point;

  struct options {
    std::uint8_t client_node = 1;
    std::uint8_t plc_node = 2;
    /// Per attempt.
    std::chrono::milliseconds time_out{2000};
    /// Repeats after a time-out or a passing end code, of repeatable steps.
    int retries = 2;
    /// Random, so that answers to a process before us fit nothing.
    std::uint8_t first_sid = 0;
  };
  explicit exchange(options chosen);

  /// FINS/TCP: as the handshake said.
  void set_nodes(std::uint8_t client, std::uint8_t plc);

  /// Frame to send and end of the exchange; at most one of them is present.
  struct reaction {
    std::optional<fins::octets> send;
    std::optional<answer> done;
  };

  /// Only when idle, and not for a pause. The frame to send.
  fins::octets begin(const step& asked, time_point now);
  /// A frame from the PLC's address.
  reaction received(std::span<const std::uint8_t> frame, time_point now);
  /// To be called at deadline(); harmless earlier.
  reaction expired(time_point now);
  /// Ends it: no answer counts any more. Only when not idle.
  answer give_up();
  /// When expired() is due; none when idle.
  std::optional<time_point> deadline() const {
    return deadline_;
  }
  bool idle() const {
    return !deadline_;
  }

  struct counters {
    std::uint64_t sent = 0;
    std::uint64_t repeats = 0;
    /// Frames of another SID, or when nothing was asked.
    std::uint64_t late = 0;
    /// Frames with our SID that are no answer to our request.
    std::uint64_t malformed = 0;
  };
  const counters& counted() const {
    return counted_;
  }

private:
  fins::octets attempt(time_point now);
  reaction refused(const fins::response& got, time_point now);
  reaction end(answer::kind how);
  bool may_repeat() const;

  options options_;
  fins::request request_;
  bool repeatable_ = true;
  int attempts_ = 0;
  std::uint8_t sid_;
  /// Refused for a passing reason; deadline_ is when to repeat.
  bool resting_ = false;
  std::optional<time_point> deadline_;
  answer answer_;
  counters counted_;
};

} // namespace millrace::plc
