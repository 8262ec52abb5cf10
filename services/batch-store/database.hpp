#pragma once

#include "services/batch-store/sql_session.hpp"

#include <memory>
#include <string>
#include <vector>

namespace millrace::store {

/// The connection and the claim on it: one batch-store per database and line
/// works, a second one stands by. Blocking, one thread.
class database {
public:
  /// Calls of more than `longest` are cut; `slow` is told of slow ones, on a
  /// thread of its own.
  database(
    database_address where, std::vector<std::string> lines,
    std::chrono::milliseconds longest = std::chrono::seconds{15},
    std::function<void(std::string)> slow = [](const std::string&) {});
  ~database();
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  /// Connects anew and claims. False: another process holds the claim. Throws
  /// storage_error when the database cannot be had.
  bool connect_and_claim();
  sql_session& sql() {
    return *sql_;
  }
  call_watch& calls() {
    return calls_;
  }
  const database_address& where() const {
    return where_;
  }

private:
  bool claim_file();
  bool claim_in_postgresql();

  database_address where_;
  std::vector<std::string> lines_;
  call_watch calls_;
  std::unique_ptr<sql_session> sql_;
  int lock_file_ = -1;
};

} // namespace millrace::store
