#pragma once

#include "services/admin-gateway/access/office.hpp"

#include <memory>
#include <string>
#include <variant>

namespace millrace::admin::access {

/// Who may do what at the admin API: users, sessions, tokens. See
/// docs/security.md. Thread safe.
class door {
public:
  /// Blocking; throws std::runtime_error when the users' file is there but not
  /// right.
  door(rules how, const std::string& users_file, surroundings around);
  /// One that is open for whoever reaches it: ADMIN_AUTH=off.
  static std::unique_ptr<door> open();
  ~door();

  /// Who the request is from; or the answer to one that is not let in (401,
  /// 403). Quick.
  std::variant<caller, http::response> admit(const route& to,
                                             const http::request& request);
  /// Whether a request that was admitted still would be, for an answer that
  /// goes on and on. Does not count as use of its session.
  bool still_admits(role needed, const http::request& request);
  /// Whether the door itself answers this: sessions, users, tokens.
  static bool serves(action what);
  /// Of a caller that was admitted. Answers later where it takes its time.
  void serve(const route& to, const http::request& request, const caller& who,
             http::responder respond);

  /// The token of the one-time link, as long as there are no users: secret.
  std::string setup_token() const;
  /// What is to be done about once a second, on the thread that may block.
  void refresh();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace millrace::admin::access
