#include "services/admin-gateway/access/account_book.hpp"

#include "common/telemetry/log.hpp"

#include <algorithm>
#include <stdexcept>

namespace millrace::admin::access {

account_book::account_book(std::string path, wall_clock clock)
  : file_(std::move(path)), clock_(std::move(clock)),
    now_(std::make_shared<const accounts>()) {
  auto content = file_.read();
  if (!content)
    throw std::runtime_error(content.why());
  take(std::move(*content));
}

std::shared_ptr<const accounts> account_book::now() const {
  const std::lock_guard lock{mutex_};
  return now_;
}

void account_book::used(const std::string& token_id) {
  const auto hour
    = format_utc(std::chrono::floor<std::chrono::hours>(clock_()));
  const std::lock_guard lock{mutex_};
  const auto known = now_->tokens.find(token_id);
  if (known != now_->tokens.end() && known->second.last_used_at != hour)
    used_[token_id] = hour;
}

std::optional<refusal> account_book::change(const users_file::edit& how) {
  auto done = file_.change(how, !is_empty());
  if (auto* refused = std::get_if<refusal>(&done)) {
    if (refused->status == 503)
      tell_trouble(refused->text);
    return *refused;
  }
  take(std::move(std::get<users_file::content>(done)));
  return {};
}

void account_book::refresh() {
  if (!file_.differs_from(version_))
    return write_used();
  auto fresh = file_.read();
  if (!fresh)
    return tell_trouble(fresh.why());
  if (!fresh->exists)
    return tell_trouble("the users' file is gone");
  take(std::move(*fresh));
  log::info("admin.users_read_again", {{"users", now()->users.size()}});
}

void account_book::take(users_file::content fresh) {
  version_ = fresh.version;
  trouble_.clear();
  const std::lock_guard lock{mutex_};
  now_ = std::make_shared<const accounts>(std::move(fresh.all));
}

void account_book::tell_trouble(const std::string& what) {
  if (what != trouble_)
    log::error("admin.users_file",
               {{"error", what}, {"consequence", "nothing can be changed"}});
  trouble_ = what;
}

void account_book::write_used() {
  std::map<std::string, std::string> used;
  {
    const std::lock_guard lock{mutex_};
    used.swap(used_);
  }
  if (used.empty())
    return;
  change([&](accounts& all) -> std::optional<refusal> {
    for (const auto& [id, hour] : used)
      if (const auto found = all.tokens.find(id); found != all.tokens.end())
        found->second.last_used_at = std::max(found->second.last_used_at, hour);
    return {};
  });
}

} // namespace millrace::admin::access
