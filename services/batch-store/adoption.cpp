#include "services/batch-store/adoption.hpp"

#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <stdlib.h>
#include <system_error>

namespace millrace::store {

namespace {

namespace fs = std::filesystem;
using columns_by_table = std::map<std::string, std::set<std::string>>;

columns_by_table all_columns(sql_session& sql) {
  columns_by_table all;
  for (const auto& row : sql.query(list_all_columns(sql.kind()), 2))
    all[row[0].value_or("")].insert(row[1].value_or(""));
  return all;
}

void compare(const columns_by_table& before, const columns_by_table& after,
             adoption_preview& seen) {
  for (const auto& [table, columns] : after) {
    const auto old = before.find(table);
    if (old == before.end())
      seen.new_tables.insert(table);
    for (const auto& column : columns)
      if (old == before.end() || !old->second.contains(column))
        seen.new_columns[table].insert(column);
  }
}

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const auto& name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string told_of_state(const std::string& state) {
  if (state == "staged")
    return "not begun; written to the PLC only after a look at it and at Odoo";
  if (state == "written")
    return "taken to be in the PLC already; not written again";
  if (state == "running")
    return "running in the PLC; read on";
  if (state == "completed")
    return "finished; its figures are pushed to Odoo once more";
  if (state == "failed")
    return "failed in the PLC; waits for a person";
  return state;
}

/// A copy of a SQLite database, deleted in the end.
class copied_file {
public:
  explicit copied_file(const fs::path& original) {
    if (!fs::exists(original))
      throw std::runtime_error("there is no file " + original.string());
    auto name = (fs::temp_directory_path() / "millrace-adopt-XXXXXX").string();
    if (!::mkdtemp(name.data()))
      throw std::system_error(errno, std::generic_category(),
                              "a temporary folder");
    folder_ = name;
    for (const auto* part : {"", "-wal", "-journal"})
      if (fs::exists(original.string() + part))
        fs::copy_file(original.string() + part, path() + part);
  }
  copied_file(const copied_file&) = delete;
  ~copied_file() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  std::string path() const {
    return (folder_ / "copy.db").string();
  }

private:
  fs::path folder_;
};

} // namespace

adoption_preview preview_adoption(sql_session& sql, const std::string& line) {
  adoption_preview seen;
  const auto before = all_columns(sql);
  try_to_migrate(sql, line, [&](const migration_report& report) {
    seen.report = report;
    compare(before, all_columns(sql), seen);
    for (const auto& row :
         sql.query("select equipment_id_batch, cast(batch_no as varchar(20)), "
                   "mo_id, state from mo_batch order by equipment_id_batch, "
                   "batch_no",
                   4))
      seen.queue.push_back({row[0].value_or(""), row[1].value_or(""),
                            row[2].value_or(""), row[3].value_or("")});
    seen.history_count
      = sql
          .query("select cast(count(*) as varchar(20)) from mo_histories",
                 1)[0][0]
          .value_or("0");
  });
  return seen;
}

std::string told(const adoption_preview& seen) {
  if (seen.report.to_version == 0)
    return "The database has this program's version: nothing will change.\n";
  std::string text
    = seen.report.from_version > 0
        ? "A database of Millrace, version "
            + std::to_string(seen.report.from_version) + ", becomes version "
            + std::to_string(seen.report.to_version) + ".\n"
      : seen.report.adopted
        ? "A database of the Python middleware: it is taken over.\n"
        : "A database without mo_batch and mo_histories: both are made.\n";
  for (const auto& [table, columns] : seen.new_columns)
    text += (seen.new_tables.contains(table)
               ? "  new table " + table
               : "  " + table + " gets " + joined(columns))
            + "\n";
  text += "No column and no row is removed.\n";
  for (const auto& row : seen.queue)
    text += "  " + row.line + " batch " + row.batch_no + ", " + row.mo_id + ": "
            + told_of_state(row.state) + "\n";
  return text + "Batches in the queue: " + std::to_string(seen.queue.size())
         + ". Archived, never fetched again: " + seen.history_count + ".\n";
}

bool adopt_dry_run(const settings& chosen) {
  try {
    auto where = chosen.database();
    std::cout << where.shown << "\n";
    std::optional<copied_file> copy;
    if (where.kind == database_kind::sqlite) {
      copy.emplace(where.file);
      where = parse_database_url("sqlite:///" + copy->path());
    }
    sql_session sql{where};
    for (const auto& statement : before_migration(sql.kind()))
      sql.execute(statement);
    std::cout << told(preview_adoption(sql, chosen.resolve().lines.front()))
              << "This was a try: nothing has been changed.\n";
    return true;
  } catch (const std::exception& e) {
    std::cerr << "batch-store could not start on this database: " << e.what()
              << "\n";
    return false;
  }
}

} // namespace millrace::store
