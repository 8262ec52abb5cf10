#include "services/admin-gateway/access/login_desk.hpp"

#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"
#include "services/admin-gateway/access/bodies.hpp"
#include "services/admin-gateway/answers.hpp"

#include <nlohmann/json.hpp>

namespace millrace::admin::access {

namespace {

using namespace std::chrono_literals;

http::response too_many(std::chrono::seconds wait) {
  const auto seconds = std::to_string(wait.count());
  auto answer = failure(429, "too many wrong passwords: try again in " + seconds
                               + " seconds");
  answer.headers["retry-after"] = seconds;
  return answer;
}

void count_login(std::string_view outcome) {
  metrics::count("millrace_admin_logins_total", "Tries to log in",
                 {{"outcome", outcome}});
}

} // namespace

http::response login_desk::session(const caller& who) const {
  const bool known = who.came_as == way_in::session
                     || who.came_as == way_in::token
                     || who.came_as == way_in::open;
  const nlohmann::json data{
    {"auth", office_.how.required ? "on" : "off"},
    {"authenticated", known},
    {"user", who.user},
    {"role", name_of(who.held)},
    {"csrf", who.session_id.empty() ? "" : csrf_of(who.session_id)},
    {"guests", office_.how.guests},
    {"setup_needed", office_.needs_setup()}};
  return success(known ? "logged in" : "not logged in", data.dump());
}

void login_desk::log_in(const http::request& request, http::responder respond) {
  auto body = read_login(request.body);
  if (!body)
    return respond(failure(400, body.why()));
  const auto wait = office_.tries.begin(body->user, request.remote_address);
  if (wait > 0s) {
    count_login("locked");
    return respond(too_many(wait));
  }
  office_.later(respond, [this, given = std::move(*body), request] {
    return check_login(given.user, given.password, request);
  });
}

http::response login_desk::check_login(const std::string& name,
                                       const std::string& password,
                                       const http::request& request) {
  const auto all = office_.book->now();
  const auto found = all->users.find(name);
  const bool exists = found != all->users.end();
  const bool is_right = office_.around.crypto.verify_password(
    exists ? found->second.password_hash : office_.decoy_hash, password);
  if (!exists || !is_right || found->second.disabled) {
    // A name that is none may be a password in the wrong field.
    log::warn("admin.login_failed", {{"user", exists ? name : "(unknown)"},
                                     {"from", request.remote_address}});
    count_login("wrong");
    auto answer = failure(401, "user or password is wrong");
    answer.headers["www-authenticate"] = "Bearer realm=\"millrace\"";
    return answer;
  }
  office_.tries.succeeded(name, request.remote_address);
  const auto not_noted = office_.book->change([&](accounts& now) {
    if (const auto at = now.users.find(name); at != now.users.end())
      at->second.last_login_at = office_.now();
    return std::optional<refusal>{};
  });
  if (not_noted)
    log::warn("admin.login_not_noted", {{"user", name}});
  log::info("admin.login", {{"user", name}, {"from", request.remote_address}});
  count_login("right");
  return open_session(found->second, session_cookie(request), "logged in");
}

http::response login_desk::log_out(const caller& who) {
  if (!who.session_id.empty())
    office_.open.end(fingerprint(who.session_id));
  auto answer = success("logged out", "{}");
  answer.headers["set-cookie"] = cookie("", true);
  return answer;
}

void login_desk::change_password(const caller& who,
                                 const http::request& request,
                                 http::responder respond) {
  auto body = read_password_change(request.body);
  if (!body)
    return respond(failure(400, body.why()));
  const auto wait = office_.tries.begin(who.user, request.remote_address);
  if (wait > 0s)
    return respond(too_many(wait));
  office_.later(respond, [this, who, given = std::move(*body),
                          address = request.remote_address] {
    return replace_password(who, given.old_one, given.new_one, address);
  });
}

http::response login_desk::replace_password(const caller& who,
                                            const std::string& old_one,
                                            const std::string& new_one,
                                            const std::string& address) {
  const auto all = office_.book->now();
  const auto found = all->users.find(who.user);
  const auto& crypto = office_.around.crypto;
  if (found == all->users.end()
      || !crypto.verify_password(found->second.password_hash, old_one))
    return failure(403, "the old password is wrong");
  office_.tries.succeeded(who.user, address);
  user_change wish;
  wish.password_hash = crypto.hash_password(new_one);
  const auto not_done = office_.book->change(
    [&](accounts& now) { return change(now, who.user, wish); });
  if (not_done)
    return refused(*not_done);
  log::info("admin.password_changed", {{"user", who.user}, {"by", who.user}});
  auto whose = found->second;
  whose.password_hash = *wish.password_hash;
  return open_session(whose, who.session_id, "the password is changed");
}

void login_desk::set_up(const http::request& request, http::responder respond) {
  if (!office_.needs_setup())
    return respond(failure(409, "there are users already: log in"));
  auto body = read_setup(request.body);
  if (!body)
    return respond(failure(400, body.why()));
  if (!same_secret(body->token, office_.setup_token)) {
    log::warn("admin.setup_refused", {{"from", request.remote_address}});
    return respond(failure(403, "this link is not valid (any more): the newest "
                                "one stands in admin-gateway's log"));
  }
  office_.later(respond, [this, given = std::move(*body), request] {
    return first_admin(given.user, given.password, request);
  });
}

http::response login_desk::first_admin(const std::string& name,
                                       const std::string& password,
                                       const http::request& request) {
  user first;
  first.name = name;
  first.held = role::admin;
  first.password_hash = office_.around.crypto.hash_password(password);
  first.created_at = first.last_login_at = office_.now();
  const auto not_done
    = office_.book->change([&](accounts& now) -> std::optional<refusal> {
        if (!now.users.empty())
          return refusal{409, "there are users already: log in"};
        return add(now, first);
      });
  if (not_done)
    return refused(*not_done);
  log::info("admin.set_up", {{"user", name}, {"from", request.remote_address}});
  return open_session(first, {}, "the first admin is there, and logged in");
}

http::response login_desk::open_session(const user& whose,
                                        const std::string& former_session_id,
                                        std::string_view message) {
  if (!former_session_id.empty())
    office_.open.end(fingerprint(former_session_id));
  caller who;
  who.came_as = way_in::session;
  who.held = whose.held;
  who.user = whose.name;
  who.session_id = office_.around.crypto.fresh();
  office_.open.begin(fingerprint(who.session_id),
                     {whose.name, standing_of(whose)});
  auto answer = session(who);
  answer.headers["set-cookie"] = cookie(who.session_id, false);
  log::debug("admin.session", {{"user", who.user}, {"why", message}});
  return answer;
}

std::string login_desk::cookie(const std::string& value, bool ends) const {
  return "millrace_session=" + value + "; Path=/; HttpOnly; SameSite=Strict"
         + (office_.how.tls ? "; Secure" : "") + (ends ? "; Max-Age=0" : "");
}

} // namespace millrace::admin::access
