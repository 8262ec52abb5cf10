// What batch-store's database does to it in bad times: frozen, read-only, full,
// locked. The right class of error, nothing half done, and it goes on.

#include "tests/integration/support/store_plant.hpp"
#include "tests/integration/support/waiting.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <sys/resource.h>

using namespace std::chrono_literals;
using namespace millrace;
using namespace millrace::store;
using test::empty_database;

namespace {

/// How a statement fails; none when it does not.
std::optional<storage_failure> failure_of(sql_session& sql,
                                          const std::string& statement) {
  try {
    sql.execute(statement);
    return std::nullopt;
  } catch (const storage_error& e) {
    return e.kind;
  }
}

long number(sql_session& sql, const std::string& query) {
  return std::stol(sql.query(query, 1).at(0).at(0).value());
}

/// Files of this process may not grow beyond it, as on a full disk.
class file_size_limit {
public:
  explicit file_size_limit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit tight{bytes, before_.rlim_max};
    old_ = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &tight);
  }
  ~file_size_limit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, old_);
  }

private:
  rlimit before_{};
  void (*old_)(int) = nullptr;
};

} // namespace

TEST_CASE("a frozen backend does not hold its caller, and is called slow") {
  empty_database made{database_kind::postgresql};
  test::inbox<std::string> told;
  call_watch watch{call_watch::slow_after + 1s, [&](std::string why) {
                     told.put(std::move(why));
                   }};
  sql_session sql{made.address(), &watch};
  const auto backend = number(sql, "select cast(pg_backend_pid() as text)");
  REQUIRE(::kill(static_cast<pid_t>(backend), SIGSTOP) == 0);
  CHECK(failure_of(sql, "select 1") == storage_failure::unavailable);
  ::kill(static_cast<pid_t>(backend), SIGCONT);
  REQUIRE(told.items().size() == 1);
  CHECK(told.items().at(0) == "the database has not answered for 3 s");
  sql_session anew{made.address(), &watch};
  CHECK_FALSE(failure_of(anew, "select 1"));
}

TEST_CASE("a statement that is cut was not done") {
  empty_database made{database_kind::postgresql};
  call_watch watch{1h, [](const std::string&) {
                   }};
  {
    sql_session sql{made.address(), &watch};
    sql.execute("create table t (a integer)");
    watch.allow(1ms);
    CHECK_THROWS_AS(sql.transaction([&] {
      sql.execute("insert into t values (1)");
      sql.execute("select pg_sleep(60)");
    }),
                    storage_error);
    watch.allow(1h);
  }
  sql_session sql{made.address(), &watch};
  CHECK(number(sql, "select cast(count(*) as text) from t") == 0);
}

TEST_CASE("a database that may only be read is away, not the job wrong") {
  empty_database made{database_kind::postgresql};
  sql_session sql{made.address()};
  sql.execute("create table t (a integer)");
  sql.execute("set default_transaction_read_only = on");
  CHECK(failure_of(sql, "insert into t values (1)")
        == storage_failure::unavailable);
  CHECK_FALSE(failure_of(sql, "select count(*) from t"));
}

TEST_CASE("a table that somebody locks is tried again") {
  empty_database made{database_kind::postgresql};
  sql_session sql{made.address()}, other{made.address()};
  sql.execute("create table t (a integer)");
  sql.execute("set lock_timeout = '50ms'");
  other.execute("begin");
  other.execute("lock table t");
  CHECK(failure_of(sql, "insert into t values (1)") == storage_failure::again);
  other.execute("rollback");
  CHECK_FALSE(failure_of(sql, "insert into t values (1)"));
}

TEST_CASE("an SQLite file that somebody locks is tried again") {
  empty_database made{database_kind::sqlite};
  sql_session sql{made.address()}, other{made.address()};
  sql.execute("create table t (a integer)");
  other.execute("begin immediate");
  CHECK(failure_of(sql, "insert into t values (1)") == storage_failure::again);
  other.execute("rollback");
  CHECK_FALSE(failure_of(sql, "insert into t values (1)"));
}

TEST_CASE(
  "an SQLite file that cannot grow keeps what it has, and grows again") {
  empty_database made{database_kind::sqlite};
  sql_session sql{made.address()};
  sql.execute("create table t (a text)");
  const auto add = [&] {
    sql.transaction(
      [&] { sql.execute("insert into t values (hex(zeroblob(20000)))"); });
  };
  int stored = 0;
  std::optional<storage_failure> failed;
  {
    const file_size_limit full{200'000};
    while (!failed && stored < 100) {
      try {
        add();
        ++stored;
      } catch (const storage_error& e) {
        failed = e.kind;
      }
    }
    // Still full: the same again, and reading works.
    CHECK_THROWS_AS(add(), storage_error);
    CHECK(number(sql, "select cast(count(*) as text) from t") == stored);
  }
  REQUIRE(failed);
  CHECK((*failed == storage_failure::full
         || *failed == storage_failure::unavailable));
  CHECK(stored > 0);
  sql_session anew{made.address()};
  CHECK(anew.query("pragma integrity_check", 1).at(0).at(0) == "ok");
  CHECK(number(anew, "select cast(count(*) as text) from t") == stored);
  add();
  CHECK(number(anew, "select cast(count(*) as text) from t") == stored + 1);
}
