#pragma once

#include "common/domain/result.hpp"
#include "services/admin-gateway/role.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millrace::admin::access {

// What the calls take, as JSON objects. The errors name the member and what is
// allowed and never repeat a value: it may be a password in the wrong field.

/// Larger ones are answered 413 before they are read.
constexpr std::size_t largest_body = 4 * 1024;

struct login_body {
  std::string user;
  std::string password;
};
result<login_body> read_login(std::string_view body);

struct setup_body {
  std::string token;
  std::string user;
  std::string password;
};
result<setup_body> read_setup(std::string_view body);

struct password_body {
  std::string old_one;
  std::string new_one;
};
result<password_body> read_password_change(std::string_view body);

struct new_user_body {
  std::string user;
  role held = role::viewer;
  std::string password;
};
result<new_user_body> read_new_user(std::string_view body);

/// At least one is there.
struct user_change_body {
  std::optional<role> held;
  std::optional<std::string> password;
  std::optional<bool> disabled;
};
result<user_change_body> read_user_change(std::string_view body);

struct new_token_body {
  std::string label;
  role held = role::viewer;
  std::optional<int> expires_days;
};
result<new_token_body> read_new_token(std::string_view body);

} // namespace millrace::admin::access
