// Does the history show exactly what was asked for, and the line its slots?

#include "tests/integration/support/running_plant.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace millrace;
using namespace millrace::test;
using events::store_query;
using events::store_view;
using nlohmann::json;

namespace {

struct old_order {
  const char* mo_id;
  const char* product;
  const char* line;
  const char* archived_at;
};

void archive(store_plant& mill, const std::vector<old_order>& orders) {
  int n = 0;
  for (const auto& one : orders) {
    store::archived_batch old;
    old.row.id = "00000000-0000-4000-9000-00000000000" + std::to_string(++n);
    old.row.line = one.line;
    old.row.batch_no = n;
    old.row.mo_id = one.mo_id;
    old.row.finished_goods = one.product;
    old.status = "completed";
    old.archived_at = one.archived_at;
    mill.rows->archive(old);
  }
}

/// Three lines' worth of everything that LIKE and quoting trip over.
struct archive_plant : store_plant {
  explicit archive_plant(store::database_kind kind) : store_plant(kind) {
    archive(*this,
            {
              {"WH/MO/1", "[1] Sapot 50%", "PLC01", "2026-11-20T23:59:59.999Z"},
              {"WH/MO/2", "[2] SAPOT_B", "PLC02", "2026-11-21T00:00:00.000Z"},
              {"wh/mo/3", "Bull's feed", "PLC01", "2026-11-21T12:30:00.000Z"},
              {"WH/MO/4", "Grower 500!", "PLC01", "2026-11-22T00:00:00.000Z"},
            });
  }
  std::vector<std::string> mo_ids(const store_query& question) {
    const auto data = ask(question);
    std::vector<std::string> all;
    for (const auto& one : data.at("histories"))
      all.push_back(one.at("mo_id"));
    CHECK(data.at("total") == all.size());
    return all;
  }
  std::string refused(const store_query& question) {
    store->on_query(question, {"here", "1"});
    const auto& said = replies.back().second;
    CHECK_FALSE(said.ok);
    CHECK(said.data.text == R"({"bad_parameter":true})");
    return said.message;
  }
};

store_query history() {
  store_query question;
  question.view = store_view::history;
  return question;
}

store_query searched(const std::string& part) {
  auto question = history();
  question.search = part;
  return question;
}

store_query between(const std::string& from, const std::string& to) {
  auto question = history();
  question.from = from;
  question.to = to;
  return question;
}

using names = std::vector<std::string>;

} // namespace

TEST_SUITE("filters") {
  TEST_CASE("search finds a part of order or product, whatever the case") {
    archive_plant mill{each_kind()};
    CHECK(mill.mo_ids(searched("sapot")) == names{"WH/MO/2", "WH/MO/1"});
    CHECK(mill.mo_ids(searched("SAPOT_b")) == names{"WH/MO/2"});
    CHECK(mill.mo_ids(searched("MO/3")) == names{"wh/mo/3"});
    CHECK(mill.mo_ids(searched("WH/mo/"))
          == names{"WH/MO/4", "wh/mo/3", "WH/MO/2", "WH/MO/1"});
    CHECK(mill.mo_ids(searched("nothing of this")).empty());
    CHECK(mill.mo_ids(searched("")).size() == 4);
  }

  TEST_CASE("wildcards, quotes and the escape character are only letters") {
    archive_plant mill{each_kind()};
    CHECK(mill.mo_ids(searched("%")) == names{"WH/MO/1"});
    CHECK(mill.mo_ids(searched("_")) == names{"WH/MO/2"});
    CHECK(mill.mo_ids(searched("!")) == names{"WH/MO/4"});
    CHECK(mill.mo_ids(searched("l's f")) == names{"wh/mo/3"});
    CHECK(mill.mo_ids(searched("50%")) == names{"WH/MO/1"});
    CHECK(mill.mo_ids(searched("' or '1'='1")).empty());
    CHECK(mill.mo_ids(searched("\\")).empty());
  }

  TEST_CASE("from is included, to is not, a date as to is its whole day") {
    archive_plant mill{each_kind()};
    CHECK(
      mill.mo_ids(between("2026-11-21T00:00:00Z", "2026-11-21T12:30:00.000Z"))
      == names{"WH/MO/2"});
    CHECK(mill.mo_ids(between("2026-11-21", "2026-11-21"))
          == names{"wh/mo/3", "WH/MO/2"});
    CHECK(mill.mo_ids(between("2026-11-21T07:00:00+07:00", "2026-11-22"))
          == names{"WH/MO/4", "wh/mo/3", "WH/MO/2"});
    CHECK(mill.mo_ids(between("2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z"))
            .empty());
    auto open_end = history();
    open_end.from = "2026-11-22";
    CHECK(mill.mo_ids(open_end) == names{"WH/MO/4"});
  }

  TEST_CASE("times that are none, and from after to, are refused by name") {
    archive_plant mill{each_kind()};
    CHECK(mill.refused(between("yesterday", ""))
          == "from is \"yesterday\", expected a UTC time like "
             "2026-11-22T09:00:00Z or a date like 2026-11-22");
    CHECK(mill.refused(between("", "2026-13-01"))
          == "to is \"2026-13-01\", expected a UTC time like "
             "2026-11-22T09:00:00Z or a date like 2026-11-22");
    CHECK(mill.refused(between("2026-11-23", "2026-11-21"))
          == "from is \"2026-11-23\", later than to \"2026-11-21\"");
  }

  TEST_CASE("the line, all filters at once, oldest first, pages") {
    archive_plant mill{each_kind()};
    auto question = history();
    question.line = "PLC01";
    CHECK(mill.mo_ids(question) == names{"WH/MO/4", "wh/mo/3", "WH/MO/1"});
    question.oldest_first = true;
    CHECK(mill.mo_ids(question) == names{"WH/MO/1", "wh/mo/3", "WH/MO/4"});
    question.search = "mo";
    question.from = "2026-11-21";
    question.status = "completed";
    CHECK(mill.mo_ids(question) == names{"wh/mo/3", "WH/MO/4"});
    question.limit = 1;
    question.offset = 1;
    const auto page = mill.ask(question);
    CHECK(page.at("total") == 2);
    REQUIRE(page.at("histories").size() == 1);
    CHECK(page.at("histories")[0].at("mo_id") == "WH/MO/4");
    question.line = "PLC09";
    CHECK(mill.ask(question).at("total") == 0);
  }

  TEST_CASE("times that SQLAlchemy wrote compare like ours after the "
            "migration") {
    empty_database where{store::database_kind::sqlite};
    {
      store_plant mill{where.address()};
      archive(mill, {{"WH/MO/1", "", "PLC01", "2026-11-21T05:00:00.000Z"}});
      mill.data.sql().execute(
        "update mo_histories set archived_at = '2026-11-21 05:00:00.250000'");
      mill.data.sql().execute("update schema_version set version = 2");
    }
    store_plant mill{where.address()};
    const auto found = mill.ask(between("2026-11-21", "2026-11-21"));
    REQUIRE(found.at("total") == 1);
    CHECK(found.at("histories")[0].at("archived_at")
          == "2026-11-21T05:00:00.250Z");
  }
}

TEST_SUITE("now") {
  TEST_CASE("a line has ten slots with all dosing points") {
    running_plant mill{each_kind()};
    mill.plc_reports({finished(slot_of(2, "WH/MO/00012", more, "100.25"))});
    store_query question;
    question.view = store_view::line;
    question.line = "PLC01";
    const auto data = mill.ask(question);
    CHECK(data.at("line") == "PLC01");
    CHECK(data.at("last_read") == "2026-11-22T09:00:00.000Z");
    CHECK(data.at("reachable") == true);
    REQUIRE(data.at("slots").size() == 10);
    auto first = data.at("slots")[0];
    const auto dosing = first.at("dosing");
    first.erase("dosing");
    CHECK(first == json::parse(R"({
      "slot": 1, "empty": false, "mo_id": "WH/MO/00011",
      "batch_id": "00000000-0000-4000-8000-000000000002",
      "finished_goods": "[10092] JF SAPOT", "state": "running",
      "status_manufacturing": false, "status_operation": false,
      "ordered": 100.0, "weight": 0.0, "planned": 100.0, "actual": 30.5,
      "progress": 0.305, "last_read": "2026-11-22T09:00:00.000Z",
      "last_change": "2026-11-22T09:00:00.000Z", "finished_at": null,
      "revision": 1, "pushed_revision": 0, "hold": null,
      "actions": ["retry", "reset", "reset_and_write", "cancel"],
      "acknowledge_pending": false})"));
    REQUIRE(dosing.size() == 15);
    CHECK(dosing[0] == json::parse(R"({"tag": "silo_a", "id": 101,
      "name": "SILO A", "component": "maize", "planned": 60.0,
      "actual": 30.5})"));
    CHECK(dosing[13] == json::parse(R"({"tag": "lq_tetes", "id": 114,
      "name": "LQ114", "component": "molasses", "planned": 40.0,
      "actual": 0.0})"));
    // 100.25 of 100 planned.
    CHECK(data.at("slots")[1].at("progress") == 1.0);
    CHECK(data.at("slots")[1].at("acknowledge_pending") == true);
    CHECK(data.at("slots")[9] == json::parse(R"({"slot": 10, "empty": true})"));
  }

  TEST_CASE("a line that is not served here is named") {
    store_plant mill{each_kind()};
    store_query question;
    question.view = store_view::line;
    question.line = "PLC77";
    mill.store->on_query(question, {"here", "1"});
    const auto& said = mill.replies.back().second;
    CHECK_FALSE(said.ok);
    CHECK(said.message == "line \"PLC77\" is not served here");
    CHECK(said.data.text == R"({"not_found":true})");
  }

  TEST_CASE("alerts, and how much is stuck and archived today") {
    running_plant mill{each_kind()};
    store_query question;
    question.view = store_view::alerts;
    CHECK(mill.ask(question) == json::parse(R"({"total": 0, "alerts": [],
      "stuck_total": 0, "archived_today": 0})"));
    archive(mill, {{"WH/MO/1", "", "PLC01", "2026-11-21T23:59:59.000Z"},
                   {"WH/MO/2", "", "PLC01", "2026-11-22T00:00:00.000Z"}});
    mill.plc_reports({finished(slot_of(1, mo, {}, "100"))});
    auto data = mill.ask(question);
    REQUIRE(data.at("alerts").size() == 1);
    CHECK_FALSE(data.at("alerts")[0].at("alert_id").get<std::string>().empty());
    data.at("alerts")[0].erase("alert_id");
    CHECK(data == json::parse(R"({"total": 1, "alerts": [
      {"line": "PLC01", "kind": "batch_held", "severity": "critical",
       "mo_id": "WH/MO/00011",
       "text": "WH/MO/00011 is held: the PLC reports the batch finished and nothing consumed",
       "advice": "Check in the PLC what was dosed, book the order in Odoo by hand, then POST /api/admin/manual/set-aside/WH/MO/00011.",
       "raised_at": "2026-11-22T09:00:00.000Z", "acknowledged_by": null,
       "acknowledged_at": null, "acknowledge_notes": null}],
      "stuck_total": 1, "archived_today": 1})"));
    question.line = "PLC02";
    CHECK(mill.ask(question).at("total") == 0);
  }

  TEST_CASE("the audit trail is paged and searched") {
    running_plant mill{each_kind()};
    mill.plc_reports({finished(slot_of(1, mo, {}, "100"))});
    REQUIRE(mill.decide(events::decision::set_aside, mo, "weighed by hand").ok);
    mill.pass(std::chrono::hours{24});
    REQUIRE(mill.decide(events::decision::mark_solved, mo, "booked").ok);
    store_query question;
    question.view = store_view::audit;
    question.limit = 1;
    auto page = mill.ask(question);
    CHECK(page.at("total") == 2);
    REQUIRE(page.at("entries").size() == 1);
    CHECK(page.at("entries")[0] == json::parse(R"({
      "at": "2026-11-23T09:00:00.000Z", "line": "PLC01",
      "mo_id": "WH/MO/00011",
      "batch_id": "00000000-0000-4000-8000-000000000002",
      "action": "mark_solved", "user": "ann", "notes": "booked",
      "outcome": "WH/MO/00011 is solved"})"));
    question.offset = 1;
    CHECK(mill.ask(question).at("entries")[0].at("action") == "set_aside");
    question.offset = 0;
    question.oldest_first = true;
    CHECK(mill.ask(question).at("entries")[0].at("action") == "set_aside");
    question.search = "ANN";
    CHECK(mill.ask(question).at("total") == 2);
    question.search = "%";
    CHECK(mill.ask(question).at("total") == 0);
    question.search = {};
    question.from = "2026-11-23";
    CHECK(mill.ask(question).at("total") == 1);
    question.line = "PLC02";
    CHECK(mill.ask(question).at("total") == 0);
  }
}
