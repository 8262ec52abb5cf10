#pragma once

#include "services/admin-gateway/access/sessions.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>

namespace millrace::admin::access {

/// Counts failures by key and says how long the next try has to wait. Bounded:
/// above `most_keys` the one that was quiet longest is forgotten.
class failure_counter {
public:
  using time_point = std::chrono::steady_clock::time_point;
  struct limits {
    /// So many are free within a window that ends with 15 quiet minutes.
    int free;
    /// After them one has to wait, each time twice as long ...
    std::chrono::seconds first_wait;
    /// ... up to this.
    std::chrono::seconds longest_wait;
  };
  static constexpr std::size_t most_keys = 10'000;

  explicit failure_counter(limits chosen);

  /// Zero: may try now.
  std::chrono::seconds wait(const std::string& key, time_point now) const;
  void failed(const std::string& key, time_point now);
  /// As if the last failed() had not been.
  void take_back(const std::string& key);
  void forget(const std::string& key);
  std::size_t size() const {
    return by_key_.size();
  }

private:
  struct entry {
    int failures = 0;
    time_point last;
    time_point locked_until;
  };
  void make_room(time_point now);

  limits limits_;
  std::map<std::string, entry> by_key_;
};

/// Who may try a password now. Does not know which users exist, so a lock
/// tells nothing about that. Three counters: a user from an address (5 free,
/// then 1, 2, 4, 8, 15 minutes), an address (30 free) and, softer, so that
/// nobody is locked out for long by others, a user from anywhere (100 free,
/// then 30 s each). Thread safe.
class attempts {
public:
  explicit attempts(steady_clock clock);

  /// Zero: try, and it counts as failed until succeeded() (else many at once
  /// would be free). Otherwise how long to wait; then it does not count.
  std::chrono::seconds begin(const std::string& user,
                             const std::string& address);
  void succeeded(const std::string& user, const std::string& address);

private:
  steady_clock clock_;
  std::mutex mutex_;
  failure_counter pairs_;
  failure_counter addresses_;
  failure_counter users_;
};

} // namespace millrace::admin::access
