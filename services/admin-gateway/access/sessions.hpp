#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace millrace::admin::access {

/// Handed in so that tests choose it.
using steady_clock = std::function<std::chrono::steady_clock::time_point()>;

/// Who is logged in with a browser: in memory only, by the fingerprint of the
/// cookie's value. Thread safe.
class sessions {
public:
  struct limits {
    std::chrono::milliseconds idle;
    std::chrono::milliseconds longest;
  };
  struct session {
    std::string user;
    /// Of the user at the login, see standing_of().
    std::string standing;
  };
  /// Above this the one that was idle longest ends.
  static constexpr std::size_t most = 1'000;

  sessions(limits chosen, steady_clock clock);

  void begin(const std::string& key, session whose);
  /// None when there is none or it has expired; else it counts as used now.
  std::optional<session> use(const std::string& key);
  /// As use(), without counting as use.
  std::optional<session> look(const std::string& key);
  void end(const std::string& key);

private:
  using time_point = std::chrono::steady_clock::time_point;
  struct entry {
    session whose;
    time_point begun;
    time_point used;
  };
  bool expired(const entry& one) const;
  void make_room();

  limits limits_;
  steady_clock clock_;
  std::mutex mutex_;
  std::map<std::string, entry> by_key_;
};

} // namespace millrace::admin::access
