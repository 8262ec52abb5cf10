#pragma once

#include "services/odoo-simulator/odoo_model.hpp"

namespace millrace::odoo_sim {

/// Who is signed in. Pure.
class sessions {
public:
  /// `lifetime` 0: sessions never end by themselves.
  explicit sessions(std::chrono::milliseconds lifetime);
  /// The new session's id, for the cookie.
  std::string open(instant now);
  bool valid(const std::string& id, instant now) const;
  void close(const std::string& id);
  void close_all();

private:
  std::chrono::milliseconds lifetime_;
  std::map<std::string, instant> opened_;
  int opened_so_far_ = 0;
};

/// The value of `session_id` in a Cookie header; empty when there is none.
std::string session_cookie(const std::string& cookie_header);

} // namespace millrace::odoo_sim
