#pragma once

#include "services/batch-store/outbox.hpp"

#include <string>

namespace millrace::store {

/// What is wrong and what to do.
struct trouble {
  std::string line;
  std::string kind;
  std::string mo_id; // empty: about no order
  events::severity level = events::severity::warning;
  std::string text;
  std::string advice;
};

/// Troubles are state: raised once, cleared once (alert.raised,
/// alert.cleared), and may be acknowledged meanwhile. All inside a transaction
/// of the repository.
class alert_book {
public:
  alert_book(repository& rows, outbox& out, wall_clock clock)
    : rows_(rows), out_(out), clock_(std::move(clock)) {
  }

  void raise(const trouble& what);
  void clear(const std::string& line, const std::string& kind,
             const std::string& mo_id = {});
  /// The first who acknowledges it counts.
  void acknowledge(alert one, const std::string& user,
                   const std::string& notes);

private:
  repository& rows_;
  outbox& out_;
  wall_clock clock_;
};

} // namespace millrace::store
