// Do the figures reach Odoo and the archive: the last ones, and once?

#include "tests/integration/support/running_plant.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::test;
using namespace std::chrono_literals;
using events::task_kind;
using events::task_outcome;
using names = std::vector<std::string>;

namespace {

store::store_settings weight_zero(store::zero_weight_policy policy) {
  store::store_settings settings;
  settings.plant.zero_weight = policy;
  return settings;
}

} // namespace

TEST_SUITE("push") {
  TEST_CASE("a push confirmed after the row went on does not mark it") {
    running_plant mill{each_kind()};
    const auto first = mill.pushes.back();
    mill.finish(); // revision 2 while 1 is with Odoo
    mill.deliver(events::odoo_pushed{
      "PLC01", first.batch_id, mo, first.revision, false, {}});
    CHECK_FALSE(mill.row(mo).update_odoo());
    mill.deliver(events::odoo_pushed{
      "PLC01", first.batch_id, mo, first.revision, true, {}});
    CHECK(mill.state_of(mo) == "completed");
    mill.tick(task_kind::process_completed);
    REQUIRE(mill.pushes.size() == 2);
    CHECK(mill.pushes[1].revision == 2);
    CHECK(mill.pushes[1].consumption == more);
    CHECK(mill.pushes[1].mark_done);
    CHECK(mill.pushes[1].weight == kg("100.25"));
    CHECK(mill.pushes[1].finished_at == "2026-11-22T09:00:00.000Z");
  }

  TEST_CASE("a late answer about old figures does not end the push of "
            "the new ones") {
    running_plant mill{each_kind()};
    const auto first = mill.pushes.back();
    mill.finish();
    mill.tick(task_kind::process_completed);
    const auto runs = mill.ended.size();
    mill.deliver(events::odoo_pushed{
      "PLC01", first.batch_id, mo, first.revision, false, {}});
    mill.deliver(events::odoo_push_failed{
      "PLC01", first.batch_id, mo, first.revision, events::odoo_operation::push,
      events::odoo_error::time_out, "late"});
    CHECK(mill.ended.size() == runs);
    CHECK(mill.row(mo).push.attempts == 0);
    mill.tick(task_kind::process_completed);
    CHECK(mill.pushes.size() == 2);
  }

  TEST_CASE("update_odoo is true only for exactly the row's values") {
    running_plant mill{each_kind()};
    const auto update_odoo = [&] {
      return mill.data.sql().query("select cast(case when update_odoo then 1 "
                                   "else 0 end as text) from mo_batch where "
                                   "mo_id = :mo",
                                   1, {{"mo", mo}})[0][0];
    };
    CHECK(update_odoo() == "0");
    mill.odoo_accepts(false);
    CHECK(update_odoo() == "1");
    mill.plc_reports({slot_of(1, mo, more)});
    CHECK(update_odoo() == "0");
    mill.odoo_refuses(events::odoo_error::time_out, "no answer");
    CHECK(update_odoo() == "0");
    CHECK(mill.row(mo).push.attempts == 1);
    // Not at once, and not never.
    mill.tick(task_kind::plc_read);
    CHECK(mill.pushes.size() == 2);
    mill.pass(500ms);
    mill.read_answers.back()(events::command_result{true, "", {}});
    mill.tick(task_kind::plc_read);
    CHECK(mill.pushes.size() == 3);
    mill.odoo_accepts(false);
    CHECK(update_odoo() == "1");
    CHECK(mill.row(mo).push.attempts == 0);
  }

  TEST_CASE("done in Odoo: archived and deleted at once, then the "
            "queue is empty") {
    running_plant mill{each_kind()};
    mill.finish_all();
    REQUIRE(mill.told_of("batch.completed").size() == 2);
    const auto tick = mill.tick(task_kind::process_completed);
    REQUIRE(mill.pushes.size() == 3);
    const auto first = mill.pushes[1];
    const auto second = mill.pushes[2];
    mill.deliver(events::odoo_pushed{
      "PLC01", first.batch_id, first.mo_id, first.revision, true, {}});
    CHECK(mill.queue() == names{"WH/MO/00012"});
    CHECK(mill.told_of("queue.emptied").empty());
    CHECK(mill.ended.back().tick_id != tick);
    mill.deliver(events::odoo_pushed{
      "PLC01", second.batch_id, second.mo_id, second.revision, true, {}});
    CHECK(mill.queue().empty());
    CHECK(mill.ended.back().tick_id == tick);
    CHECK(mill.ended.back().text == "2 through");
    const auto emptied = mill.told_of("queue.emptied");
    REQUIRE(emptied.size() == 1);
    CHECK(emptied[0].data.at("stage") == 1795338000);
    const auto archived = mill.told_of("batch.archived");
    REQUIRE(archived.size() == 2);
    CHECK(archived[0].data.at("status") == "completed");

    const auto old = mill.history_of(mo);
    CHECK(old.status == "completed");
    CHECK(old.row.actual == more);
    CHECK(old.row.weight == kg("100.25"));
    CHECK(old.row.status_manufacturing);
    CHECK(old.row.id == first.batch_id);
    CHECK(old.archived_at == "2026-11-22T09:00:00.000Z");
    CHECK(old.row.finished_at == "2026-11-22T09:00:00.000Z");
    CHECK(mill.rows->history_count({}) == 2);
    CHECK(mill.alerts().empty());
  }

  TEST_CASE("archive and delete are one: when one fails the row stays") {
    running_plant mill{each_kind()};
    mill.finish();
    mill.tick(task_kind::process_completed);
    mill.data.sql().execute("alter table outbox rename to outbox_away");
    CHECK_THROWS_AS(mill.odoo_accepts(true), store::storage_error);
    mill.data.sql().execute("alter table outbox_away rename to outbox");
    CHECK(mill.state_of(mo) == "completed");
    CHECK(mill.rows->history_count({}) == 0);
    mill.odoo_accepts(true);
    CHECK_FALSE(mill.in_queue(mo));
    CHECK(mill.rows->history_count({}) == 1);
  }

  TEST_CASE("one batch that Odoo refuses holds back no other") {
    running_plant mill{each_kind()};
    mill.finish_all();
    mill.tick(task_kind::process_completed);
    const auto refused = mill.pushes[1];
    mill.odoo_accepts(true);
    mill.deliver(events::odoo_push_failed{
      "PLC01", refused.batch_id, mo, refused.revision,
      events::odoo_operation::mark_done, events::odoo_error::rejected,
      "No finished product move found for this MO"});
    CHECK(mill.queue() == names{mo});
    CHECK(mill.alerts() == names{std::string("push_failing ") + mo});
    CHECK(mill.ended.back().outcome == task_outcome::failed);
    CHECK(mill.ended.back().text
          == "1 through, 1 not: WH/MO/00011: rejected: No finished product "
             "move found for this MO");
    mill.pass(500ms);
    mill.tick(task_kind::process_completed);
    mill.odoo_accepts(true);
    CHECK(mill.queue().empty());
    CHECK(mill.alerts().empty());
  }

  TEST_CASE("the run does not wait long for a slow Odoo, the errand "
            "longer") {
    running_plant mill{each_kind()};
    mill.finish();
    const auto tick = mill.tick(task_kind::process_completed);
    mill.pass(5s);
    CHECK(mill.ended.back().tick_id == tick);
    CHECK(mill.ended.back().text == "0 through, 1 still waiting for Odoo");
    // Sent again after 5 s, in case it was lost; not before.
    mill.tick(task_kind::process_completed);
    CHECK(mill.pushes.size() == 3);
    mill.pass(4s);
    mill.tick(task_kind::process_completed);
    CHECK(mill.pushes.size() == 3);
    mill.pass(60s);
    mill.tick(task_kind::process_completed);
    CHECK(mill.pushes.size() == 4);
    mill.odoo_accepts(true);
    CHECK_FALSE(mill.in_queue(mo));
  }

  TEST_CASE("a gateway that comes online gets its commands again") {
    running_plant mill{each_kind()};
    mill.finish();
    mill.tick(task_kind::process_completed);
    const auto sent = mill.pushes.size();
    mill.gateway_online("plc-gateway");
    CHECK(mill.pushes.size() == sent);
    mill.gateway_online("odoo-gateway");
    REQUIRE(mill.pushes.size() == sent + 1);
    CHECK(mill.pushes.back().revision == mill.row(mo).revision);
    mill.odoo_accepts(true);
    mill.gateway_online("odoo-gateway");
    CHECK(mill.pushes.size() == sent + 1); // answered: nothing to repeat
  }

  TEST_CASE("a lost fetch is sent again with the same id") {
    store_plant mill{each_kind()};
    mill.tick(task_kind::sync_mo);
    REQUIRE(mill.fetches.size() == 1);
    mill.pass(5s);
    REQUIRE(mill.fetches.size() == 2);
    mill.gateway_online("odoo-gateway");
    REQUIRE(mill.fetches.size() == 3);
    CHECK(mill.fetches[2].fetch_id == mill.fetches[0].fetch_id);
    mill.odoo_lists({"WH/MO/1"});
    CHECK(mill.in_queue("WH/MO/1"));
  }

  TEST_CASE("what Odoo cannot be told is said and archived") {
    running_plant mill{each_kind()};
    mill.finish();
    mill.tick(task_kind::process_completed);
    const auto push = mill.pushes.back();
    mill.deliver(events::odoo_pushed{"PLC01",
                                     push.batch_id,
                                     mo,
                                     push.revision,
                                     true,
                                     {"silo103: Odoo holds 5 kg, not 0"}});
    CHECK(mill.history_of(mo).notes == "silo103: Odoo holds 5 kg, not 0");
    CHECK(mill.alerts() == names{std::string("odoo_differs ") + mo});
  }

  TEST_CASE("a failed batch is cancelled in Odoo and archived") {
    running_plant mill{each_kind()};
    mill.plc_reports({failed(slot_of(1, mo, more))});
    CHECK(mill.state_of(mo) == "failed");
    CHECK(mill.row(mo).status_operation);
    CHECK(mill.alerts() == names{std::string("batch_failed ") + mo});
    mill.tick(task_kind::process_completed);
    REQUIRE(mill.cancels.size() == 1);
    CHECK(mill.cancels[0].mo_id == mo);
    CHECK(mill.pushes.size() == 1);
    mill.deliver(events::odoo_cancelled{"PLC01", mill.cancels[0].batch_id, mo});
    CHECK_FALSE(mill.in_queue(mo));
    const auto old = mill.history_of(mo);
    CHECK(old.status == "cancelled");
    CHECK(old.row.actual == more);
    CHECK(old.row.status_operation);
    CHECK(mill.told_of("batch.cancelled").size() == 1);
    CHECK(mill.told_of("batch.archived").size() == 1);
  }

  // odoo-gateway lets one push try and refuses the others until it is through:
  // their pause would begin anew just when Odoo is back.
  TEST_CASE("Odoo takes one: those that it could not be asked about do not "
            "wait any longer") {
    running_plant mill{each_kind()};
    mill.finish_all();
    mill.tick(task_kind::process_completed);
    REQUIRE(mill.pushes.size() == 3);
    const auto first = mill.pushes[1];
    auto why = events::odoo_error::unreachable;
    std::size_t tries = 4;
    SUBCASE("not asked") {
    }
    SUBCASE("asked, and it did not answer") {
      why = events::odoo_error::time_out;
      tries = 3;
    }
    mill.odoo_refuses(why, "Odoo has not answered since 09:00");
    mill.deliver(events::odoo_pushed{
      "PLC01", first.batch_id, first.mo_id, first.revision, true, {}});
    REQUIRE(mill.queue() == names{"WH/MO/00012"});
    mill.tick(task_kind::process_completed);
    CHECK(mill.pushes.size() == tries);
  }

  TEST_CASE("a cancel that failed is tried again") {
    running_plant mill{each_kind()};
    mill.plc_reports({failed(slot_of(1, mo, more))});
    mill.tick(task_kind::process_completed);
    mill.deliver(events::odoo_push_failed{"PLC01",
                                          mill.cancels[0].batch_id,
                                          mo,
                                          {},
                                          events::odoo_operation::cancel,
                                          events::odoo_error::unreachable,
                                          "refused"});
    CHECK(mill.state_of(mo) == "failed");
    CHECK(mill.row(mo).push.attempts == 1);
    mill.pass(500ms);
    mill.tick(task_kind::process_completed);
    CHECK(mill.cancels.size() == 2);
  }

  TEST_CASE("weight 0: consumption booked, not done, archived with a "
            "note") {
    running_plant mill{each_kind(),
                       weight_zero(store::zero_weight_policy::archive)};
    mill.plc_reports({finished(slot_of(1, mo, more))});
    mill.tick(task_kind::process_completed);
    CHECK_FALSE(mill.pushes.back().mark_done);
    CHECK_FALSE(mill.pushes.back().weight);
    CHECK(mill.pushes.back().consumption == more);
    mill.odoo_accepts(false);
    CHECK_FALSE(mill.in_queue(mo));
    CHECK(mill.history_of(mo).notes
          == "The PLC reported weight 0: consumption booked, order not marked "
             "done in Odoo.");
    CHECK(mill.alerts() == names{std::string("zero_weight ") + mo});
    // Odoo lists it still.
    CHECK(mill.rows->open_in_odoo("PLC01") == names{mo});
  }

  TEST_CASE("weight 0 with figures that Odoo holds already: the same "
            "note and alert") {
    running_plant mill{each_kind(),
                       weight_zero(store::zero_weight_policy::archive)};
    mill.odoo_accepts(false);
    mill.plc_reports({finished(slot_of(1, mo, some))});
    mill.tick(task_kind::process_completed);
    CHECK_FALSE(mill.in_queue(mo));
    CHECK(mill.pushes.size() == 1);
    CHECK_FALSE(mill.history_of(mo).notes.empty());
    CHECK(mill.alerts() == names{std::string("zero_weight ") + mo});
    CHECK(mill.rows->open_in_odoo("PLC01") == names{mo});
  }

  TEST_CASE("weight 0 is held when the policy says so") {
    running_plant mill{each_kind(),
                       weight_zero(store::zero_weight_policy::hold)};
    mill.odoo_accepts(false);
    mill.plc_reports({finished(slot_of(1, mo, more))});
    mill.tick(task_kind::process_completed);
    CHECK(mill.pushes.size() == 1);
    CHECK(mill.row(mo).held.kind == "zero_weight");
    CHECK(mill.ended.back().outcome == task_outcome::failed);
    CHECK(mill.alerts() == names{std::string("batch_held ") + mo});
  }

  TEST_CASE("retry pushes now and answers with what Odoo said") {
    running_plant mill{each_kind()};
    mill.finish();
    mill.tick(task_kind::process_completed);
    mill.odoo_refuses(events::odoo_error::rejected, "locked");
    mill.store->on_retry_push({mo, "", "eve"}, {"asker", "1"});
    CHECK(mill.pushes.size() == 3); // although it is not due yet
    CHECK(mill.replies.empty());
    mill.odoo_refuses(events::odoo_error::rejected, "still locked");
    REQUIRE(mill.replies.size() == 1);
    CHECK_FALSE(mill.replies[0].second.ok);
    CHECK(mill.replies[0].second.message
          == "WH/MO/00011: rejected: still locked");
    mill.store->on_retry_push({mo, "it must go", "eve"}, {"asker", "2"});
    mill.odoo_accepts(true);
    REQUIRE(mill.replies.size() == 2);
    CHECK(mill.replies[1].second.ok);
    const auto told = mill.told_of("batch.decided");
    REQUIRE(told.size() == 2);
    CHECK(told[1].data["action"] == "retry_push");
    CHECK(told[1].data["user"] == "eve");
    CHECK(told[1].data["notes"] == "it must go");
    mill.store->on_retry_push({mo, "", "eve"}, {"asker", "3"});
    mill.store->on_retry_push({"WH/MO/1", "", "eve"}, {"asker", "4"});
    mill.store->on_retry_push({"WH/MO/00012", "", "eve"}, {"asker", "5"});
    REQUIRE(mill.replies.size() == 5);
    CHECK(mill.replies[2].second.message == "WH/MO/00011 is archived already");
    CHECK(mill.replies[3].second.message == "WH/MO/1 is not in the queue");
    CHECK(mill.replies[4].second.message
          == "WH/MO/00012 is written: there is nothing to push");
  }

  TEST_CASE("retry is answered also when Odoo never is") {
    running_plant mill{each_kind()};
    mill.finish();
    mill.store->on_retry_push({mo, "", "eve"}, {"asker", "1"});
    mill.pass(60s);
    REQUIRE(mill.replies.size() == 1);
    CHECK_FALSE(mill.replies[0].second.ok);
  }
}
