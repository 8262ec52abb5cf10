// Is a batch's whole life told, once, and with everything that went wrong?

#include "tests/integration/support/running_plant.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::test;
using namespace std::chrono_literals;
using events::odoo_error;
using events::store_query;
using events::store_view;
using events::task_kind;
using nlohmann::json;

namespace {

json runs_of(store_plant& mill, const std::string& mo_id) {
  store_query question;
  question.view = store_view::batch_life;
  question.mo_id = mo_id;
  return mill.ask(question).at("runs");
}

using names = std::vector<std::string>;

names types(const json& run) {
  names all;
  for (const auto& one : run.at("timeline"))
    all.push_back(one.at("type"));
  return all;
}

const json& entry(const json& run, const std::string& type) {
  for (const auto& one : run.at("timeline"))
    if (one.at("type") == type)
      return one;
  FAIL("no entry " << type);
  return run;
}

std::string journal_rows(store_plant& mill) {
  return mill.data.sql()
    .query("select cast(count(*) as text) from batch_journal", 1)[0][0]
    .value_or("");
}

void acknowledge(store_plant& mill) {
  mill.deliver(
    events::plc_acknowledged{"PLC01", 1, mo, events::acknowledge_outcome::set});
}

/// WH/MO/00011 from staging to the archive, with two failed pushes.
struct lived_plant : store_plant {
  explicit lived_plant(store::database_kind kind, bool doubled = false)
    : store_plant(kind) {
    twice = doubled;
    stage({mo});
    pass(1min);
    plc_takes_queue();
    pass(1min);
    plc_reports({slot_of(1, mo, some)});
    odoo_accepts(false);
    pass(1min);
    plc_reports({finished(slot_of(1, mo, more, "100.25"))});
    acknowledge(*this);
    // A failure that comes twice counts twice.
    for (int i = doubled ? 1 : 0; i < 2; ++i) {
      pass(doubled ? 1min : 0min);
      pass(1min);
      tick(task_kind::process_completed);
      odoo_refuses(odoo_error::unreachable, "no route");
    }
    pass(1min);
    tick(task_kind::process_completed);
    odoo_accepts(true);
  }
};

} // namespace

TEST_SUITE("journal") {
  TEST_CASE("a whole life") {
    lived_plant mill{each_kind()};
    const auto runs = runs_of(mill, mo);
    REQUIRE(runs.size() == 1);
    auto run = runs[0];
    CHECK(types(run)
          == names{"staged", "written", "started", "pushed", "finished",
                   "acknowledged", "push_failed", "pushed", "archived"});
    CHECK(entry(run, "staged") == json::parse(R"({
      "at": "2026-11-22T09:00:00.000Z", "type": "staged",
      "text": "Taken from Odoo as batch 1: 100.000 kg of [10092] JF SAPOT",
      "data": {"batch_no": 1, "ordered": 100.0,
               "planned": {"silo_a": 60.0, "lq_tetes": 40.0}}})"));
    CHECK(entry(run, "finished") == json::parse(R"({
      "at": "2026-11-22T09:03:00.000Z", "type": "finished",
      "text": "The PLC reports it finished: 100.250 kg, 100.250 kg dosed",
      "data": {"revision": 2, "weight": 100.25,
               "actual": {"silo_a": 60.25, "lq_tetes": 40.0}}})"));
    CHECK(entry(run, "push_failed") == json::parse(R"({
      "at": "2026-11-22T09:04:00.000Z", "type": "push_failed",
      "text": "Odoo did not take revision 2: unreachable: no route",
      "data": {"revision": 2, "error_class": "unreachable",
               "error_text": "no route", "attempts": 2,
               "actual": {"silo_a": 60.25, "lq_tetes": 40.0},
               "weight": 100.25, "times": 2,
               "last_at": "2026-11-22T09:05:00.000Z"}})"));
    CHECK(run.at("timeline")[7] == json::parse(R"({
      "at": "2026-11-22T09:06:00.000Z", "type": "pushed",
      "text": "Odoo has booked revision 2 and closed the order",
      "data": {"revision": 2, "done": true, "weight": 100.25,
               "actual": {"silo_a": 60.25, "lq_tetes": 40.0},
               "differences": []}})"));
    CHECK(entry(run, "archived").at("text") == "Archived as completed");
    run.erase("timeline");
    CHECK(run.at("dosing").size() == 15);
    run.erase("dosing");
    CHECK(run == json::parse(R"({
      "batch_id": "00000000-0000-4000-8000-000000000002",
      "where": "history", "status": "completed", "line": "PLC01",
      "batch_no": 1, "finished_goods": "[10092] JF SAPOT", "ordered": 100.0,
      "weight": 100.25, "state": "archived", "status_manufacturing": true,
      "status_operation": false, "staged_at": "2026-11-22T09:00:00.000Z",
      "started_at": "2026-11-22T09:02:00.000Z",
      "finished_at": "2026-11-22T09:03:00.000Z",
      "archived_at": "2026-11-22T09:06:00.000Z",
      "last_read": "2026-11-22T09:03:00.000Z", "revision": 2,
      "pushed_revision": 2, "notes": null, "booking_open": false,
      "hold": null, "actions": [],
      "push": {"attempts": 0, "error_class": null, "error_text": null,
               "last_try": null, "next_try": null},
      "audit": []})"));
  }

  TEST_CASE("messages that come twice make no second entry") {
    lived_plant mill{each_kind(), true};
    CHECK(types(runs_of(mill, mo)[0])
          == names{"staged", "written", "started", "pushed", "finished",
                   "acknowledged", "push_failed", "pushed", "archived"});
    CHECK(journal_rows(mill) == "9");
  }

  TEST_CASE("the same failure again and again is one entry, alerts tell that "
            "a person should look") {
    running_plant mill{each_kind()};
    mill.finish();
    for (int i = 0; i < 60; ++i) {
      mill.pass(1min);
      mill.tick(task_kind::process_completed);
      mill.odoo_refuses(i % 2 == 0 ? odoo_error::unreachable
                                   : odoo_error::time_out,
                        "try " + std::to_string(i));
    }
    const auto run = runs_of(mill, mo)[0];
    CHECK(types(run)
          == names{"staged", "written", "started", "finished", "push_failed",
                   "push_failed", "alert_raised"});
    const auto& failure = run.at("timeline")[5];
    CHECK(failure.at("text")
          == "Odoo did not take revision 2: time_out: try 59");
    CHECK(failure.at("data").at("times") == 30);
    CHECK(failure.at("data").at("attempts") == 60);
  }

  TEST_CASE("a hold, an operator's decision and the end of the booking") {
    running_plant mill{each_kind()};
    mill.plc_reports({finished(slot_of(1, mo, {}, "100"))});
    mill.pass(1min);
    REQUIRE(mill.decide(events::decision::set_aside, mo, "weighed by hand").ok);
    mill.pass(1min);
    REQUIRE(mill.decide(events::decision::mark_solved, mo, "booked").ok);
    const auto run = runs_of(mill, mo)[0];
    CHECK(types(run)
          == names{"staged", "written", "started", "finished", "held",
                   "decided", "archived", "alert_raised", "alert_cleared",
                   "decided"});
    CHECK(entry(run, "held").at("text")
          == "Held for a person: the PLC reports the batch finished and "
             "nothing consumed");
    const std::string outcome
      = "WH/MO/00011 is set aside: the PLC reports the batch finished and "
        "nothing consumed";
    const auto& decided = entry(run, "decided");
    CHECK(decided.at("at") == "2026-11-22T09:01:00.000Z");
    CHECK(decided.at("text")
          == "set_aside by ann: weighed by hand (" + outcome + ")");
    CHECK(decided.at("data")
          == json({{"action", "set_aside"},
                   {"user", "ann"},
                   {"notes", "weighed by hand"},
                   {"outcome", outcome}}));
    CHECK(run.at("audit").size() == 2);
    CHECK(run.at("booking_open") == false);
  }

  TEST_CASE("an order that is cleared and comes again has two runs, the "
            "newest first") {
    store_plant mill{each_kind()};
    mill.stage({mo});
    mill.clear(true);
    mill.plc_withdraws(events::command_result{
      true, "", {R"({"not_taken":["WH/MO/00011"],"absent":[]})"}});
    mill.pass(1min);
    mill.stage({mo});
    const auto runs = runs_of(mill, mo);
    REQUIRE(runs.size() == 2);
    CHECK(runs[0].at("where") == "queue");
    CHECK(types(runs[0]) == names{"staged"});
    CHECK(runs[1].at("where") == "history");
    CHECK(runs[1].at("status") == "cleared");
    CHECK(types(runs[1]) == names{"staged", "decided", "archived"});
    CHECK(runs[1].at("actions").empty());
  }

  TEST_CASE("of an order that nobody knows it says so") {
    store_plant mill{each_kind()};
    store_query question;
    question.view = store_view::batch_life;
    question.mo_id = "WH/MO/4' or 1=1";
    mill.store->on_query(question, {"here", "1"});
    const auto& said = mill.replies.back().second;
    CHECK_FALSE(said.ok);
    CHECK(said.message
          == "WH/MO/4' or 1=1 is neither in the queue nor in the history");
    CHECK(said.data.text == R"({"not_found":true})");
  }

  TEST_CASE("what dies with its transaction is not in the journal") {
    store_plant mill{each_kind()};
    mill.stage({mo});
    const auto before = journal_rows(mill);
    try {
      mill.rows->write([&] {
        mill.rows->add_journal(
          store::was_written(mill.row(mo), "2026-11-22T09:00:00.000Z"));
        throw store::storage_error(store::storage_failure::again, "imagined");
      });
    } catch (const store::storage_error&) {
    }
    CHECK(journal_rows(mill) == before);
  }
}

TEST_SUITE("older databases") {
  TEST_CASE("a database of version 2 gets its journal; older batches tell what "
            "their columns know") {
    empty_database where{each_kind()};
    {
      store_plant mill{where.address()};
      mill.stage({mo});
      mill.plc_takes_queue();
      mill.plc_reports({finished(slot_of(1, mo, more, "100.25"))});
      mill.tick(task_kind::process_completed);
      mill.odoo_accepts(true);
      for (const auto* statement :
           {"drop table batch_journal", "drop index mo_histories_page",
            "drop index mo_histories_line_page",
            "create index mo_histories_archived_at on mo_histories "
            "(archived_at)",
            "update schema_version set version = 2"})
        mill.data.sql().execute(statement);
    }
    store_plant mill{where.address()};
    auto run = runs_of(mill, mo)[0];
    CHECK(types(run) == names{"finished", "archived"});
    CHECK(run.at("staged_at").is_null());
    CHECK(run.at("started_at").is_null());
    mill.stage({"WH/MO/00012"});
    CHECK(types(runs_of(mill, "WH/MO/00012")[0]) == names{"staged"});
    CHECK(mill.data.sql().query(
            "select cast(max(version) as text) from schema_version", 1)[0][0]
          == "5");
  }
}
