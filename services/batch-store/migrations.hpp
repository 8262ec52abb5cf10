#pragma once

#include "services/batch-store/sql_session.hpp"

#include <functional>
#include <string>

namespace millrace::store {

/// What was found and done, for the log.
struct migration_report {
  bool adopted = false;
  int from_version = 0;
  int to_version = 0;
  std::size_t adopted_batches = 0;
};

/// Brings the database to this version, in one transaction: makes what is
/// missing; takes over mo_batch and mo_histories of the Python middleware with
/// all their rows. `line` is given to adopted rows that name none. Throws
/// storage_error, also for a database of a newer version.
migration_report migrate(sql_session& sql, const std::string& line);

/// The same, but undone after `look` has seen the outcome; not called when the
/// database has this version already.
void try_to_migrate(sql_session& sql, const std::string& line,
                    const std::function<void(const migration_report&)>& look);

} // namespace millrace::store
