#include "services/odoo-gateway/session.hpp"

#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"
#include "services/odoo-gateway/odoo_answer.hpp"

#include <optional>

namespace millrace::odoo {

namespace {

using events::odoo_error;

constexpr const char* scada_path = "/api/scada/authenticate";
constexpr const char* web_path = "/web/session/authenticate";

/// The value of session_id; empty values (a deleted cookie) are none.
std::optional<std::string>
session_id_in(const std::vector<std::string>& set_cookies) {
  constexpr std::string_view name = "session_id=";
  for (const auto& cookie : set_cookies)
    if (cookie.starts_with(name)) {
      const auto end = cookie.find(';');
      const auto value = cookie.substr(name.size(), end - name.size());
      if (!value.empty())
        return value;
    }
  return {};
}

/// Whether the route is missing or no sign-in route, so that the other one is
/// worth a try.
bool not_usable(const failure& why) {
  return why.error_class == odoo_error::protocol || why.session_expired;
}

constexpr auto success = "success";
constexpr auto refused_by_odoo = "refused";

void count(const char* how, double by = 1) {
  metrics::count("millrace_odoo_sign_ins_total", "Sign-ins at Odoo",
                 {{"outcome", how}}, by);
}

} // namespace

session::session(credentials who) : who_(std::move(who)) {
  // From 0, so that the first one is seen as an increase.
  count(success, 0);
  count(refused_by_odoo, 0);
}

outcome<std::string> session::cookie(const poster& post,
                                     const std::string& stale) {
  const std::lock_guard guard{mutex_};
  if (!cookie_.empty() && cookie_ != stale)
    return cookie_;
  cookie_.clear();
  auto fresh = sign_in(post);
  if (fresh) {
    cookie_ = *fresh;
    count(success);
    log::info("odoo.signed_in", {{"user", who_.user}});
  } else {
    count(fresh.why().error_class == odoo_error::authentication
            ? refused_by_odoo
            : "failure");
    log::warn("odoo.sign_in_failed",
              {{"user", who_.user}, {"error", fresh.why().text}});
  }
  return fresh;
}

void session::renewed(const std::string& used,
                      const std::vector<std::string>& set_cookies) {
  const auto fresh = session_id_in(set_cookies);
  const std::lock_guard guard{mutex_};
  if (fresh && cookie_ == used)
    cookie_ = *fresh;
}

outcome<std::string> session::sign_in(const poster& post) const {
  auto first = sign_in_at(scada_path, post);
  if (first || !not_usable(first.why()))
    return first ? first : refused(first.why());
  auto second = sign_in_at(web_path, post);
  if (second)
    return second;
  auto why = second.why();
  if (why.error_class == odoo_error::protocol)
    why.text = first.why().text + "; " + why.text;
  return refused(std::move(why));
}

/// What Odoo says no to is the credentials, whatever it calls it.
failure session::refused(failure why) const {
  why.text = without_password(std::move(why.text));
  why.ambiguous = false; // nothing was asked for yet
  if (why.session_expired || why.error_class == odoo_error::rejected
      || why.error_class == odoo_error::not_found
      || why.error_class == odoo_error::authentication) {
    why.error_class = odoo_error::authentication;
    why.text = "Odoo refuses the sign-in of '" + who_.user + "' in '"
               + who_.database + "': " + why.text;
  }
  why.session_expired = false;
  return why;
}

outcome<std::string> session::sign_in_at(const std::string& path,
                                         const poster& post) const {
  const auto answer = post(path, rpc_call({{"db", who_.database},
                                           {"login", who_.user},
                                           {"password", who_.password}}));
  const auto result = read_answer(answer);
  if (!result)
    return result.why();
  const auto uid = result->find("uid");
  if (uid != result->end() && (uid->is_null() || *uid == false))
    return failure{odoo_error::authentication, "wrong user or password", false,
                   false};
  if (auto cookie = session_id_in(answer.set_cookies))
    return *cookie;
  // The id in the body is not always the session's; better than nothing.
  if (auto id = text_of(*result, "session_id"); !id.empty())
    return id;
  return failure{odoo_error::protocol, path + " sets no cookie session_id",
                 false, false};
}

std::string session::without_password(std::string text) const {
  if (who_.password.size() < 4)
    return text;
  for (auto at = text.find(who_.password); at != std::string::npos;
       at = text.find(who_.password))
    text.replace(at, who_.password.size(), "***");
  return text;
}

} // namespace millrace::odoo
