#include "services/admin-gateway/access/door.hpp"

#include "services/admin-gateway/access/account_desk.hpp"
#include "services/admin-gateway/access/bodies.hpp"
#include "services/admin-gateway/access/login_desk.hpp"
#include "services/admin-gateway/answers.hpp"

namespace millrace::admin::access {

struct door::impl {
  impl(rules how, const std::string& users_file, surroundings around)
    : shared(std::move(how), users_file, std::move(around)),
      entry(shared.how, shared.book.get(), shared.open, shared.around.clock),
      logins(shared), accounts(shared) {
  }

  office shared;
  admission entry;
  login_desk logins;
  account_desk accounts;
};

door::door(rules how, const std::string& users_file, surroundings around)
  : impl_(
    std::make_unique<impl>(std::move(how), users_file, std::move(around))) {
}

std::unique_ptr<door> door::open() {
  rules how;
  how.required = false;
  return std::make_unique<door>(
    how, "",
    surroundings{{}, system_wall_clock(), &std::chrono::steady_clock::now, {}});
}

door::~door() = default;

std::variant<caller, http::response> door::admit(const route& to,
                                                 const http::request& request) {
  return impl_->entry.admit(to, request);
}

bool door::still_admits(role needed, const http::request& request) {
  return impl_->entry.still_admits(needed, request);
}

bool door::serves(action what) {
  switch (what) {
  case action::session:
  case action::log_in:
  case action::log_out:
  case action::change_password:
  case action::set_up:
  case action::users:
  case action::add_user:
  case action::change_user:
  case action::remove_user:
  case action::tokens:
  case action::add_token:
  case action::remove_token:
  case action::revoke_tokens:
  case action::end_sessions:
    return true;
  default:
    return false;
  }
}

void door::serve(const route& to, const http::request& request,
                 const caller& who, http::responder respond) {
  auto& logins = impl_->logins;
  auto& accounts = impl_->accounts;
  switch (to.what) {
  case action::session:
    return respond(logins.session(who));
  case action::users:
    return respond(accounts.users());
  case action::tokens:
    return respond(accounts.tokens(who));
  default:
    break;
  }
  if (!impl_->shared.how.required)
    return respond(failure(409, "ADMIN_AUTH is off: there are no users, "
                                "sessions or tokens"));
  if (request.body.size() > largest_body)
    return respond(failure(413, "the body is larger than 4096 bytes"));
  switch (to.what) {
  case action::log_in:
    return logins.log_in(request, std::move(respond));
  case action::log_out:
    return respond(logins.log_out(who));
  case action::change_password:
    return logins.change_password(who, request, std::move(respond));
  case action::set_up:
    return logins.set_up(request, std::move(respond));
  case action::add_user:
    return accounts.add_user(who, request, std::move(respond));
  case action::change_user:
    return accounts.change_user(who, to.name, request, std::move(respond));
  case action::remove_user:
    return accounts.remove_user(who, to.name, std::move(respond));
  case action::add_token:
    return accounts.add_token(who, request, std::move(respond));
  case action::remove_token:
    return accounts.remove_token(who, to.name, std::move(respond));
  case action::revoke_tokens:
    return accounts.revoke_tokens(who, request, std::move(respond));
  case action::end_sessions:
    return accounts.end_sessions(who, request, std::move(respond));
  default:
    return respond(failure(404, "the door does not serve this"));
  }
}

std::string door::setup_token() const {
  return impl_->shared.needs_setup() ? impl_->shared.setup_token
                                     : std::string{};
}

void door::refresh() {
  if (impl_->shared.book)
    impl_->shared.book->refresh();
}

} // namespace millrace::admin::access
