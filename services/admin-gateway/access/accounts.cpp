#include "services/admin-gateway/access/accounts.hpp"

#include "common/json/parse.hpp"
#include "common/telemetry/clock.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace millrace::admin::access {

namespace {

using nlohmann::json;

constexpr int format = 1;
constexpr std::size_t most_users = 500;
constexpr std::size_t most_tokens_each = 100;

bool all_of(std::string_view text, std::size_t longest, auto allowed) {
  return !text.empty() && text.size() <= longest
         && std::ranges::all_of(text, allowed);
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool has_admin(const accounts& all) {
  return std::ranges::any_of(all.users, [](const auto& entry) {
    return entry.second.held == role::admin && !entry.second.disabled;
  });
}

refusal no_such_user() {
  return {404, "there is no such user"};
}

void erase_tokens_of(accounts& all, const std::string& name) {
  std::erase_if(all.tokens,
                [&](const auto& entry) { return entry.second.user == name; });
}

constexpr auto last_admin
  = "this is the last admin who can log in: make another one first";

// ---- the file -------------------------------------------------------------

/// Reads the members of one object; the first that is wrong is kept.
class reader {
public:
  reader(const json& from, std::string where)
    : from_(from), where_(std::move(where)) {
    if (!from_.is_object())
      fail("is no object");
  }
  std::string text(const char* name, auto is_right) {
    const auto found = from_.find(name);
    if (found == from_.end() || !found->is_string()) {
      fail(std::string(name) + " is no text");
      return {};
    }
    auto value = found->get<std::string>();
    if (!is_right(value))
      fail(std::string(name) + " is not as it must be");
    return value;
  }
  /// Files of earlier versions may lack it.
  std::string text_if_there(const char* name, auto is_right) {
    return from_.contains(name) ? text(name, is_right) : std::string{};
  }
  role held() {
    const auto named
      = role_named(text("role", [](const auto&) { return true; }));
    if (!named || *named == role::nobody)
      fail("role is none of viewer, operator, admin");
    return named.value_or(role::nobody);
  }
  bool flag(const char* name) {
    const auto found = from_.find(name);
    if (found != from_.end() && found->is_boolean())
      return found->get<bool>();
    fail(std::string(name) + " is neither true nor false");
    return true;
  }
  const std::optional<std::string>& wrong() const {
    return wrong_;
  }

private:
  void fail(const std::string& what) {
    if (!wrong_)
      wrong_ = where_ + ": " + what;
  }

  const json& from_;
  std::string where_;
  std::optional<std::string> wrong_;
};

bool is_time(const std::string& text) {
  return parse_utc(text).has_value();
}

bool is_time_or_never(const std::string& text) {
  return text.empty() || is_time(text);
}

bool is_password_hash(const std::string& text) {
  return text.starts_with("$argon2id$") && text.size() < 128;
}

bool is_fingerprint(const std::string& text) {
  return text.size() == 64 && std::ranges::all_of(text, is_hex);
}

result<user> user_from(const json& from, const std::string& where) {
  reader read{from, where};
  user who;
  who.name = read.text("user", is_user_name);
  who.held = read.held();
  who.disabled = read.flag("disabled");
  who.password_hash = read.text("password_hash", is_password_hash);
  who.created_at = read.text("created_at", is_time);
  who.last_login_at = read.text("last_login_at", is_time_or_never);
  who.sessions_ended_at
    = read.text_if_there("sessions_ended_at", is_time_or_never);
  if (read.wrong())
    return error{*read.wrong()};
  return who;
}

result<token> token_from(const json& from, const std::string& where) {
  reader read{from, where};
  token one;
  one.id = read.text("id", is_token_id);
  one.user = read.text("user", is_user_name);
  one.label = read.text("label", is_label);
  one.held = read.held();
  one.fingerprint = read.text("fingerprint", is_fingerprint);
  one.created_at = read.text("created_at", is_time);
  one.expires_at = read.text("expires_at", is_time_or_never);
  one.last_used_at = read.text("last_used_at", is_time_or_never);
  if (read.wrong())
    return error{*read.wrong()};
  return one;
}

/// What is wrong with the list, if anything.
template <class Entry>
std::optional<error>
take_list(const json& from, const char* name,
          result<Entry> (*read)(const json&, const std::string&),
          std::string Entry::*key, std::map<std::string, Entry>& into) {
  const auto list = from.find(name);
  if (list == from.end() || !list->is_array())
    return error{std::string(name) + " is no list"};
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto where = std::string(name) + "[" + std::to_string(i) + "]";
    auto entry = read((*list)[i], where);
    if (!entry)
      return error{entry.why()};
    auto called = (*entry).*key;
    if (!into.emplace(std::move(called), std::move(*entry)).second)
      return error{where + " is there twice"};
  }
  return {};
}

} // namespace

bool is_user_name(std::string_view text) {
  return all_of(text, 32, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.'
           || c == '_' || c == '-';
  });
}

bool is_label(std::string_view text) {
  return all_of(text, 28, [](char c) { return c >= ' ' && c <= '~'; });
}

bool is_token_id(std::string_view text) {
  return text.size() == 12 && std::ranges::all_of(text, is_hex);
}

std::string standing_of(const user& who) {
  return std::string(name_of(who.held)) + (who.disabled ? " disabled " : " ")
         + who.created_at + " " + who.sessions_ended_at + " "
         + who.password_hash;
}

std::optional<refusal> add(accounts& all, user who) {
  if (all.users.contains(who.name))
    return refusal{409, "there is already a user of this name"};
  if (all.users.size() >= most_users)
    return refusal{409, "there are too many users"};
  auto name = who.name;
  all.users.emplace(std::move(name), std::move(who));
  return {};
}

std::optional<refusal> change(accounts& all, const std::string& name,
                              const user_change& wish) {
  const auto found = all.users.find(name);
  if (found == all.users.end())
    return no_such_user();
  auto& who = found->second;
  who.held = wish.held.value_or(who.held);
  who.disabled = wish.disabled.value_or(who.disabled);
  who.password_hash = wish.password_hash.value_or(who.password_hash);
  if (!has_admin(all))
    return refusal{409, last_admin};
  return {};
}

std::optional<refusal> remove(accounts& all, const std::string& name) {
  if (all.users.erase(name) == 0)
    return no_such_user();
  erase_tokens_of(all, name);
  if (!has_admin(all))
    return refusal{409, last_admin};
  return {};
}

std::optional<refusal> revoke_tokens(accounts& all, const std::string& name) {
  if (!all.users.contains(name))
    return no_such_user();
  erase_tokens_of(all, name);
  return {};
}

std::optional<refusal> end_sessions(accounts& all, const std::string& name,
                                    const std::string& now) {
  const auto found = all.users.find(name);
  if (found == all.users.end())
    return no_such_user();
  found->second.sessions_ended_at = now;
  return {};
}

std::optional<refusal> add(accounts& all, token made) {
  if (!all.users.contains(made.user))
    return refusal{409, "the user is no longer there"};
  const auto theirs = std::ranges::count_if(all.tokens, [&](const auto& entry) {
    return entry.second.user == made.user;
  });
  if (static_cast<std::size_t>(theirs) >= most_tokens_each)
    return refusal{409, "the user has too many tokens: remove some first"};
  auto id = made.id;
  all.tokens.emplace(std::move(id), std::move(made));
  return {};
}

std::string to_json(const accounts& all) {
  json document{{"millrace_users", format},
                {"users", json::array()},
                {"tokens", json::array()}};
  for (const auto& [name, who] : all.users)
    document["users"].push_back({{"user", name},
                                 {"role", name_of(who.held)},
                                 {"disabled", who.disabled},
                                 {"password_hash", who.password_hash},
                                 {"created_at", who.created_at},
                                 {"last_login_at", who.last_login_at},
                                 {"sessions_ended_at", who.sessions_ended_at}});
  for (const auto& [id, one] : all.tokens)
    document["tokens"].push_back({{"id", id},
                                  {"user", one.user},
                                  {"label", one.label},
                                  {"role", name_of(one.held)},
                                  {"fingerprint", one.fingerprint},
                                  {"created_at", one.created_at},
                                  {"expires_at", one.expires_at},
                                  {"last_used_at", one.last_used_at}});
  return document.dump(2) + "\n";
}

result<accounts> accounts_from(std::string_view text) {
  const auto document = parse_json(text);
  if (!document)
    return error{"it " + document.why()};
  if (!document->is_object() || !document->contains("millrace_users")
      || (*document)["millrace_users"] != format)
    return error{"it is no file of Millrace's users"};
  accounts all;
  if (auto why
      = take_list(*document, "users", user_from, &user::name, all.users))
    return *why;
  if (auto why
      = take_list(*document, "tokens", token_from, &token::id, all.tokens))
    return *why;
  return all;
}

} // namespace millrace::admin::access
