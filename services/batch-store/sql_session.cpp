#include "services/batch-store/sql_session.hpp"

#include "common/service/kill_point.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <deque>
#include <string_view>
#include <unordered_map>

namespace millrace::store {

namespace {

/// More than are used all the time.
constexpr std::size_t most_statements = 200;

// SQLite result codes (sqlite.org/rescode.html), low byte.
constexpr int sqlite_perm = 3, sqlite_busy = 5, sqlite_locked = 6,
              sqlite_nomem = 7, sqlite_readonly = 8, sqlite_interrupt = 9,
              sqlite_ioerr = 10, sqlite_corrupt = 11, sqlite_full = 13,
              sqlite_cantopen = 14, sqlite_protocol = 15,
              sqlite_constraint = 19, sqlite_notadb = 26;

storage_failure failure_of_sqlite(int result) {
  switch (result & 0xff) {
  case sqlite_busy:
  case sqlite_locked:
  case sqlite_protocol:
    return storage_failure::again;
  case sqlite_full:
    return storage_failure::full;
  case sqlite_constraint:
    return storage_failure::conflict;
  // About the file or the machine, not about the job.
  case sqlite_perm:
  case sqlite_nomem:
  case sqlite_readonly:
  case sqlite_interrupt:
  case sqlite_notadb:
  case sqlite_ioerr:
  case sqlite_corrupt:
  case sqlite_cantopen:
    return storage_failure::unavailable;
  default:
    return storage_failure::other;
  }
}

} // namespace

storage_failure failure_of_sqlstate(std::string_view state) {
  const auto klass = state.substr(0, 2);
  // From libpq itself, not from the server: about the connection. SOCI says
  // 08000 only when libpq has noticed that already.
  if (klass.empty() || klass == "  ")
    return storage_failure::unavailable;
  if (klass == "23")
    return storage_failure::conflict;
  if (state == "40001" || state == "40P01" || state == "55P03"
      || state == "57014")
    return storage_failure::again;
  // Connections and memory run out, too; they come back.
  if (klass == "53")
    return state == "53100" ? storage_failure::full
                            : storage_failure::unavailable;
  // The server, the session or who we are there; nothing about the job, which
  // would be dropped for good as `other`. 25: read-only (a failover's old
  // primary, a full disk's emergency brake), idle too long; 28: may not log in;
  // 3D, 3F: the database is being put back; 42501: forbidden; 55, 57: in use,
  // shutting down; 58: the operating system; XX: the server's own trouble.
  for (const std::string_view about_server :
       {"08", "25", "28", "3D", "3F", "55", "57", "58", "F0", "XX"})
    if (klass == about_server)
      return storage_failure::unavailable;
  return state == "42501" ? storage_failure::unavailable
                          : storage_failure::other;
}

namespace {

/// Runs `act`; SOCI's exceptions end here. get_error_message() and not what():
/// the latter carries the bound values.
template <class Act>
auto guarded(const Act& act) {
  try {
    return act();
  } catch (const soci::sqlite3_soci_error& e) {
    throw storage_error(failure_of_sqlite(e.result()), e.get_error_message());
  } catch (const soci::postgresql_soci_error& e) {
    throw storage_error(failure_of_sqlstate(e.sqlstate()),
                        e.get_error_message());
  } catch (const soci::soci_error& e) {
    throw storage_error(storage_failure::unavailable, e.get_error_message());
  }
}

} // namespace

/// A statement with the places of its values; SOCI keeps references to them.
struct sql_session::prepared {
  prepared(database_kind chosen, soci::session& session, const std::string& sql,
           std::size_t width, const parameters& with)
    : kind(chosen), in(with.size()), in_state(with.size(), soci::i_null),
      out(width), out_state(width, soci::i_null), statement(session) {
    for (std::size_t i = 0; i < with.size(); ++i) {
      names.push_back(with[i].first);
      statement.exchange(soci::use(in[i], in_state[i], names.back()));
    }
    for (std::size_t i = 0; i < width; ++i)
      statement.exchange(soci::into(out[i], out_state[i]));
    statement.alloc();
    statement.prepare(sql);
    statement.define_and_bind();
  }

  /// Whether the values stand where they stood.
  bool fits(std::size_t width, const parameters& with) const {
    return width == out.size()
           && std::equal(names.begin(), names.end(), with.begin(), with.end(),
                         [](const auto& name, const auto& one) {
                           return name == one.first;
                         });
  }

  void take(const parameters& with) {
    for (std::size_t i = 0; i < with.size(); ++i) {
      in[i] = with[i].second.value_or("");
      in_state[i] = with[i].second ? soci::i_ok : soci::i_null;
    }
  }

  std::vector<row> run() {
    auto rows = results();
    rewind();
    return rows;
  }

  std::vector<row> results() {
    std::vector<row> rows;
    if (out.empty()) {
      statement.execute(true);
      return rows;
    }
    statement.execute(false);
    while (statement.fetch()) {
      row one(out.size());
      for (std::size_t i = 0; i < out.size(); ++i)
        if (out_state[i] == soci::i_ok)
          one[i] = out[i];
      rows.push_back(std::move(one));
    }
    return rows;
  }

  /// SQLite holds its locks until a statement is through, and a pragma is not
  /// when only its first row was asked for.
  void rewind() {
    if (kind == database_kind::sqlite)
      sqlite3_reset(
        static_cast<soci::sqlite3_statement_backend*>(statement.get_backend())
          ->stmt_);
  }

  database_kind kind;
  std::deque<std::string> names;
  std::deque<std::string> in;
  std::deque<soci::indicator> in_state;
  std::deque<std::string> out;
  std::deque<soci::indicator> out_state;
  soci::statement statement;
};

struct sql_session::impl {
  database_kind kind;
  soci::session soci;
  /// By text. Declared after the session: gone before it.
  std::unordered_map<std::string, std::unique_ptr<prepared>> statements;

  prepared& statement(const std::string& sql, std::size_t width,
                      const parameters& with) {
    const auto known = statements.find(sql);
    if (known != statements.end() && known->second->fits(width, with))
      return *known->second;
    if (known != statements.end())
      statements.erase(known);
    // Texts that hold values come once only and would gather for ever.
    if (statements.size() >= most_statements)
      statements.clear();
    auto fresh = std::make_unique<prepared>(kind, soci, sql, width, with);
    return *statements.emplace(sql, std::move(fresh)).first->second;
  }

  explicit impl(const database_address& where) : kind(where.kind) {
    if (where.kind == database_kind::sqlite)
      soci.open(soci::sqlite3, where.connection);
    else
      soci.open(soci::postgresql, where.connection);
  }

  int socket() {
    if (kind == database_kind::sqlite)
      return -1;
    return PQsocket(
      static_cast<soci::postgresql_session_backend*>(soci.get_backend())
        ->conn_);
  }
};

sql_session::sql_session(const database_address& where, call_watch* watch)
  : kind_(where.kind), watch_(watch) {
  impl_ = guarded([&] { return std::make_unique<impl>(where); });
  if (watch_)
    watch_->connected(impl_->socket());
  for (const auto& statement : session_setup(kind_))
    execute(statement);
}

sql_session::~sql_session() {
  // Each prepared statement is taken back with a call to the server.
  const call_watch::call under_way{watch_};
  impl_.reset();
}

void sql_session::execute(const std::string& sql, const parameters& with) {
  kill_point("store.before_statement");
  query(sql, 0, with);
  kill_point("store.after_statement");
}

std::vector<sql_session::row> sql_session::query(const std::string& sql,
                                                 std::size_t width,
                                                 const parameters& with) {
  const call_watch::call under_way{watch_};
  try {
    return guarded([&] {
      auto& statement = impl_->statement(sql, width, with);
      statement.take(with);
      return statement.run();
    });
  } catch (...) {
    impl_->statements.erase(sql); // it may stand in the middle of its rows
    throw;
  }
}

void sql_session::transaction(const std::function<void()>& work) {
  execute(begin_writing(kind_));
  try {
    work();
    kill_point("store.before_commit");
    execute("commit");
    kill_point("store.after_commit");
  } catch (...) {
    try {
      execute("rollback");
    } catch (const storage_error&) {
      // The session is lost; the server has rolled back.
    }
    throw;
  }
}

} // namespace millrace::store
