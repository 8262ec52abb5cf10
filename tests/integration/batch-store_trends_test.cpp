// Are the figures of many days summed up right? All expected figures by hand.

#include "tests/integration/support/running_plant.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::test;
using events::store_query;
using events::store_view;
using nlohmann::json;

namespace {

struct produced {
  const char* line;
  const char* weight;
  const char* silo_a; // actual; 50 planned
  const char* finished_at;
  const char* archived_at;
  const char* status = "completed";
};

void archive(store_plant& mill, const std::vector<produced>& batches) {
  int n = 0;
  for (const auto& one : batches) {
    store::archived_batch old;
    old.row.id = "00000000-0000-4000-9000-00000000000" + std::to_string(++n);
    old.row.line = one.line;
    old.row.batch_no = 1;
    old.row.mo_id = "WH/MO/" + std::to_string(n);
    old.row.ordered = kg("100.5");
    old.row.planned = amounts({{"silo_a", "50"}});
    old.row.actual = amounts({{"silo_a", one.silo_a}});
    old.row.weight = kg(one.weight);
    old.row.status_manufacturing = old.row.weight.milli() > 0;
    old.row.finished_at = one.finished_at;
    old.status = one.status;
    old.archived_at = one.archived_at;
    mill.rows->archive(old);
  }
}

/// Three batches on the 20th, two on the 22nd, one of PLC02, one cleared.
struct trend_plant : store_plant {
  explicit trend_plant(store::database_kind kind) : store_plant(kind) {
    archive(*this,
            {
              {"PLC01", "100.125", "50.001", "2026-11-20T09:00:00.000Z",
               "2026-11-20T09:00:02.500Z"},
              {"PLC01", "100.125", "49.5", "2026-11-20T10:00:00.000Z",
               "2026-11-20T10:00:01.000Z"},
              {"PLC02", "200", "50", "2026-11-20T11:00:00.000Z",
               "2026-11-20T12:00:00.000Z"},
              {"PLC01", "90", "51", "2026-11-21T23:59:59.000Z",
               "2026-11-22T00:00:00.000Z"},
              {"PLC01", "110", "52", "2026-11-22T01:00:00.000Z",
               "2026-11-22T01:00:04.000Z"},
              {"PLC01", "0", "0", "", "2026-11-22T02:00:00.000Z", "cleared"},
            });
  }
};

store_query trends(const char* from, const char* to, const char* line = "") {
  store_query question;
  question.view = store_view::trends;
  question.from = from;
  question.to = to;
  if (*line)
    question.line = line;
  return question;
}

std::string refused(store_plant& mill, const store_query& question) {
  mill.store->on_query(question, {"here", "1"});
  CHECK_FALSE(mill.replies.back().second.ok);
  CHECK(mill.replies.back().second.data.text == R"({"bad_parameter":true})");
  return mill.replies.back().second.message;
}

} // namespace

TEST_SUITE("trends") {
  TEST_CASE("per day, with the days between") {
    trend_plant mill{each_kind()};
    const auto data = mill.ask(trends("2026-11-20", "2026-11-22"));
    CHECK(data.at("from") == "2026-11-20T00:00:00.000Z");
    CHECK(data.at("to") == "2026-11-23T00:00:00.000Z");
    CHECK(data.at("days") == json::parse(R"([
      {"day": "2026-11-20", "batches": 3, "weight": 400.25, "ordered": 301.5},
      {"day": "2026-11-21", "batches": 0, "weight": 0.0, "ordered": 0.0},
      {"day": "2026-11-22", "batches": 2, "weight": 200.0,
       "ordered": 201.0}])"));
    // 2.5, 1 and 3600 s; 1 and 4 s.
    CHECK(data.at("push_latency") == json::parse(R"([
      {"day": "2026-11-20", "batches": 3, "median_s": 2.5, "worst_s": 3600.0},
      {"day": "2026-11-22", "batches": 2, "median_s": 2.5, "worst_s": 4.0}])"));
    REQUIRE(data.at("dosing").size() == 15);
    CHECK(data.at("dosing")[0] == json::parse(R"({"tag": "silo_a",
      "name": "SILO A", "planned": 250.0, "actual": 252.501, "batches": 5})"));
    CHECK(data.at("dosing")[14] == json::parse(R"({"tag": "lq_fml",
      "name": "LQ115", "planned": 0.0, "actual": 0.0, "batches": 0})"));
  }

  TEST_CASE("of one line, in part of a day") {
    trend_plant mill{each_kind()};
    const auto data = mill.ask(
      trends("2026-11-20T10:00:01Z", "2026-11-20T12:00:00Z", "PLC01"));
    CHECK(data.at("days") == json::parse(R"([
      {"day": "2026-11-20", "batches": 1, "weight": 100.125,
       "ordered": 100.5}])"));
    CHECK(data.at("push_latency") == json::parse(R"([
      {"day": "2026-11-20", "batches": 1, "median_s": 1.0, "worst_s": 1.0}])"));
    CHECK(data.at("dosing")[0].at("actual") == 49.5);
  }

  TEST_CASE("without an end the last 30 days") {
    trend_plant mill{each_kind()};
    store_query question;
    question.view = store_view::trends;
    const auto data = mill.ask(question);
    REQUIRE(data.at("days").size() == 30);
    CHECK(data.at("days")[0].at("day") == "2026-10-24");
    CHECK(data.at("days")[29].at("day") == "2026-11-22");
    CHECK(data.at("days")[29].at("batches") == 2);
  }

  TEST_CASE("nothing was produced") {
    store_plant mill{each_kind()};
    const auto data = mill.ask(trends("2026-11-22", "2026-11-22"));
    CHECK(data.at("days") == json::parse(R"([{"day": "2026-11-22",
      "batches": 0, "weight": 0.0, "ordered": 0.0}])"));
    CHECK(data.at("push_latency").empty());
    CHECK(data.at("dosing")[3].at("batches") == 0);
  }

  TEST_CASE("at most 366 days, and not backwards") {
    store_plant mill{each_kind()};
    CHECK(mill.ask(trends("2025-11-22", "2026-11-22")).at("days").size()
          == 366);
    CHECK(refused(mill, trends("2025-11-21", "2026-11-22"))
          == "from 2025-11-21T00:00:00.000Z to 2026-11-23T00:00:00.000Z is "
             "more than 366 days");
    CHECK(refused(mill, trends("2026-11-23", "2026-11-22"))
          == "from is \"2026-11-23\", later than to \"2026-11-22\"");
    CHECK(refused(mill, trends("2027-01-01", ""))
          == "from is 2027-01-01T00:00:00.000Z, later than to, "
             "2026-11-22T09:00:00.000Z");
  }
}
