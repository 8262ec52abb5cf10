#include "services/admin-gateway/access/admission.hpp"

#include "services/admin-gateway/access/origin.hpp"
#include "services/admin-gateway/access/secrets.hpp"
#include "services/admin-gateway/answers.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace millrace::admin::access {

namespace {

constexpr std::string_view cookie_name = "millrace_session";
constexpr std::size_t secret_length = 64; // secrets::fresh

bool changes_something(const http::request& request) {
  return request.method != "GET" && request.method != "HEAD";
}

std::string header(const http::request& request, const char* name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string{} : found->second;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  return text;
}

/// Of "Authorization: Bearer ..."; none with another scheme, which a proxy may
/// have left there.
std::optional<std::string> bearer_of(const http::request& request) {
  constexpr std::size_t scheme = 7;
  const auto given = header(request, "authorization");
  std::string word = given.substr(0, scheme);
  std::ranges::transform(word, word.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  if (word != "bearer ")
    return {};
  return std::string(trimmed(std::string_view(given).substr(scheme)));
}

http::response log_in_first(role needed) {
  auto answer = failure(401, "log in first: this needs the role "
                               + std::string(name_of(needed)));
  answer.headers["www-authenticate"] = "Bearer realm=\"millrace\"";
  return answer;
}

http::response not_yours(role held, role needed) {
  return failure(403, "this needs the role " + std::string(name_of(needed))
                        + "; yours is " + std::string(name_of(held)));
}

http::response other_site() {
  return failure(403, "this comes from a page of another site");
}

} // namespace

std::string caller::said_name() const {
  if (came_as == way_in::token)
    return user + " (" + label + ")";
  return came_as == way_in::session ? user : "guest";
}

bond bond_of(action what) {
  switch (what) {
  case action::change_password:
  case action::add_token:
  case action::end_sessions:
    return bond::login;
  case action::log_out:
  case action::tokens:
  case action::remove_token:
  case action::revoke_tokens:
    return bond::account;
  default:
    return bond::none;
  }
}

std::string csrf_of(const std::string& session_id) {
  return fingerprint("csrf " + session_id);
}

std::string session_cookie(const http::request& request) {
  const auto given = header(request, "cookie");
  std::string_view all = given;
  std::string found;
  while (!all.empty()) {
    const auto end = all.find(';');
    const auto one = trimmed(all.substr(0, end));
    all = end == all.npos ? std::string_view{} : all.substr(end + 1);
    const auto equals = one.find('=');
    if (one.substr(0, equals) != cookie_name)
      continue;
    if (!found.empty() || equals == one.npos)
      return {};
    found = one.substr(equals + 1);
  }
  return found.size() == secret_length ? found : std::string{};
}

admission::admission(const rules& how, account_book* book, sessions& open,
                     wall_clock clock)
  : how_(how), book_(book), open_(open), clock_(std::move(clock)) {
}

std::variant<caller, http::response>
admission::admit(const route& to, const http::request& request) {
  if (!how_.required)
    return admit_open(request);
  const auto who = who_asks(request, &sessions::use);
  const auto bound = bond_of(to.what);
  const bool known
    = who.came_as == way_in::session || who.came_as == way_in::token;
  if (!may(who.held, to.needed))
    return known ? not_yours(who.held, to.needed) : log_in_first(to.needed);
  if (bound != bond::none && !known)
    return log_in_first(to.needed);
  if (bound == bond::login && who.came_as == way_in::token)
    return failure(403, "this cannot be done with a token: log in");
  if (!changes_something(request) || who.came_as == way_in::token)
    return who;
  if (is_from_another_site(request, how_.public_url, how_.tls))
    return other_site();
  // Logging in is proved by the password, not by the cookie.
  if (to.needed != role::nobody && who.came_as == way_in::session
      && !same_secret(header(request, "x-csrf-token"), csrf_of(who.session_id)))
    return failure(403, "the header X-CSRF-Token is missing or wrong: it must "
                        "be \"csrf\" of GET /api/session");
  return who;
}

std::variant<caller, http::response>
admission::admit_open(const http::request& request) {
  if (!is_for_loopback(request))
    return failure(403, "with ADMIN_AUTH=off only requests to this machine's "
                        "loopback names are answered; Host is another one");
  if (is_from_another_site(request, {}, false))
    return other_site();
  caller who;
  who.came_as = way_in::open;
  who.held = role::admin;
  return who;
}

bool admission::still_admits(role needed, const http::request& request) {
  return !how_.required || may(who_asks(request, &sessions::look).held, needed);
}

caller admission::who_asks(const http::request& request, look_up how) {
  if (const auto token = bearer_of(request))
    return bearer(*token);
  const auto id = session_cookie(request);
  // A page of another site must not even look with the user's rights. What
  // changes something is refused later, with the reason.
  if (!id.empty()
      && (changes_something(request)
          || !is_from_another_site(request, how_.public_url, how_.tls)))
    return browser(id, how);
  return stranger();
}

caller admission::bearer(std::string_view text) {
  // mr_<id>_<secret>
  constexpr std::size_t id_at = 3, id_length = 12;
  constexpr std::size_t secret_at = id_at + id_length + 1;
  if (text.size() != secret_at + secret_length || !text.starts_with("mr_")
      || text[secret_at - 1] != '_')
    return {};
  const auto all = book_->now();
  const auto found
    = all->tokens.find(std::string(text.substr(id_at, id_length)));
  if (found == all->tokens.end())
    return {};
  const auto& token = found->second;
  const auto owner = all->users.find(token.user);
  const bool is_right
    = same_secret(fingerprint(text.substr(secret_at)), token.fingerprint);
  const bool is_over
    = !token.expires_at.empty() && *parse_utc(token.expires_at) <= clock_();
  if (!is_right || is_over || owner == all->users.end()
      || owner->second.disabled)
    return {};
  book_->used(token.id);
  caller who;
  who.came_as = way_in::token;
  who.held = std::min(token.held, owner->second.held);
  who.user = token.user;
  who.label = token.label;
  return who;
}

caller admission::browser(const std::string& session_id, look_up how) {
  const auto key = fingerprint(session_id);
  const auto session = (open_.*how)(key);
  if (!session)
    return stranger();
  const auto all = book_->now();
  const auto found = all->users.find(session->user);
  if (found == all->users.end() || found->second.disabled
      || standing_of(found->second) != session->standing) {
    open_.end(key);
    return stranger();
  }
  caller who;
  who.came_as = way_in::session;
  who.held = found->second.held;
  who.user = session->user;
  who.session_id = session_id;
  return who;
}

caller admission::stranger() const {
  caller who;
  if (how_.guests && !book_->is_empty()) {
    who.came_as = way_in::guest;
    who.held = role::viewer;
  }
  return who;
}

} // namespace millrace::admin::access
