#pragma once

#include "common/events/messages.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace millrace::notifier {

using moment = std::chrono::system_clock::time_point;

/// A trouble as people are told of it.
struct alert {
  events::alert_raised what;
  moment raised_at;
};

/// What goes out at once on one way: everything that happened since the last.
struct note {
  std::string way;
  std::vector<alert> raised;   // new
  std::vector<alert> reminded; // still there, and nobody looks after them
  std::vector<alert> cleared;  // over

  bool empty() const {
    return raised.empty() && reminded.empty() && cleared.empty();
  }
};

} // namespace millrace::notifier
