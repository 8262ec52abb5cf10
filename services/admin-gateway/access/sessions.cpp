#include "services/admin-gateway/access/sessions.hpp"

#include <algorithm>

namespace millrace::admin::access {

sessions::sessions(limits chosen, steady_clock clock)
  : limits_(chosen), clock_(std::move(clock)) {
}

void sessions::begin(const std::string& key, session whose) {
  const std::lock_guard lock{mutex_};
  make_room();
  const auto now = clock_();
  by_key_[key] = {std::move(whose), now, now};
}

std::optional<sessions::session> sessions::use(const std::string& key) {
  const std::lock_guard lock{mutex_};
  const auto found = by_key_.find(key);
  if (found == by_key_.end())
    return {};
  if (expired(found->second)) {
    by_key_.erase(found);
    return {};
  }
  found->second.used = clock_();
  return found->second.whose;
}

std::optional<sessions::session> sessions::look(const std::string& key) {
  const std::lock_guard lock{mutex_};
  const auto found = by_key_.find(key);
  if (found == by_key_.end() || expired(found->second))
    return {};
  return found->second.whose;
}

void sessions::end(const std::string& key) {
  const std::lock_guard lock{mutex_};
  by_key_.erase(key);
}

bool sessions::expired(const entry& one) const {
  const auto now = clock_();
  return now - one.used >= limits_.idle || now - one.begun >= limits_.longest;
}

void sessions::make_room() {
  if (by_key_.size() < most)
    return;
  std::erase_if(by_key_,
                [this](const auto& each) { return expired(each.second); });
  if (by_key_.size() < most)
    return;
  by_key_.erase(std::ranges::min_element(
    by_key_, {}, [](const auto& each) { return each.second.used; }));
}

} // namespace millrace::admin::access
