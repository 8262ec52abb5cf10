#pragma once

#include "services/admin-gateway/access/office.hpp"

namespace millrace::admin::access {

/// The calls about users and tokens. Of callers that were admitted. Thread
/// safe; the office must outlive it.
class account_desk {
public:
  explicit account_desk(office& shared) : office_(shared) {
  }

  http::response users() const;
  void add_user(const caller& who, const http::request& request,
                http::responder respond);
  void change_user(const caller& who, const std::string& name,
                   const http::request& request, http::responder respond);
  void remove_user(const caller& who, const std::string& name,
                   http::responder respond);

  /// One's own; an admin sees all.
  http::response tokens(const caller& who) const;
  void add_token(const caller& who, const http::request& request,
                 http::responder respond);
  void remove_token(const caller& who, const std::string& id,
                    http::responder respond);
  /// With `user` in the query: their tokens or sessions, all at once. Others'
  /// than one's own only as an admin.
  void revoke_tokens(const caller& who, const http::request& request,
                     http::responder respond);
  void end_sessions(const caller& who, const http::request& request,
                    http::responder respond);

private:
  /// Carries the edit out; `what` and `about` go to the log.
  http::response change_accounts(const users_file::edit& how,
                                 std::string_view what, const caller& who,
                                 const std::string& about,
                                 const std::function<std::string()>& data);
  std::string data_of(const std::string& user) const;

  office& office_;
};

} // namespace millrace::admin::access
