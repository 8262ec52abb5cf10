#pragma once

#include "common/http/server.hpp"
#include "services/admin-gateway/access/account_book.hpp"
#include "services/admin-gateway/access/admission.hpp"
#include "services/admin-gateway/access/attempts.hpp"
#include "services/admin-gateway/access/secrets.hpp"
#include "services/admin-gateway/access/sessions.hpp"

#include <functional>
#include <optional>
#include <string>

namespace millrace::admin::access {

/// From outside, handed in so that tests choose it.
struct surroundings {
  secrets crypto;
  wall_clock clock;
  steady_clock steady;
  /// Does it later on the one thread that may block; false when there is no
  /// room.
  std::function<bool(std::function<void()>)> later;
};

/// What the desks share.
struct office {
  /// Blocking: reads the users' file, hashes once. Throws std::runtime_error
  /// when the file is not right.
  office(rules chosen, const std::string& users_file, surroundings outside);

  /// Makes the answer on the thread that may block; 503 when there is no room.
  void later(const http::responder& respond,
             std::function<http::response()> work);
  std::string now() const {
    return format_utc(around.clock());
  }
  /// Whether users can be set up by the link: none is there.
  bool needs_setup() const {
    return how.required && book->is_empty();
  }

  rules how;
  surroundings around;
  /// Null when access is not required.
  std::unique_ptr<account_book> book;
  sessions open;
  attempts tries;
  /// Of no password: whoever gives a wrong name waits as long as for a wrong
  /// password.
  std::string decoy_hash;
  /// Of the one-time link; empty when there are users.
  std::string setup_token;
};

http::response refused(const refusal& why);

} // namespace millrace::admin::access
