#include "services/admin-gateway/access/attempts.hpp"

#include <algorithm>

namespace millrace::admin::access {

namespace {

using namespace std::chrono_literals;

constexpr auto window = 15min;

/// Neither a user's name nor an address contains a blank.
std::string pair_of(const std::string& user, const std::string& address) {
  return user + " " + address;
}

} // namespace

failure_counter::failure_counter(limits chosen) : limits_(chosen) {
}

std::chrono::seconds failure_counter::wait(const std::string& key,
                                           time_point now) const {
  const auto found = by_key_.find(key);
  if (found == by_key_.end() || found->second.locked_until <= now)
    return 0s;
  return std::chrono::ceil<std::chrono::seconds>(found->second.locked_until
                                                 - now);
}

void failure_counter::failed(const std::string& key, time_point now) {
  make_room(now);
  auto& one = by_key_[key];
  if (one.failures > 0 && now - std::max(one.last, one.locked_until) >= window)
    one = {};
  one.last = now;
  ++one.failures;
  if (one.failures < limits_.free)
    return;
  const int doublings = std::min(one.failures - limits_.free, 10);
  one.locked_until
    = now
      + std::min(limits_.first_wait * (1 << doublings), limits_.longest_wait);
}

void failure_counter::take_back(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end())
    return;
  if (--found->second.failures <= 0)
    by_key_.erase(found);
  else
    found->second.locked_until = {};
}

void failure_counter::forget(const std::string& key) {
  by_key_.erase(key);
}

void failure_counter::make_room(time_point now) {
  if (by_key_.size() < most_keys)
    return;
  std::erase_if(by_key_, [&](const auto& each) {
    return now - std::max(each.second.last, each.second.locked_until) >= window;
  });
  if (by_key_.size() < most_keys)
    return;
  by_key_.erase(std::ranges::min_element(
    by_key_, {}, [](const auto& each) { return each.second.last; }));
}

attempts::attempts(steady_clock clock)
  : clock_(std::move(clock)), pairs_({5, 60s, 15min}),
    addresses_({30, 60s, 15min}), users_({100, 30s, 30s}) {
}

std::chrono::seconds attempts::begin(const std::string& user,
                                     const std::string& address) {
  const std::lock_guard lock{mutex_};
  const auto now = clock_();
  const auto pair = pair_of(user, address);
  const auto waits
    = std::max({pairs_.wait(pair, now), addresses_.wait(address, now),
                users_.wait(user, now)});
  if (waits > 0s)
    return waits;
  pairs_.failed(pair, now);
  addresses_.failed(address, now);
  users_.failed(user, now);
  return 0s;
}

void attempts::succeeded(const std::string& user, const std::string& address) {
  const std::lock_guard lock{mutex_};
  pairs_.forget(pair_of(user, address));
  // One good password must not make an address free to try others'.
  addresses_.take_back(address);
  users_.take_back(user);
}

} // namespace millrace::admin::access
