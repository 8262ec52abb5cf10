// Is a long history counted and paged right without being read, and does what
// is too old leave it without anything being produced again?

#include "services/batch-store/migrations.hpp"
#include "services/batch-store/retention.hpp"
#include "tests/integration/support/running_plant.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::test;
using namespace std::chrono_literals;
using events::store_query;
using events::store_view;

namespace {

using names = std::vector<std::string>;

std::string padded(int n, std::size_t width) {
  const auto text = std::to_string(n);
  return std::string(width - text.size(), '0') + text;
}

/// Order n of PLC01, or of PLC02 every fifth.
store::archived_batch old_batch(int n, const std::string& archived_at) {
  store::archived_batch old;
  old.row.id = "00000000-0000-4000-9000-" + padded(n, 12);
  old.row.line = n % 5 == 0 ? "PLC02" : "PLC01";
  old.row.batch_no = 1;
  old.row.mo_id = "WH/MO/" + padded(n, 3);
  old.row.weight = kg("100.5");
  old.row.status_manufacturing = true;
  old.row.actual = amounts({{"silo_a", "50.125"}});
  old.status = n % 10 == 3 ? "failed" : "completed";
  old.archived_at = archived_at;
  return old;
}

/// 300 batches, one each two hours from 2026-10-28 00:30 on, so twelve a day.
struct long_history : store_plant {
  explicit long_history(store::database_kind kind) : store_plant(kind) {
    rows->write([&] {
      for (int n = 0; n < 300; ++n)
        rows->archive(old_batch(
          n, format_utc(*parse_utc("2026-10-28T00:30:00Z") + n * 2h)));
    });
  }
  std::int64_t total(const store_query& question) {
    return ask(question).at("total");
  }
  names page(store_query question, int offset) {
    question.offset = offset;
    question.limit = 3;
    names out;
    const auto found = ask(question);
    for (const auto& one : found.at("histories"))
      out.push_back(one.at("mo_id"));
    return out;
  }
};

store_query history() {
  store_query question;
  question.view = store_view::history;
  return question;
}

/// Orders of slot 1 of PLC01, archived one day after the other up to the
/// newest on 2026-11-21; today is the 22nd.
struct old_history : store_plant {
  explicit old_history(store::database_kind kind) : store_plant(kind) {
  }
  void archive(const std::string& mo_id, int days_ago,
               const std::string& status = "completed", int slot = 1) {
    auto old
      = old_batch(++archived_, format_utc(*parse_utc("2026-11-22T09:00:00Z")
                                          - std::chrono::days{days_ago}));
    old.row.line = "PLC01";
    old.row.batch_no = slot;
    old.row.mo_id = mo_id;
    old.status = status;
    change(old);
    rows->archive(old);
    store::journal_entry told;
    told.key = old.row.id + "/archived";
    told.batch_id = old.row.id;
    told.mo_id = mo_id;
    told.line = "PLC01";
    told.at = old.archived_at;
    told.type = "archived";
    told.data = "{}";
    rows->add_journal(told);
    rows->add_audit({"audit-" + old.row.id, old.archived_at, "PLC01", mo_id,
                     old.row.id, "cancel", "ani", "", "done"});
    change = [](store::archived_batch&) {
    };
  }
  std::size_t prune(int kept_days, std::size_t most = 50) {
    store::sql_repository sql{data.sql()};
    return sql.prune("PLC01",
                     format_utc(*parse_utc("2026-11-22T09:00:00Z")
                                - std::chrono::days{kept_days}),
                     most);
  }
  names left() {
    names out;
    store::history_filter all;
    all.oldest_first = true;
    for (const auto& one : rows->history(all))
      out.push_back(one.row.mo_id);
    return out;
  }
  std::string count(const std::string& what) {
    return *data.sql().query("select cast(count(*) as text) from " + what,
                             1)[0][0];
  }

  std::function<void(store::archived_batch&)> change
    = [](store::archived_batch&) {
      };

private:
  int archived_ = 0;
};

} // namespace

TEST_SUITE("a long history") {
  TEST_CASE("pages far back, from either end") {
    long_history mill{each_kind()};
    auto question = history();
    CHECK(mill.total(question) == 300);
    CHECK(mill.page(question, 0)
          == names{"WH/MO/299", "WH/MO/298", "WH/MO/297"});
    CHECK(mill.page(question, 250)
          == names{"WH/MO/049", "WH/MO/048", "WH/MO/047"});
    CHECK(mill.page(question, 298) == names{"WH/MO/001", "WH/MO/000"});
    CHECK(mill.page(question, 300).empty());
    question.oldest_first = true;
    CHECK(mill.page(question, 203)
          == names{"WH/MO/203", "WH/MO/204", "WH/MO/205"});
  }

  TEST_CASE("totals and far pages of a line, a status and a period") {
    long_history mill{each_kind()};
    auto question = history();
    question.line = "PLC02";
    CHECK(mill.total(question) == 60);
    question.line = "PLC01";
    CHECK(mill.total(question) == 240);
    // Without every fifth: 0 5 10 ...
    CHECK(mill.page(question, 201)
          == names{"WH/MO/048", "WH/MO/047", "WH/MO/046"});
    question.status = "failed";
    CHECK(mill.total(question) == 30);
    question = history();
    // Into the middle of the 29th (its eleven after 03:00) and of 21 November
    // (its five before 10:00), with the 22 days of 12 between.
    question.from = "2026-10-29T03:00:00Z";
    question.to = "2026-11-21T10:00:00Z";
    CHECK(mill.total(question) == 10 + 22 * 12 + 5);
    CHECK(mill.page(question, 276)
          == names{"WH/MO/016", "WH/MO/015", "WH/MO/014"});
    question.from = "2026-10-30T03:00:00Z";
    question.to = "2026-10-30T07:00:00Z";
    CHECK(mill.total(question) == 2);
  }

  TEST_CASE("totals and trends follow whoever changes the history") {
    long_history mill{each_kind()};
    auto& sql = mill.data.sql();
    sql.execute("update mo_histories set status = 'cancelled', "
                "status_manufacturing = :no where mo_id = 'WH/MO/010'",
                {{"no", "0"}});
    sql.execute("delete from mo_histories where mo_id = 'WH/MO/011'");
    auto question = history();
    CHECK(mill.total(question) == 299);
    question.status = "cancelled";
    CHECK(mill.total(question) == 1);
    question = history();
    question.view = store_view::trends;
    question.from = "2026-10-28";
    question.to = "2026-10-28";
    const auto data = mill.ask(question);
    CHECK(data.at("days")[0].at("batches") == 10);
    CHECK(data.at("days")[0].at("weight") == 1005.0);
    CHECK(data.at("dosing")[0].at("actual") == 501.25);
    // The same from an upgrade.
    sql.execute("update schema_version set version = 4");
    store::migrate(sql, "PLC01");
    CHECK(mill.ask(question) == data);
  }

  TEST_CASE("a connection that only reads answers, and cannot write") {
    long_history mill{each_kind()};
    store::sql_session beside{mill.data.where()};
    for (const auto& statement : store::only_reading(beside.kind()))
      beside.execute(statement);
    store::sql_repository rows{beside};
    mill.rows->write([&] {
      mill.rows->archive(old_batch(300, "2026-11-22T08:00:00.000Z"));
      CHECK(rows.history_count({}) == 300);
    });
    CHECK(rows.history_count({}) == 301);
    CHECK_THROWS_AS(beside.execute("delete from mo_histories"),
                    store::storage_error);
  }
}

TEST_SUITE("retention") {
  TEST_CASE("what is old leaves with its journal and audit, the oldest first") {
    old_history mill{each_kind()};
    for (int days_ago : {50, 40, 31, 29, 1})
      mill.archive("WH/MO/" + std::to_string(days_ago), days_ago);
    CHECK(mill.prune(30, 2) == 2);
    CHECK(mill.left() == names{"WH/MO/31", "WH/MO/29", "WH/MO/1"});
    CHECK(mill.prune(30, 2) == 1);
    CHECK(mill.prune(30, 2) == 0);
    CHECK(mill.left() == names{"WH/MO/29", "WH/MO/1"});
    CHECK(mill.count("batch_journal") == "2");
    CHECK(mill.count("audit") == "2");
    CHECK(mill.rows->history_count({}) == 2);
  }

  TEST_CASE("what somebody may still need stays, however old") {
    old_history mill{each_kind()};
    mill.change = [](auto& old) {
      old.booking_open = true;
    };
    mill.archive("WH/MO/booking", 900);
    mill.change = [](auto& old) {
      old.open_in_odoo = true;
    };
    mill.archive("WH/MO/listed", 900, "cleared");
    mill.archive("WH/MO/alert", 900);
    store::alert raised{"PLC01",
                        "odoo_differs",
                        "WH/MO/alert",
                        "a1",
                        "warning",
                        "",
                        "",
                        "2026-01-01T00:00:00.000Z"};
    mill.rows->insert_alert(raised);
    mill.archive("WH/MO/old", 900);
    // The PLC's slot 7 may show it still.
    mill.archive("WH/MO/slot-7", 900, "completed", 7);
    mill.archive("WH/MO/new", 1);
    CHECK(mill.prune(30) == 1);
    CHECK(mill.rows->has_forgotten("WH/MO/old"));
    CHECK(mill.left().size() == 5);
    mill.rows->remove_alert(raised);
    CHECK(mill.prune(30) == 1);
    CHECK(mill.rows->has_forgotten("WH/MO/alert"));
  }

  TEST_CASE("an order that was pruned is not produced again, though Odoo lists "
            "it") {
    old_history mill{each_kind()};
    mill.archive("WH/MO/old", 900);
    mill.change = [](auto& old) {
      old.row.status_manufacturing = false;
      old.row.actual = {};
    };
    mill.archive("WH/MO/cleared", 900, "cleared");
    mill.archive("WH/MO/new", 1);
    REQUIRE(mill.prune(30) == 2);
    mill.tick(events::task_kind::sync_mo);
    mill.odoo_lists({"WH/MO/old", "WH/MO/cleared"});
    CHECK(mill.queue() == names{"WH/MO/cleared"});
    // The next fetch leaves it out, so that it takes no other order's place.
    CHECK(mill.rows->open_in_odoo("PLC01") == names{"WH/MO/old"});
  }

  TEST_CASE("small slices with pauses, then none for ten minutes") {
    old_history mill{each_kind()};
    for (int n = 0; n < 121; ++n)
      mill.archive("WH/MO/" + std::to_string(n), 300 - n);
    store::sql_repository rows{mill.data.sql()};
    auto now = store::retention::clock::time_point{} + 1h;
    const auto clock = [&] {
      return now += 20ms; // what a slice takes
    };
    const auto today = *parse_utc("2026-11-22T09:00:00Z");
    store::retention kept_for_ever{{"PLC01"}, 0};
    CHECK_FALSE(kept_for_ever.is_due(now));
    store::retention kept{{"PLC01"}, 30};
    kept.turn(rows, today, clock);
    CHECK(mill.count("mo_histories") == "71");
    CHECK_FALSE(kept.is_due(now + 190ms));
    kept.turn(rows, today, [&] { return now; });
    CHECK(mill.count("mo_histories") == "71");
    now += 200ms;
    REQUIRE(kept.is_due(now));
    kept.turn(rows, today, clock);
    CHECK(mill.count("mo_histories") == "21");
    now += 200ms;
    kept.turn(rows, today, clock);
    // The slot's newest.
    CHECK(mill.left() == names{"WH/MO/120"});
    CHECK_FALSE(kept.is_due(now + 9min));
    CHECK(kept.is_due(now + 10min));
  }
}
