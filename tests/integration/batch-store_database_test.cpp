// Are the database's failures told apart, and survived?

#include "services/batch-store/migrations.hpp"
#include "services/batch-store/sql_repository.hpp"
#include "services/batch-store/worker.hpp"
#include "tests/integration/support/store_plant.hpp"
#include "tests/integration/support/waiting.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <doctest/doctest.h>

#include <stdexcept>

using namespace millrace;
using namespace millrace::test;
using store::database_address;
using store::database_kind;
using store::sql_session;
using store::storage_error;
using store::storage_failure;

namespace {

/// How the failure is classified; empty when there was none.
std::string failure(const std::function<void()>& work) {
  try {
    work();
  } catch (const storage_error& e) {
    constexpr const char* names[]{"unavailable", "conflict", "again", "full",
                                  "other"};
    return names[static_cast<int>(e.kind)];
  }
  return {};
}

std::string failure_text(const std::function<void()>& work) {
  try {
    work();
  } catch (const storage_error& e) {
    return e.what();
  }
  return {};
}

/// Does not wait for a lock.
database_address impatient(database_address where) {
  if (where.kind == database_kind::sqlite)
    where.connection = "db=\"" + where.file + "\"";
  return where;
}

/// Two sessions on one table with a row.
struct two_sessions {
  explicit two_sessions(database_kind kind)
    : where(kind), one(impatient(where.address())),
      other(impatient(where.address())) {
    one.execute("create table t (id INTEGER PRIMARY KEY, x INTEGER NOT NULL "
                "CHECK (x < 100))");
    one.execute("insert into t (id, x) values (1, 0)");
    if (kind == database_kind::postgresql)
      for (auto* session : {&one, &other})
        session->execute("set lock_timeout = '10ms'");
  }
  std::string x() {
    return one.query("select cast(x as text) from t", 1)[0][0].value_or("");
  }
  empty_database where;
  sql_session one;
  sql_session other;
};

/// The worker of batch-store, as main.cpp wires it, without a bus.
class working {
public:
  explicit working(const database_address& where) {
    auto data = std::make_shared<store::database>(
      where, std::vector<std::string>{"PLC01"});
    if (!data->connect_and_claim())
      throw std::runtime_error("claimed by somebody else");
    store::migrate(data->sql(), "PLC01");
    config_.set("scheduler.policy", caf::atom("sharing"));
    system_ = std::make_unique<caf::actor_system>(config_);
    store::outlets reach;
    reach.fetch = [this](const events::mo_fetch& one, const auto&) {
      fetches.put(one);
    };
    reach.write = [this](const auto&, const auto&) {
      published_at_write.put(published.items().size());
    };
    reach.task_finished = [](const auto&, const auto&) {
    };
    reach.reply = [this](const auto&, const events::command_result& answer) {
      replies.put(answer);
    };
    worker_ = system_->spawn<caf::detached>(
      store::worker,
      store::worker_parts{data, &port_,
                          [this](const store::outbox_row& row) {
                            published.put(row);
                            return true;
                          },
                          reach, store::store_settings{}, system_wall_clock(),
                          random_ids()},
      link);
  }
  ~working() {
    link->stopping = true;
    caf::anon_send_exit(worker_, caf::exit_reason::user_shutdown);
  }

  void post(std::function<void(store::batch_store&)> call) {
    ++link->waiting;
    caf::anon_send(worker_, store::job{std::move(call)});
  }
  template <class T>
  static events::event<T> message(T data) {
    return {{}, std::move(data)};
  }

  std::shared_ptr<store::worker_link> link
    = std::make_shared<store::worker_link>();
  inbox<events::mo_fetch> fetches;
  inbox<events::command_result> replies;
  inbox<store::outbox_row> published;
  /// How many events were published when a plc.write went out.
  inbox<std::size_t> published_at_write;

private:
  bus::client never_started_{bus::options{}};
  service::port port_{never_started_, "batch-store", events::topics("mill"),
                      system_wall_clock(), random_ids()};
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  store::worker_actor worker_;
};

} // namespace

TEST_SUITE("failures") {
  TEST_CASE("a broken constraint is a conflict") {
    two_sessions db{each_kind()};
    for (const auto* values : {"(1, 5)", "(2, null)", "(3, 100)"}) {
      CAPTURE(values);
      CHECK(failure([&] {
              db.one.execute(std::string("insert into t (id, x) values ")
                             + values);
            })
            == "conflict");
    }
  }

  TEST_CASE("a lock that another session holds may pass") {
    two_sessions db{each_kind()};
    const auto write = [&] {
      db.other.transaction([&] { db.other.execute("update t set x = 2"); });
    };
    db.one.transaction([&] {
      db.one.execute("update t set x = 1");
      CHECK(failure(write) == "again");
    });
    CHECK(failure(write) == "");
    CHECK(db.x() == "2");
  }

  TEST_CASE("a mistake of ours is neither") {
    two_sessions db{each_kind()};
    CHECK(failure([&] { db.one.execute("update nothing set x = 1"); })
          == "other");
    CHECK(failure([&] { db.one.execute("this is no SQL"); }) == "other");
    CHECK(failure([&] { db.one.execute("update t set x = 3"); }) == "");
  }

  TEST_CASE("PostgreSQL: serialization failures and time-outs may pass") {
    two_sessions db{database_kind::postgresql};
    db.one.execute("begin isolation level repeatable read");
    db.one.query("select x from t", 1);
    db.other.execute("update t set x = 2");
    CHECK(failure([&] { db.one.execute("update t set x = 1"); }) == "again");
    db.one.execute("rollback");
    db.one.execute("set statement_timeout = '10ms'");
    CHECK(failure([&] { db.one.query("select pg_sleep(600)", 1); }) == "again");
  }

  TEST_CASE("PostgreSQL: a server that is read-only is one to wait for") {
    two_sessions db{database_kind::postgresql};
    db.one.execute("set default_transaction_read_only = on");
    CHECK(failure([&] { db.one.execute("update t set x = 1"); })
          == "unavailable");
  }

  TEST_CASE("SQLite: a full disk is told from a lock") {
    two_sessions db{database_kind::sqlite};
    db.one.query("pragma max_page_count = 8", 1);
    db.one.execute("create table big (x TEXT)");
    CHECK(failure([&] {
            db.one.execute("insert into big (x) values (:x)",
                           {{"x", std::string(100'000, 'x')}});
          })
          == "full");
    CHECK(failure([&] { db.one.execute("update t set x = 3"); }) == "");
  }

  TEST_CASE("a file that cannot be opened and a server that is not there are "
            "unavailable") {
    CHECK(failure([] {
            sql_session sql{
              store::parse_database_url("sqlite:////nowhere/plc.db")};
          })
          == "unavailable");
    CHECK(failure([] {
            sql_session sql{store::parse_database_url(
              "postgresql://mill:grist@127.0.0.1:1/plc")};
          })
          == "unavailable");
  }

  TEST_CASE("no error tells the password") {
    const auto text = failure_text([] {
      sql_session sql{
        store::parse_database_url("postgresql://mill:grist@127.0.0.1:1/plc")};
    });
    CHECK_FALSE(text.empty());
    CHECK(text.find("grist") == std::string::npos);
  }

  TEST_CASE("a transaction is all or nothing, and the session lives "
            "on") {
    two_sessions db{each_kind()};
    CHECK_THROWS_AS(db.one.transaction([&] {
      db.one.execute("update t set x = 1");
      throw std::runtime_error("broken");
    }),
                    std::runtime_error);
    CHECK(db.x() == "0");
    CHECK(failure([&] {
            db.one.transaction([&] {
              db.one.execute("update t set x = 1");
              db.one.execute("update t set x = 1000");
            });
          })
          == "conflict");
    CHECK(db.x() == "0");
    db.one.transaction([&] { db.one.execute("update t set x = 1"); });
    CHECK(db.x() == "1");
  }

  TEST_CASE("texts come back as they went") {
    two_sessions db{each_kind()};
    db.one.execute("create table texts (a TEXT, b TEXT)");
    const std::string odd = "it's :name \"x\" \\ ; -- é €";
    db.one.execute("insert into texts (a, b) values (:a, :b)",
                   {{"a", odd}, {"b", std::nullopt}});
    const auto rows = db.one.query("select a, b from texts", 2);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0][0] == odd);
    CHECK_FALSE(rows[0][1]);
  }
}

TEST_SUITE("order") {
  TEST_CASE("numbers sort as numbers, not as the texts that they are read as") {
    empty_database where{each_kind()};
    sql_session sql{where.address()};
    store::migrate(sql, "PLC01");
    store::sql_repository rows{sql};
    for (int slot = 10; slot >= 1; --slot)
      rows.remember_acknowledge({"PLC01", slot, "WH/MO/00001"});
    for (int i = 0; i < 12; ++i) {
      store::batch row;
      row.id = "00000000-0000-0000-0000-0000000000" + std::to_string(10 + i);
      row.line = i < 10 ? "PLC01" : "PLC02";
      row.batch_no = i < 10 ? 10 - i : 12 - i;
      row.mo_id = "WH/MO/" + std::to_string(i);
      rows.insert(row);
      rows.add_outgoing("topic", std::to_string(i));
    }
    std::vector<int> slots, batches;
    std::string sent;
    for (const auto& one : rows.acknowledges("PLC01"))
      slots.push_back(one.slot);
    for (const auto& row : rows.queue("PLC01"))
      batches.push_back(row.batch_no);
    for (const auto& row : rows.outgoing(0, 100))
      sent += row.payload + " ";
    const std::vector<int> expected{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    CHECK(slots == expected);
    CHECK(batches == expected);
    CHECK(sent == "0 1 2 3 4 5 6 7 8 9 10 11 ");
    // What does not fit into one look comes with the next.
    CHECK(rows.outgoing(0, 9).back().payload == "8");
  }
}

TEST_SUITE("claim") {
  TEST_CASE("a second instance stands by and takes over") {
    empty_database where{each_kind()};
    auto first = std::make_unique<store::database>(
      where.address(), std::vector<std::string>{"PLC01"});
    store::database second{where.address(), {"PLC01"}};
    CHECK(first->connect_and_claim());
    CHECK_FALSE(second.connect_and_claim());
    CHECK_FALSE(second.connect_and_claim());
    // Its own claim is no obstacle, as soon as the server lets go of it.
    CHECK(wait_until([&] { return first->connect_and_claim(); }));
    CHECK_FALSE(second.connect_and_claim());
    first.reset();
    CHECK(wait_until([&] { return second.connect_and_claim(); }));
    second.sql().execute("create table t (x INTEGER)");
  }

  TEST_CASE("PostgreSQL: each line is claimed, in whatever company") {
    empty_database where{database_kind::postgresql};
    store::database one{where.address(), {"PLC01"}};
    store::database both{where.address(), {"PLC02", "PLC01"}};
    store::database other{where.address(), {"PLC02"}};
    CHECK(one.connect_and_claim());
    CHECK_FALSE(both.connect_and_claim());
    // What `both` got of it is free again.
    CHECK(wait_until([&] { return other.connect_and_claim(); }));
  }

  TEST_CASE("PostgreSQL: the claim ends with the connection") {
    postgresql server;
    const auto where = store::parse_database_url(server.new_database());
    store::database first{where, {"PLC01"}};
    store::database second{where, {"PLC01"}};
    REQUIRE(first.connect_and_claim());
    server.crash();
    CHECK(failure([&] { first.sql().query("select 1", 1); }) == "unavailable");
    CHECK(failure([&] { second.connect_and_claim(); }) == "unavailable");
    server.start();
    CHECK(second.connect_and_claim());
    CHECK_FALSE(first.connect_and_claim());
  }
}

TEST_SUITE("worker") {
  TEST_CASE("a job waits while the server is away and is done once") {
    postgresql server;
    working mill{store::parse_database_url(server.new_database())};
    mill.post([&](store::batch_store& store) {
      store.on_task_run(working::message(
        events::task_run{"PLC01", events::task_kind::sync_mo, "t1", false}));
    });
    REQUIRE(mill.fetches.wait_for_count(1));
    server.crash();
    mill.post([&](store::batch_store& store) {
      events::order order = order_of("WH/MO/1");
      store.on_mo_fetched(working::message(events::mo_fetched{
        "PLC01", mill.fetches.items()[0].fetch_id, {order}, {}}));
    });
    CHECK(wait_until([&] { return !mill.link->database_ready(); }));
    CHECK(mill.published.items().empty());
    server.start();
    CHECK(mill.published.wait_for_count(1));
    CHECK(wait_until([&] { return mill.link->waiting == 0; }));
    CHECK(mill.link->database_ready());
    mill.post([&](store::batch_store& store) {
      store.on_query({events::store_view::batch_status, {}, {}, 50, 0}, {});
    });
    REQUIRE(mill.replies.wait_for_count(1));
    CHECK(nlohmann::json::parse(mill.replies.items()[0].data.text)
            .at("total_batches")
          == 1);
    CHECK(mill.published.items().size() == 1);
  }

  TEST_CASE("events leave before the commands that follow from them") {
    empty_database where{each_kind()};
    working mill{where.address()};
    mill.post([&](store::batch_store& store) {
      store.on_task_run(working::message(
        events::task_run{"PLC01", events::task_kind::sync_mo, "t1", false}));
    });
    REQUIRE(mill.fetches.wait_for_count(1));
    mill.post([&](store::batch_store& store) {
      store.on_mo_fetched(working::message(
        events::mo_fetched{"PLC01",
                           mill.fetches.items()[0].fetch_id,
                           {order_of("WH/MO/1"), order_of("WH/MO/2")},
                           {}}));
    });
    REQUIRE(mill.published_at_write.wait_for_count(1));
    CHECK(mill.published_at_write.items()[0] == 2);
  }

  TEST_CASE("a statement that is refused for good does not stop the "
            "next job") {
    empty_database where{each_kind()};
    working mill{where.address()};
    mill.post([](store::batch_store&) {
      throw storage_error(storage_failure::conflict, "twice");
    });
    mill.post([](store::batch_store&) { throw std::runtime_error("a bug"); });
    mill.post([&](store::batch_store& store) {
      store.on_query({events::store_view::batch_status, {}, {}, 50, 0}, {});
    });
    CHECK(mill.replies.wait_for_count(1));
    CHECK(mill.link->database_ready());
  }

  TEST_CASE("SQLite: a lock of another program passes") {
    empty_database where{database_kind::sqlite};
    working mill{where.address()};
    sql_session other{where.address()};
    other.execute("begin immediate");
    mill.post([&](store::batch_store& store) {
      store.on_task_run(working::message(
        events::task_run{"PLC01", events::task_kind::sync_mo, "t1", false}));
    });
    CHECK(mill.fetches.items().empty());
    other.execute("commit");
    CHECK(mill.fetches.wait_for_count(1));
    CHECK(mill.fetches.items().size() == 1);
  }
}
