#pragma once

#include "services/admin-gateway/access/office.hpp"

namespace millrace::admin::access {

/// The calls about one's own session: /api/session, .../password, /api/setup.
/// Of callers that were admitted. Thread safe; the office must outlive it.
class login_desk {
public:
  explicit login_desk(office& shared) : office_(shared) {
  }

  http::response session(const caller& who) const;
  void log_in(const http::request& request, http::responder respond);
  http::response log_out(const caller& who);
  void change_password(const caller& who, const http::request& request,
                       http::responder respond);
  void set_up(const http::request& request, http::responder respond);

private:
  http::response check_login(const std::string& user,
                             const std::string& password,
                             const http::request& request);
  http::response replace_password(const caller& who, const std::string& old_one,
                                  const std::string& new_one,
                                  const std::string& address);
  http::response first_admin(const std::string& name,
                             const std::string& password,
                             const http::request& request);
  /// A new one; the one that the request came with ends.
  http::response open_session(const user& whose,
                              const std::string& former_session_id,
                              std::string_view message);
  std::string cookie(const std::string& value, bool ends) const;

  office& office_;
};

} // namespace millrace::admin::access
