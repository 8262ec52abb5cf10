#pragma once

#include <string>
#include <vector>

// All that differs between PostgreSQL and SQLite.

namespace millrace::store {

enum class database_kind { postgresql, sqlite };

/// Where the data is, from DATABASE_URL.
struct database_address {
  database_kind kind = database_kind::sqlite;
  /// For SOCI's backend. May hold a password: never logged.
  std::string connection;
  /// For people, without password.
  std::string shown;
  /// SQLite only: the file.
  std::string file;
};

/// postgresql://user:password@host:5432/plc, postgres://,
/// postgresql+psycopg2://, sqlite:///relative/path or sqlite:////absolute/path.
/// Throws std::invalid_argument naming what is wrong, without the password.
database_address parse_database_url(const std::string& url);

/// Statements right after connecting.
std::vector<std::string> session_setup(database_kind kind);
/// Statements after those for a connection that may not write.
std::vector<std::string> only_reading(database_kind kind);
/// Statements around a migration: big tables may take their time.
std::vector<std::string> before_migration(database_kind kind);
std::vector<std::string> after_migration(database_kind kind);
/// Begins a transaction that will write.
std::string begin_writing(database_kind kind);
/// A column that counts up by itself.
std::string serial_key(database_kind kind);
/// The names of a table's columns, one row each; parameter :table.
std::string list_columns(database_kind kind);
/// Table and name of each column of our tables and of those beside them.
std::string list_all_columns(database_kind kind);
/// Seconds between two columns with times, to the millisecond, as text.
std::string seconds_between(database_kind kind, const std::string& earlier,
                            const std::string& later);
/// LIKE that takes "A" for "a" (of ASCII letters, if not more).
std::string like_any_case(database_kind kind);
/// The UTC day of a time, "2026-11-22", whatever the session's time zone.
std::string day_of(database_kind kind, const std::string& time);
/// Brings the times of a column, as somebody else wrote them, to the form in
/// which they sort and compare; empty where the type sees to that.
std::string mend_times(database_kind kind, const std::string& table,
                       const std::string& column);

} // namespace millrace::store
