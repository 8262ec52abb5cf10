#pragma once

#include "common/bus/client.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace millrace::bus {

/// The queue of publishes: which message goes out next, and what becomes of it.
/// Messages leave in the order in which they came, at most `max_in_flight`
/// without an answer; one that comes back goes out again before all younger
/// ones. No I/O, no clock, not thread safe.
class send_window {
public:
  using clock = std::chrono::steady_clock;
  using done_callback = std::function<void(bool acknowledged)>;
  /// Names one sending of a message; sent again, it gets another.
  using attempt = std::uint64_t;

  struct sending {
    attempt number;
    outgoing message;
  };

  send_window(std::size_t max_in_flight, std::size_t max_queued,
              std::size_t max_bytes)
    : max_in_flight_(max_in_flight), max_queued_(max_queued),
      max_bytes_(max_bytes) {
  }

  /// False when `max_queued` wait already, or when the payloads would be more
  /// than `max_bytes` together; a single message is always taken.
  bool add(outgoing message, done_callback done);
  /// The next message to send, if there is one and the window is open.
  std::optional<sending> next(clock::time_point now);
  /// Answered, in whatever way: the message leaves. Returns its callback; none
  /// for an attempt that is over.
  std::optional<done_callback> finished(attempt number);
  /// Not sent, or nobody knows: it goes out again.
  void returned(attempt number);
  /// Returns all that were sent before `limit` and had no answer; how many.
  std::size_t return_older_than(clock::time_point limit);

  bool empty() const {
    return entries_.empty();
  }
  std::size_t size() const {
    return entries_.size();
  }
  std::size_t in_flight() const {
    return attempts_.size();
  }
  /// Takes out everything and returns the callbacks.
  std::vector<done_callback> drain();

private:
  /// Place in the order of arrival.
  using place = std::uint64_t;
  struct entry {
    outgoing message;
    done_callback done;
    bool sent = false;
  };
  struct flight {
    place where;
    clock::time_point since;
  };

  std::size_t max_in_flight_;
  std::size_t max_queued_;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::map<place, entry> entries_;
  std::map<attempt, flight> attempts_;
  place next_place_ = 0;
  attempt next_attempt_ = 1;
};

} // namespace millrace::bus
