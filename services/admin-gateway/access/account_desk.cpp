#include "services/admin-gateway/access/account_desk.hpp"

#include "common/telemetry/log.hpp"
#include "services/admin-gateway/access/bodies.hpp"
#include "services/admin-gateway/answers.hpp"

#include <nlohmann/json.hpp>

#include <variant>

namespace millrace::admin::access {

namespace {

using nlohmann::json;

json text_or_null(const std::string& text) {
  return text.empty() ? json(nullptr) : json(text);
}

json shown(const user& who) {
  return {{"user", who.name},
          {"role", name_of(who.held)},
          {"disabled", who.disabled},
          {"created_at", who.created_at},
          {"last_login_at", text_or_null(who.last_login_at)}};
}

json shown(const token& one) {
  return {{"id", one.id},
          {"user", one.user},
          {"label", one.label},
          {"role", name_of(one.held)},
          {"created_at", one.created_at},
          {"expires_at", text_or_null(one.expires_at)},
          {"last_used_at", text_or_null(one.last_used_at)}};
}

std::string nothing() {
  return "{}";
}

/// Whose tokens or sessions are meant; or why not.
std::variant<std::string, http::response> whose(const caller& who,
                                                const http::request& request) {
  const auto found = request.query.find("user");
  if (found == request.query.end() || !is_user_name(found->second))
    return failure(400, "user must say whose: 1 to 32 of a-z, 0-9, '.', '_' "
                        "and '-'");
  if (found->second != who.user && who.held != role::admin)
    return failure(403, "those of others need the role admin; yours is "
                          + std::string(name_of(who.held)));
  return found->second;
}

} // namespace

http::response account_desk::users() const {
  json list = json::array();
  if (office_.book)
    for (const auto& [name, who] : office_.book->now()->users)
      list.push_back(shown(who));
  return success("users", json{{"users", std::move(list)}}.dump());
}

void account_desk::add_user(const caller& who, const http::request& request,
                            http::responder respond) {
  auto body = read_new_user(request.body);
  if (!body)
    return respond(failure(400, body.why()));
  office_.later(respond, [this, who, given = std::move(*body)] {
    user fresh;
    fresh.name = given.user;
    fresh.held = given.held;
    fresh.password_hash = office_.around.crypto.hash_password(given.password);
    fresh.created_at = office_.now();
    return change_accounts([&](accounts& all) { return add(all, fresh); },
                           "admin.user_added", who, fresh.name,
                           [&] { return data_of(fresh.name); });
  });
}

void account_desk::change_user(const caller& who, const std::string& name,
                               const http::request& request,
                               http::responder respond) {
  auto body = read_user_change(request.body);
  if (!body)
    return respond(failure(400, body.why()));
  // Known now: so a wrong name costs no hash.
  if (!office_.book->now()->users.contains(name))
    return respond(failure(404, "there is no such user"));
  office_.later(respond, [this, who, name, given = std::move(*body)] {
    user_change wish;
    wish.held = given.held;
    wish.disabled = given.disabled;
    if (given.password)
      wish.password_hash = office_.around.crypto.hash_password(*given.password);
    return change_accounts(
      [&](accounts& all) { return change(all, name, wish); },
      "admin.user_changed", who, name, [&] { return data_of(name); });
  });
}

void account_desk::remove_user(const caller& who, const std::string& name,
                               http::responder respond) {
  office_.later(respond, [this, who, name] {
    return change_accounts([&](accounts& all) { return remove(all, name); },
                           "admin.user_removed", who, name, nothing);
  });
}

http::response account_desk::tokens(const caller& who) const {
  json list = json::array();
  if (office_.book)
    for (const auto& [id, one] : office_.book->now()->tokens)
      if (one.user == who.user || who.held == role::admin)
        list.push_back(shown(one));
  return success("tokens", json{{"tokens", std::move(list)}}.dump());
}

void account_desk::add_token(const caller& who, const http::request& request,
                             http::responder respond) {
  const auto body = read_new_token(request.body);
  if (!body)
    return respond(failure(400, body.why()));
  if (body->held > who.held)
    return respond(failure(403, "role of a token is at most one's own: "
                                  + std::string(name_of(who.held))));
  token made;
  made.id = office_.around.crypto.fresh().substr(0, 12);
  made.user = who.user;
  made.label = body->label;
  made.held = body->held;
  made.created_at = office_.now();
  if (body->expires_days)
    made.expires_at = format_utc(
      office_.around.clock() + std::chrono::hours{24 * *body->expires_days});
  office_.later(respond, [this, who, made]() mutable {
    const auto secret = office_.around.crypto.fresh();
    made.fingerprint = fingerprint(secret);
    return change_accounts([&](accounts& all) { return add(all, made); },
                           "admin.token_added", who, made.id,
                           [&] {
                             auto data = shown(made);
                             data["token"] = "mr_" + made.id + "_" + secret;
                             return data.dump();
                           });
  });
}

void account_desk::remove_token(const caller& who, const std::string& id,
                                http::responder respond) {
  office_.later(respond, [this, who, id] {
    const auto theirs = [&](accounts& all) -> std::optional<refusal> {
      const auto found = all.tokens.find(id);
      // Nobody learns which tokens others have.
      if (found == all.tokens.end()
          || (found->second.user != who.user && who.held != role::admin))
        return refusal{404, "there is no such token"};
      all.tokens.erase(found);
      return {};
    };
    return change_accounts(theirs, "admin.token_removed", who, id, nothing);
  });
}

void account_desk::revoke_tokens(const caller& who,
                                 const http::request& request,
                                 http::responder respond) {
  auto meant = whose(who, request);
  if (auto* refusal = std::get_if<http::response>(&meant))
    return respond(std::move(*refusal));
  office_.later(respond, [this, who, name = std::get<std::string>(meant)] {
    return change_accounts(
      [&](accounts& all) { return access::revoke_tokens(all, name); },
      "admin.tokens_revoked", who, name, nothing);
  });
}

void account_desk::end_sessions(const caller& who, const http::request& request,
                                http::responder respond) {
  auto meant = whose(who, request);
  if (auto* refusal = std::get_if<http::response>(&meant))
    return respond(std::move(*refusal));
  office_.later(respond, [this, who, name = std::get<std::string>(meant)] {
    return change_accounts(
      [&](accounts& all) {
        return access::end_sessions(all, name, office_.now());
      },
      "admin.sessions_ended", who, name, nothing);
  });
}

http::response account_desk::change_accounts(
  const users_file::edit& how, std::string_view what, const caller& who,
  const std::string& about, const std::function<std::string()>& data) {
  if (const auto not_done = office_.book->change(how))
    return refused(*not_done);
  log::info(what, {{"about", about}, {"by", who.said_name()}});
  return success("done", data());
}

std::string account_desk::data_of(const std::string& name) const {
  const auto all = office_.book->now();
  const auto found = all->users.find(name);
  return found == all->users.end() ? "{}" : shown(found->second).dump();
}

} // namespace millrace::admin::access
