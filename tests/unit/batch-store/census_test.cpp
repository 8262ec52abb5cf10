#include "common/telemetry/clock.hpp"
#include "common/telemetry/ids.hpp"
#include "common/telemetry/metrics.hpp"
#include "services/batch-store/migrations.hpp"
#include "services/batch-store/sql_repository.hpp"
#include "tests/unit/batch-store/rows.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::store;
using namespace millrace::store::test;

namespace {

const auto noon = *parse_utc("2026-11-22T12:00:00Z");

struct counted_store {
  sql_session sql{parse_database_url("sqlite:///:memory:")};
  sql_repository rows{sql};

  counted_store() {
    migrate(sql, "PLC01");
  }

  void add(const std::string& line, int slot, batch_state state,
           const std::string& hold = {}) {
    auto row = row_in(state);
    row.id = named_id(line + std::to_string(slot));
    row.mo_id = line + "/MO/" + std::to_string(slot);
    row.line = line;
    row.batch_no = slot;
    row.stage = 1795348800; // 2026-11-22T12:00:00Z
    row.held.kind = hold;
    if (state == batch_state::completed)
      row.finished_at = "2026-11-22T11:59:0" + std::to_string(slot) + ".000Z";
    rows.insert(row);
  }
};

bool shown(const std::string& line) {
  return ("\n" + metrics::text()).find("\n" + line + "\n") != std::string::npos;
}

} // namespace

TEST_SUITE("census") {
  TEST_CASE_FIXTURE(counted_store, "an empty store has nothing to count") {
    const auto now = rows.take_census();
    CHECK(now.queue.empty());
    CHECK(now.raised.empty());
    CHECK(now.outbox == 0);
    CHECK_FALSE(now.outbox_since);
  }

  TEST_CASE_FIXTURE(counted_store, "batches are counted by line and state") {
    add("PLC01", 1, batch_state::completed);
    add("PLC01", 2, batch_state::completed, "in_doubt");
    add("PLC01", 3, batch_state::running);
    add("PLC02", 1, batch_state::staged);
    const auto now = rows.take_census();
    REQUIRE(now.queue.size() == 3);
    for (const auto& part : now.queue) {
      CHECK(part.taken == noon);
      if (part.state != "completed") {
        CHECK(part.count == 1);
        CHECK(part.held == 0);
        CHECK_FALSE(part.finished);
        continue;
      }
      CHECK(part.line == "PLC01");
      CHECK(part.count == 2);
      CHECK(part.held == 1);
      CHECK(part.finished == noon - std::chrono::seconds{59});
    }
  }

  TEST_CASE_FIXTURE(counted_store, "the outbox is as old as its first event") {
    rows.add_outgoing("t", R"({"time":"2026-11-22T11:00:00Z"})");
    rows.add_outgoing("t", R"({"time":"2026-11-22T11:30:00Z"})");
    rows.add_outgoing("t", "no event");
    CHECK(rows.take_census().outbox == 3);
    CHECK(rows.take_census().outbox_since == noon - std::chrono::hours{1});
    rows.remove_outgoing({1, 2});
    CHECK(rows.take_census().outbox == 1);
    CHECK_FALSE(rows.take_census().outbox_since);
  }

  TEST_CASE("what is gone is shown as 0") {
    census_gauges gauges;
    census one;
    one.queue.push_back({"L9", "completed", 2, 1,
                         noon - std::chrono::seconds{90},
                         noon - std::chrono::seconds{30}});
    one.queue.push_back(
      {"L9", "running", 1, 1, noon - std::chrono::seconds{95}, {}});
    one.raised.push_back({"L9", "batch_held", "critical", 2});
    one.outbox = 4;
    one.outbox_since = noon - std::chrono::seconds{7};
    gauges.show(one, noon);
    CHECK(shown(R"(millrace_batches{line="L9",state="completed"} 2)"));
    CHECK(shown(R"(millrace_batches{line="L9",state="staged"} 0)"));
    CHECK(shown(R"(millrace_batches_held{line="L9"} 2)"));
    CHECK(shown(R"(millrace_queue_age_seconds{line="L9"} 95)"));
    CHECK(shown(R"(millrace_unbooked_age_seconds{line="L9"} 30)"));
    CHECK(shown(
      R"(millrace_alerts{kind="batch_held",line="L9",severity="critical"} 2)"));
    CHECK(shown("millrace_outbox_rows 4"));
    CHECK(shown("millrace_outbox_age_seconds 7"));
    gauges.show({}, noon);
    CHECK(shown(R"(millrace_batches{line="L9",state="completed"} 0)"));
    CHECK(shown(R"(millrace_batches_held{line="L9"} 0)"));
    CHECK(shown(R"(millrace_queue_age_seconds{line="L9"} 0)"));
    CHECK(shown(R"(millrace_unbooked_age_seconds{line="L9"} 0)"));
    CHECK(shown(
      R"(millrace_alerts{kind="batch_held",line="L9",severity="critical"} 0)"));
    CHECK(shown("millrace_outbox_rows 0"));
    CHECK(shown("millrace_outbox_age_seconds 0"));
  }
}
