#include "services/batch-store/database.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace millrace::store {

database::database(database_address where, std::vector<std::string> lines,
                   std::chrono::milliseconds longest,
                   std::function<void(std::string)> slow)
  : where_(std::move(where)), lines_(std::move(lines)),
    calls_(longest, std::move(slow)) {
}

database::~database() {
  if (lock_file_ >= 0)
    ::close(lock_file_);
}

bool database::connect_and_claim() {
  if (where_.kind == database_kind::sqlite) {
    if (!claim_file())
      return false;
    sql_ = std::make_unique<sql_session>(where_, &calls_);
    return true;
  }
  sql_.reset(); // the old connection's claim goes with it
  sql_ = std::make_unique<sql_session>(where_, &calls_);
  return claim_in_postgresql();
}

// A file of its own: SQLite's own locks on the database are not ours to use.
bool database::claim_file() {
  if (lock_file_ >= 0)
    return true;
  const auto name = where_.file + ".lock";
  const int file = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    throw storage_error(storage_failure::unavailable,
                        "cannot open " + name + ": " + std::strerror(errno));
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    ::close(file);
    return false;
  }
  lock_file_ = file;
  return true;
}

// Line by line: the sets of two instances may overlap.
bool database::claim_in_postgresql() {
  for (const auto& line : lines_) {
    const auto rows = sql_->query(
      "select cast(pg_try_advisory_lock(hashtextextended(:name, 0)) as text)",
      1, {{"name", "millrace batch-store " + line}});
    if (rows.empty() || rows[0][0] != "true") {
      sql_.reset(); // what was claimed goes with the connection
      return false;
    }
  }
  return true;
}

} // namespace millrace::store
