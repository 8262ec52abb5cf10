#pragma once

#include "common/domain/result.hpp"
#include "services/admin-gateway/role.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::admin::access {

/// Times are texts as format_utc writes them; empty: never.
struct user {
  std::string name;
  role held = role::viewer;
  bool disabled = false;
  std::string password_hash;
  std::string created_at;
  std::string last_login_at;
  /// All sessions begun before are over.
  std::string sessions_ended_at;
};

struct token {
  std::string id;
  /// Whose it is; it may never do more than they may now.
  std::string user;
  std::string label;
  role held = role::viewer;
  std::string fingerprint;
  std::string created_at;
  /// Empty: it does not expire.
  std::string expires_at;
  /// To the hour.
  std::string last_used_at;
};

/// Who may log in, and with what else one may come.
struct accounts {
  std::map<std::string, user> users;
  std::map<std::string, token> tokens;
};

/// Why a change is not made, as HTTP says it.
struct refusal {
  int status = 400;
  std::string text;
};

/// 1 to 32 of a-z 0-9 . _ -
bool is_user_name(std::string_view text);
/// 1 to 28 printable ASCII characters: with the user's name and two brackets
/// it fits into an audit entry's 64.
bool is_label(std::string_view text);
/// 12 hex digits.
bool is_token_id(std::string_view text);

/// What a session stands on: another value when the user's password, role or
/// standing has changed since, or their sessions were ended.
std::string standing_of(const user& who);

/// What PUT /api/users/{user} may change.
struct user_change {
  std::optional<role> held;
  std::optional<std::string> password_hash;
  std::optional<bool> disabled;
};

/// 409 when the name is taken.
std::optional<refusal> add(accounts& all, user who);
/// 404 for an unknown user; 409 when no admin would be left who can log in.
std::optional<refusal> change(accounts& all, const std::string& name,
                              const user_change& wish);
/// Their tokens, too.
std::optional<refusal> remove(accounts& all, const std::string& name);
/// All of the user's; 404 for an unknown user.
std::optional<refusal> revoke_tokens(accounts& all, const std::string& name);
/// All of the user's; 404 for an unknown user.
std::optional<refusal> end_sessions(accounts& all, const std::string& name,
                                    const std::string& now);
/// 409 when the user has too many.
std::optional<refusal> add(accounts& all, token made);

/// As the file has it, and back. The error names what is wrong.
std::string to_json(const accounts& all);
result<accounts> accounts_from(std::string_view json);

} // namespace millrace::admin::access
