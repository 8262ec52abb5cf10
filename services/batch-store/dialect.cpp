#include "services/batch-store/dialect.hpp"

#include "common/domain/host.hpp"

#include <charconv>
#include <stdexcept>
#include <string_view>

namespace millrace::store {

namespace {

// Below DATABASE_TIMEOUT: a server that lives answers before it is given up.
constexpr const char* statement_limit = "set statement_timeout = '10s'";
constexpr std::string_view forms
  = "expected postgresql://user:password@host:5432/name or sqlite:///path";

/// "5432"; empty is the default port.
bool is_port(std::string_view text) {
  int port = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, port);
  return text.empty()
         || (failed == std::errc{} && rest == end && port >= 1
             && port <= 65'535);
}

/// "host", "host:5432", "[::1]:5432"; an empty host is the local socket, a
/// percent-encoded one its folder. What is wrong, without the text: a password
/// whose "@host" was forgotten looks like a port.
std::string wrong_with_server(std::string_view text) {
  const bool bracketed = text.starts_with('[');
  const auto end = bracketed ? text.find(']') : text.find(':');
  const auto host = text.substr(bracketed ? 1 : 0, bracketed ? end - 1 : end);
  auto port = end == text.npos ? std::string_view{}
                               : text.substr(end + (bracketed ? 1 : 0));
  if (bracketed ? end == text.npos || !is_ip_address(host)
                : !host.empty() && !host.starts_with('%') && !is_host(host))
    return "names a host that is neither an address nor a name, ";
  if (!port.empty() && port.front() != ':')
    return "has something between host and port, ";
  if (!port.empty() && !is_port(port.substr(1)))
    return "has a port that is not 1..65535, ";
  return {};
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix)
    return false;
  text.remove_prefix(prefix.size());
  return true;
}

database_address sqlite_address(std::string_view path) {
  if (path.empty())
    throw std::invalid_argument("names no file, " + std::string(forms));
  // It stands in quotes in SOCI's connection string.
  if (path.find_first_of(std::string_view{"\"\0", 2}) != path.npos)
    throw std::invalid_argument("names a file with a quote or NUL in it");
  database_address out;
  out.kind = database_kind::sqlite;
  out.file = std::string(path);
  out.connection = "db=\"" + out.file + "\" timeout=2";
  out.shown = "sqlite:" + out.file;
  return out;
}

database_address postgresql_address(std::string_view rest) {
  database_address out;
  out.kind = database_kind::postgresql;
  // libpq reads the URI itself; only the driver part of SQLAlchemy goes.
  out.connection = "postgresql://" + std::string(rest);
  const bool has_query = rest.find('?') != rest.npos;
  out.connection += has_query ? '&' : '?';
  out.connection += "connect_timeout=3&keepalives_idle=10&"
                    // A network that swallows everything must not hold the
                    // only worker for long.
                    "keepalives_interval=5&keepalives_count=3&"
                    "tcp_user_timeout=15000&"
                    "application_name=millrace-batch-store";
  const auto where = rest.substr(0, rest.find('?'));
  const auto at = where.rfind('@');
  const auto place = at == where.npos ? where : where.substr(at + 1);
  out.shown = "postgresql://" + std::string(place);
  if (place.find('/') == place.npos || place.back() == '/')
    throw std::invalid_argument("names no database, " + std::string(forms));
  auto servers = place.substr(0, place.find('/'));
  while (true) { // libpq takes several, divided by commas
    const auto comma = servers.find(',');
    if (const auto wrong = wrong_with_server(servers.substr(0, comma));
        !wrong.empty())
      throw std::invalid_argument(wrong + std::string(forms));
    if (comma == servers.npos)
      return out;
    servers.remove_prefix(comma + 1);
  }
}

} // namespace

database_address parse_database_url(const std::string& url) {
  std::string_view rest = url;
  if (take_prefix(rest, "sqlite:///"))
    return sqlite_address(rest);
  for (const std::string_view scheme :
       {"postgresql://", "postgres://", "postgresql+psycopg2://",
        "postgresql+psycopg://", "postgresql+asyncpg://"})
    if (take_prefix(rest, scheme))
      return postgresql_address(rest);
  throw std::invalid_argument("unknown kind of database, "
                              + std::string(forms));
}

std::vector<std::string> session_setup(database_kind kind) {
  if (kind == database_kind::sqlite)
    return {"pragma journal_mode=WAL", "pragma synchronous=FULL",
            "pragma foreign_keys=ON"};
  return {"set time zone 'UTC'", "set datestyle to ISO",
          // libpq writes notices to stderr.
          "set client_min_messages = warning",
          // Inside the batch-store's own watch times; a frozen server must not
          // hold the only worker for ever.
          statement_limit, "set lock_timeout = '5s'",
          "set idle_in_transaction_session_timeout = '30s'",
          // When our machine is gone the server must notice: the claim of the
          // lines hangs on the connection. Without effect on Unix sockets.
          "set tcp_keepalives_idle = 10", "set tcp_keepalives_interval = 5",
          "set tcp_keepalives_count = 3"};
}

std::vector<std::string> only_reading(database_kind kind) {
  if (kind == database_kind::sqlite)
    return {"pragma query_only=ON"};
  return {"set default_transaction_read_only = on"};
}

std::vector<std::string> before_migration(database_kind kind) {
  if (kind == database_kind::sqlite)
    return {};
  return {"set statement_timeout = '10min'"};
}

std::vector<std::string> after_migration(database_kind kind) {
  if (kind == database_kind::sqlite)
    return {};
  return {statement_limit};
}

std::string begin_writing(database_kind kind) {
  // SQLite's deferred BEGIN fails with BUSY without waiting when a read turns
  // into a write (RELIABILITY B.4).
  return kind == database_kind::sqlite ? "begin immediate" : "begin";
}

std::string serial_key(database_kind kind) {
  return kind == database_kind::sqlite
           ? "INTEGER PRIMARY KEY AUTOINCREMENT"
           : "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY";
}

std::string list_columns(database_kind kind) {
  return kind == database_kind::sqlite
           ? "select name from pragma_table_info(:table)"
           : "select column_name::text from information_schema.columns "
             "where table_schema = current_schema() and table_name = :table";
}

std::string list_all_columns(database_kind kind) {
  return kind == database_kind::sqlite
           ? "select t.name, c.name from sqlite_master t join "
             "pragma_table_info(t.name) c where t.type = 'table' and t.name "
             "not like 'sqlite%'"
           : "select table_name::text, column_name::text from "
             "information_schema.columns where table_schema = current_schema()";
}

std::string seconds_between(database_kind kind, const std::string& earlier,
                            const std::string& later) {
  return kind == database_kind::sqlite
           ? "round((julianday(" + later + ") - julianday(" + earlier
               + ")) * 86400, 3)"
           : "round(cast(extract(epoch from " + later + " - " + earlier
               + ") as numeric), 3)";
}

std::string like_any_case(database_kind kind) {
  return kind == database_kind::sqlite ? "like" : "ilike";
}

std::string day_of(database_kind kind, const std::string& time) {
  // SQLite holds the text (mend_times).
  return kind == database_kind::sqlite
           ? "substr(" + time + ", 1, 10)"
           : "to_char(" + time + " at time zone 'UTC', 'YYYY-MM-DD')";
}

std::string mend_times(database_kind kind, const std::string& table,
                       const std::string& column) {
  // SQLite has no type for times: they are texts, and SQLAlchemy writes others.
  const std::string mended = "strftime('%Y-%m-%dT%H:%M:%fZ', " + column + ")";
  return kind == database_kind::sqlite
           ? "update " + table + " set " + column + " = " + mended + " where "
               + mended + " <> " + column
           : "";
}

} // namespace millrace::store
