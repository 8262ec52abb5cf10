#pragma once

#include "common/http/client.hpp"
#include "services/odoo-gateway/outcome.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace millrace::odoo {

struct credentials {
  std::string database, user, password;
};

/// The one session that all workers share: some Odoos end the older session at
/// each sign-in, so workers with sessions of their own would throw each other
/// out. Thread safe; a sign-in lets the others wait for its result.
class session {
public:
  /// Sends a body to a path without a cookie.
  using poster = std::function<http::call_result(const std::string& path,
                                                 const std::string& body)>;

  explicit session(credentials who);

  /// The value of the cookie session_id, after signing in where there is none
  /// or it is still `stale`. Fails with class authentication when Odoo refuses
  /// the credentials.
  outcome<std::string> cookie(const poster& post,
                              const std::string& stale = {});

  /// An answer to a call made with `used` brought these Set-Cookie values.
  void renewed(const std::string& used,
               const std::vector<std::string>& set_cookies);

private:
  outcome<std::string> sign_in(const poster& post) const;
  outcome<std::string> sign_in_at(const std::string& path,
                                  const poster& post) const;
  failure refused(failure why) const;
  std::string without_password(std::string text) const;

  const credentials who_;
  std::mutex mutex_;
  std::string cookie_;
};

} // namespace millrace::odoo
