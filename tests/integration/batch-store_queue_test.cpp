// Does a queue come once, go to the PLC once, and come again only when it may?

#include "tests/integration/support/store_plant.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::test;
using events::task_kind;
using events::task_outcome;
using names = std::vector<std::string>;

TEST_SUITE("queue") {
  TEST_CASE("orders become batches 1..n and go to the PLC") {
    store_plant mill{each_kind()};
    const auto tick = mill.tick(task_kind::sync_mo);
    REQUIRE(mill.fetches.size() == 1);
    CHECK(mill.fetches[0].line == "PLC01");
    CHECK(mill.fetches[0].limit == 10);
    CHECK(mill.fetches[0].exclude.empty());
    CHECK(mill.ended.empty()); // not before Odoo has answered
    mill.odoo_lists({"WH/MO/00012", "WH/MO/00011"});

    CHECK(mill.queue() == names{"WH/MO/00012", "WH/MO/00011"});
    const auto row = mill.row("WH/MO/00011");
    CHECK(row.batch_no == 2);
    CHECK(row.line == "PLC01");
    CHECK(row.ordered == kg("100"));
    CHECK(row.planned == amounts({{"silo_a", "60"}, {"lq_tetes", "40"}}));
    CHECK(row.component_names[13] == "molasses");
    CHECK(row.stage == 1795338000); // the time of day, seconds
    REQUIRE(mill.ended.size() == 1);
    CHECK(mill.ended[0].tick_id == tick);
    CHECK(mill.ended[0].outcome == task_outcome::done);

    REQUIRE(mill.writes.size() == 1);
    REQUIRE(mill.writes[0].batches.size() == 2);
    CHECK(mill.writes[0].stage == 1795338000);
    CHECK(mill.writes[0].expires_at == "2026-11-22T09:05:00.000Z");
    CHECK(mill.writes[0].batches[0].slot == 1);
    CHECK(mill.writes[0].batches[0].mo_id == "WH/MO/00012");
    CHECK(mill.writes[0].batches[1].consumption == row.planned);
    const auto staged = mill.told_of("batch.staged");
    REQUIRE(staged.size() == 2);
    CHECK(staged[0].data.at("mo_id") == "WH/MO/00012");
    CHECK(staged[1].data.at("batch_no") == 2);
  }

  TEST_CASE("plc-gateway is told whether a queue is still to be written") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/1", "WH/MO/2"});
    const auto stage = mill.row("WH/MO/1").stage;
    const auto wanted = [&](const std::string& line, std::int64_t number) {
      mill.store->on_queue_wanted({line, number}, {"asker", "1"});
      return mill.replies.back().second.ok;
    };
    CHECK(wanted("PLC01", stage));
    CHECK_FALSE(wanted("PLC01", stage - 1));
    CHECK_FALSE(wanted("PLC02", stage));
    mill.plc_takes_queue();
    CHECK_FALSE(wanted("PLC01", stage));
  }

  TEST_CASE("task 1 does nothing while batches are there") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/1", "WH/MO/2"});
    mill.tick(task_kind::sync_mo);
    CHECK(mill.fetches.size() == 1);
    CHECK(mill.ended.back().outcome == task_outcome::skipped);
    CHECK(mill.ended.back().text == "mo_batch still holds 2 batches");
  }

  TEST_CASE("the gate is looked at again when Odoo answers") {
    store_plant mill{each_kind()};
    mill.tick(task_kind::sync_mo);
    // Somebody else filled the queue meanwhile.
    store::batch row;
    row.id = "00000000-0000-4000-9000-000000000001";
    row.line = "PLC01";
    row.batch_no = 1;
    row.mo_id = "WH/MO/9";
    mill.rows->insert(row);
    mill.odoo_lists({"WH/MO/1"});
    CHECK(mill.queue() == names{"WH/MO/9"});
    CHECK(mill.writes.empty());
    CHECK(mill.ended.back().outcome == task_outcome::skipped);
    CHECK(mill.ended.back().text == "mo_batch is not empty any more");
  }

  TEST_CASE("an answer to another fetch stages nothing") {
    store_plant mill{each_kind()};
    mill.tick(task_kind::sync_mo);
    mill.deliver(events::mo_fetched{"PLC01", "old", {order_of("WH/MO/1")}, {}});
    CHECK(mill.queue().empty());
    mill.deliver(events::mo_fetch_failed{"PLC01", "old",
                                         events::odoo_error::time_out, "late"});
    CHECK(mill.ended.empty());
    mill.odoo_lists({"WH/MO/2"});
    CHECK(mill.queue() == names{"WH/MO/2"});
    CHECK(mill.ended.back().outcome == task_outcome::done);
  }

  TEST_CASE("a fetch that failed ends the run with the reason") {
    store_plant mill{each_kind()};
    const auto tick = mill.tick(task_kind::sync_mo);
    mill.deliver(events::mo_fetch_failed{"PLC01", mill.fetches[0].fetch_id,
                                         events::odoo_error::unreachable,
                                         "connection refused"});
    REQUIRE(mill.ended.size() == 1);
    CHECK(mill.ended[0].tick_id == tick);
    CHECK(mill.ended[0].outcome == task_outcome::failed);
    CHECK(mill.ended[0].text == "unreachable: connection refused");
  }

  TEST_CASE("the third failure in a row raises an alert, a success "
            "clears it") {
    store_plant mill{each_kind()};
    const auto fail = [&] {
      mill.tick(task_kind::sync_mo);
      mill.deliver(events::mo_fetch_failed{
        "PLC01", mill.fetches.back().fetch_id, events::odoo_error::unreachable,
        "connection refused"});
    };
    fail();
    fail();
    CHECK(mill.alerts().empty());
    fail();
    fail();
    CHECK(mill.alerts() == names{"task_failing_sync_mo"});
    CHECK(mill.told_of("alert.raised").size() == 1);
    mill.stage({});
    CHECK(mill.alerts().empty());
    CHECK(mill.told_of("alert.cleared").size() == 1);
  }

  TEST_CASE("a fetch that is never answered ends, and the next tick "
            "fetches again") {
    store_plant mill{each_kind()};
    mill.tick(task_kind::sync_mo);
    mill.tick(task_kind::sync_mo);
    CHECK(mill.fetches.size() == 1);
    CHECK(mill.ended.back().outcome == task_outcome::skipped);
    mill.pass(std::chrono::seconds{90});
    CHECK(mill.ended.back().outcome == task_outcome::failed);
    mill.tick(task_kind::sync_mo);
    CHECK(mill.fetches.size() == 2);
  }

  TEST_CASE("an order of the archive is never staged again") {
    store_plant mill{each_kind()};
    int made = 0;
    for (const std::string status : {"completed", "failed", "cancelled"}) {
      store::archived_batch old;
      old.row.id
        = "00000000-0000-4000-9000-00000000000" + std::to_string(++made);
      old.row.line = "PLC01";
      old.row.mo_id = "WH/MO/" + status;
      old.status = status;
      old.archived_at = "2026-11-21T09:00:00.000Z";
      mill.rows->archive(old);
    }
    mill.stage({"WH/MO/completed", "WH/MO/failed", "WH/MO/cancelled"});
    CHECK(mill.queue().empty());
    // Odoo is asked again without them.
    REQUIRE(mill.fetches.size() == 2);
    CHECK(mill.fetches[1].exclude.size() == 3);
    CHECK(mill.ended.empty());
    mill.odoo_lists({"WH/MO/4"});
    CHECK(mill.queue() == names{"WH/MO/4"});
    CHECK(mill.row("WH/MO/4").batch_no == 1);
    CHECK(mill.ended.size() == 1);
  }

  TEST_CASE("an Odoo that lists nothing else is not asked for ever") {
    store_plant mill{each_kind()};
    store::archived_batch old;
    old.row.id = "00000000-0000-4000-9000-000000000001";
    old.row.line = "PLC01";
    old.row.mo_id = "WH/MO/1";
    old.status = "completed";
    old.archived_at = "2026-11-21T09:00:00.000Z";
    mill.rows->archive(old);
    mill.tick(task_kind::sync_mo);
    for (int i = 0; i < 10 && mill.ended.empty(); ++i)
      mill.odoo_lists({"WH/MO/1"});
    CHECK(mill.fetches.size() == 4);
    REQUIRE(mill.ended.size() == 1);
    CHECK(mill.ended[0].text == "Odoo has no confirmed order for this line");
  }

  TEST_CASE("a batch that another line holds is not staged here") {
    store_plant mill{each_kind()};
    store::batch row;
    row.id = "00000000-0000-4000-9000-000000000001";
    row.line = "PLC02";
    row.batch_no = 1;
    row.mo_id = "WH/MO/1";
    mill.rows->insert(row);
    mill.stage({"WH/MO/1", "WH/MO/2"});
    CHECK(mill.queue() == names{"WH/MO/2"});
  }

  TEST_CASE("a write is repeated until the PLC has it, then never") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/1", "WH/MO/2"});
    REQUIRE(mill.writes.size() == 1);
    // With the gateway: not again before it is overdue.
    mill.tick(task_kind::plc_read);
    CHECK(mill.writes.size() == 1);
    mill.deliver(events::plc_write_deferred{"PLC01", 1, "D7076 is 0"});
    mill.tick(task_kind::plc_read);
    CHECK(mill.writes.size() == 1);
    mill.pass(std::chrono::milliseconds{500});
    mill.tick(task_kind::plc_read);
    REQUIRE(mill.writes.size() == 2);
    CHECK(mill.writes[1].batches.size() == 2);
    CHECK(mill.writes[1].stage == mill.writes[0].stage);
    // The answer was lost.
    mill.pass(std::chrono::seconds{60});
    mill.tick(task_kind::sync_mo);
    CHECK(mill.writes.size() == 3);
    mill.plc_takes_queue();
    CHECK(mill.state_of("WH/MO/1") == "written");
    CHECK(mill.state_of("WH/MO/2") == "written");
    mill.pass(std::chrono::hours{1});
    mill.tick(task_kind::plc_read);
    mill.tick(task_kind::sync_mo);
    CHECK(mill.writes.size() == 3);
  }

  TEST_CASE("a write that was under way at a restart is sent again, "
            "one that was answered is not") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/1"});
    mill.restart();
    mill.tick(task_kind::plc_read);
    mill.plc_looks(false);
    mill.odoo_checks();
    REQUIRE(mill.writes.size() == 3); // the look is one of them
    CHECK_FALSE(mill.writes[2].only_look);
    mill.plc_takes_queue();
    mill.tick(task_kind::plc_read);
    CHECK(mill.writes.size() == 3);
  }

  TEST_CASE("a PLC that reports one batch of a queue has them all") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/1", "WH/MO/2", "WH/MO/3"});
    mill.plc_reports({slot_of(2, "WH/MO/2", {})});
    CHECK(mill.state_of("WH/MO/1") == "written");
    CHECK(mill.state_of("WH/MO/2") == "running");
    CHECK(mill.state_of("WH/MO/3") == "written");
  }

  TEST_CASE("also when what it reports is implausible") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/1", "WH/MO/2"});
    auto odd = slot_of(2, "WH/MO/2", {});
    odd.problem = events::slot_problem{"weight", "is above", {1, 2}, true};
    mill.plc_reports({odd});
    CHECK(mill.state_of("WH/MO/1") == "written");
    CHECK(mill.state_of("WH/MO/2") == "written");
    CHECK(mill.row("WH/MO/2").held.kind == "implausible");
    mill.pass(std::chrono::minutes{2});
    mill.tick(task_kind::plc_read);
    CHECK(mill.writes.size() == 1);
  }

  TEST_CASE("a write confirmed for another queue marks nothing") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/1"});
    mill.deliver(events::plc_written{"PLC01", 7, {{1, "WH/MO/1"}}, false, 14});
    mill.deliver(events::plc_written{"PLC02", 1, {{1, "WH/MO/1"}}, false, 14});
    mill.deliver(events::plc_written{"PLC01", 1, {{1, "WH/MO/2"}}, false, 14});
    CHECK(mill.state_of("WH/MO/1") == "staged");
  }

  TEST_CASE("a write that needs a person raises an alert until it "
            "works") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/1"});
    mill.deliver(
      events::plc_write_failed{"PLC01", 1, "700000 kg does not fit", true});
    CHECK(mill.alerts() == names{"plc_write_failed"});
    mill.plc_takes_queue();
    CHECK(mill.alerts().empty());
  }

  TEST_CASE("each queue has a number of its own") {
    store_plant mill{each_kind()};
    for (std::int64_t stage = 1; stage <= 3; ++stage) {
      const auto mo_id = "WH/MO/" + std::to_string(stage);
      mill.stage({mo_id});
      CHECK(mill.writes.back().stage == 1795338000 + stage - 1);
      mill.plc_takes_queue();
      mill.plc_reports(
        {finished(slot_of(1, mo_id, amounts({{"silo_a", "60"}}), "60"))});
      mill.tick(task_kind::process_completed);
      mill.odoo_accepts(true);
      CHECK(mill.told_of("queue.emptied").size()
            == static_cast<std::size_t>(stage));
    }
  }

  TEST_CASE("a recipe that does not add up and an order that cannot be "
            "produced are told of") {
    store_plant mill{each_kind()};
    mill.tick(task_kind::sync_mo);
    auto odd = order_of("WH/MO/1");
    odd.quantity = kg("1000");
    mill.deliver(events::mo_fetched{"PLC01",
                                    mill.fetches[0].fetch_id,
                                    {odd},
                                    {{"WH/MO/2", "quantity: is missing"}}});
    CHECK(mill.row("WH/MO/1").planned
          == amounts({{"silo_a", "60"}, {"lq_tetes", "40"}}));
    const auto raised = mill.told_of("alert.raised");
    REQUIRE(raised.size() == 2);
    CHECK(raised[0].data.at("kind") == "recipe_sum");
    CHECK(raised[0].data.at("text")
          == "WH/MO/1: its components add up to 100.000 kg, ordered are "
             "1000.000 kg");
    CHECK(raised[1].data.at("kind") == "order_rejected");
    CHECK(raised[1].data.at("text") == "WH/MO/2: quantity: is missing");
  }
}
