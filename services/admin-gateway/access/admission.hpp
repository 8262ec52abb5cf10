#pragma once

#include "common/http/server.hpp"
#include "services/admin-gateway/access/account_book.hpp"
#include "services/admin-gateway/access/sessions.hpp"
#include "services/admin-gateway/routes.hpp"

#include <string>
#include <variant>

namespace millrace::admin::access {

/// What the settings say.
struct rules {
  /// Off: whoever reaches this machine's loopback address is admin.
  bool required = true;
  /// Who has not logged in may look.
  bool guests = false;
  /// Browsers reach us by TLS, ours or a proxy's.
  bool tls = false;
  /// As browsers reach us, or empty.
  std::string public_url;
  sessions::limits session{std::chrono::minutes{30}, std::chrono::hours{12}};
};

enum class way_in { nobody, guest, session, token, open };

/// Who asks, and what they may do at this moment.
struct caller {
  way_in came_as = way_in::nobody;
  role held = role::nobody;
  /// With session and token.
  std::string user;
  /// Of the token.
  std::string label;
  /// The session's cookie: secret.
  std::string session_id;

  /// As the audit trail has it: "ann", "ann (nightly script)", "guest".
  std::string said_name() const;
};

/// What a call needs beside the role.
enum class bond {
  none,
  /// Somebody with an account: no guest.
  account,
  /// Somebody who logged in: no token, so that one that leaked cannot be
  /// turned into another that lives longer.
  login
};
bond bond_of(action what);

/// The value of the header X-CSRF-Token for this session.
std::string csrf_of(const std::string& session_id);

/// Decides who a request is from, and whether it is let in. Thread safe.
class admission {
public:
  /// `book` may be null when access is not required.
  admission(const rules& how, account_book* book, sessions& open,
            wall_clock clock);

  /// The answer is 401 for who has not logged in, 403 for who may not.
  std::variant<caller, http::response> admit(const route& to,
                                             const http::request& request);

  /// Whether the request would still be let in; does not count as use of its
  /// session.
  bool still_admits(role needed, const http::request& request);

private:
  using look_up
    = std::optional<sessions::session> (sessions::*)(const std::string& key);
  std::variant<caller, http::response> admit_open(const http::request& request);
  /// Who is known from the request's credentials, or nobody (or a guest).
  caller who_asks(const http::request& request, look_up how);
  caller bearer(std::string_view token);
  caller browser(const std::string& session_id, look_up how);
  caller stranger() const;

  const rules& how_;
  account_book* book_;
  sessions& open_;
  wall_clock clock_;
};

/// Of the request's cookie; empty without, and with more than one.
std::string session_cookie(const http::request& request);

} // namespace millrace::admin::access
