#pragma once

#include "services/batch-store/migrations.hpp"
#include "services/batch-store/settings.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

// batch-store --adopt: what the first start on the Python middleware's database
// will do, found out by doing it and undoing it.

namespace millrace::store {

struct adoption_preview {
  struct adopted_batch {
    std::string line;
    std::string batch_no;
    std::string mo_id;
    std::string state; // as mo_batch.state holds it
  };
  migration_report report;
  /// New columns by table.
  std::map<std::string, std::set<std::string>> new_columns;
  /// Of new_columns, those that are new themselves.
  std::set<std::string> new_tables;
  /// The queue as batch-store would take it over.
  std::vector<adopted_batch> queue;
  std::string history_count;
};

/// Changes nothing. Throws storage_error with what would keep batch-store from
/// starting.
adoption_preview preview_adoption(sql_session& sql, const std::string& line);

/// The preview in words.
std::string told(const adoption_preview& seen);

/// Tells on stdout what the first start with these settings will do, on stderr
/// why it cannot (false). A SQLite file is copied first, because opening it
/// would change its journal mode: nothing may be writing to it meanwhile.
bool adopt_dry_run(const settings& chosen);

} // namespace millrace::store
