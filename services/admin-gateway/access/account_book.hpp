#pragma once

#include "common/telemetry/clock.hpp"
#include "services/admin-gateway/access/users_file.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace millrace::admin::access {

/// The accounts as the file has them. While the service runs, a file that is
/// gone or no longer right does not lock anybody out: what was last right
/// counts on, nothing can be changed, and the log says so.
class account_book {
public:
  /// Blocking. Throws std::runtime_error when the file is there but not right.
  account_book(std::string path, wall_clock clock);

  /// Any thread.
  std::shared_ptr<const accounts> now() const;
  /// Whether nobody has an account yet. Any thread.
  bool is_empty() const {
    return now()->users.empty();
  }
  /// The token has just been used. Any thread; written by refresh() at most
  /// once an hour for each token.
  void used(const std::string& token_id);

  /// Makes a change that lasts. Blocking; not from two threads at once.
  std::optional<refusal> change(const users_file::edit& how);
  /// Takes up what others have changed, writes what was used. Blocking; as
  /// change().
  void refresh();

private:
  void take(users_file::content fresh);
  void tell_trouble(const std::string& what);
  void write_used();

  users_file file_;
  wall_clock clock_;
  file_version version_{};
  /// As last logged; empty when all is right.
  std::string trouble_;
  mutable std::mutex mutex_;
  std::shared_ptr<const accounts> now_;
  /// Hours by token.
  std::map<std::string, std::string> used_;
};

} // namespace millrace::admin::access
