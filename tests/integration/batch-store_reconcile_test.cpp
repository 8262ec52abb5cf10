// A restored backup, a cleared PLC, orders changed by people: is nothing given
// to the PLC twice, is nothing booked over newer figures, and does somebody
// learn why a batch waits?

#include "tests/integration/support/running_plant.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::test;
using namespace std::chrono_literals;
using events::odoo_error;
using events::task_kind;
using names = std::vector<std::string>;

namespace {

/// Staged rows that another process left behind.
struct old_queue : store_plant {
  explicit old_queue(const names& orders) : store_plant(each_kind()) {
    stage(orders);
    restart();
    writes.clear();
  }
  /// The PLC has none of them, Odoo says so.
  void reconcile(const std::vector<events::checked_order>& others = {}) {
    pass(50ms);
    plc_looks(false);
    odoo_checks(others);
  }
  names written() const {
    names all;
    for (const auto& one : writes.back().batches)
      all.push_back(one.mo_id);
    return writes.back().only_look ? names{"only a look"} : all;
  }
};

events::checked_order consumed(const std::string& mo_id, const char* silo_a) {
  auto told = checked(mo_id);
  told.consumed = amounts({{"silo_a", silo_a}});
  return told;
}

} // namespace

TEST_SUITE("reconcile before writing") {
  TEST_CASE("old staged rows: first a look, then Odoo, then the PLC") {
    old_queue mill({"WH/MO/1", "WH/MO/2"});
    const auto old_stage = mill.row("WH/MO/1").stage;
    mill.pass(50ms);
    REQUIRE(mill.writes.size() == 1);
    CHECK(mill.writes[0].only_look);
    CHECK(mill.writes[0].batches.size() == 2);
    CHECK(mill.checks.empty());
    mill.plc_looks(false);
    REQUIRE(mill.checks.size() == 1);
    CHECK(mill.checks[0].mo_ids == names{"WH/MO/1", "WH/MO/2"});
    CHECK(mill.writes.size() == 1);
    mill.odoo_checks();
    CHECK(mill.written() == names{"WH/MO/1", "WH/MO/2"});
    // plc-gateway may have seen a later queue than the restored one.
    CHECK(mill.writes.back().stage > old_stage);
    CHECK(mill.row("WH/MO/1").stage == mill.writes.back().stage);
    mill.plc_takes_queue();
    CHECK(mill.state_of("WH/MO/2") == "written");
    CHECK(mill.alerts().empty());
  }

  TEST_CASE("killed between write and plc.written: Odoo need not be there") {
    old_queue mill({"WH/MO/1"});
    mill.pass(50ms);
    mill.plc_looks(true);
    CHECK(mill.state_of("WH/MO/1") == "written");
    CHECK(mill.writes.size() == 1);
  }

  TEST_CASE("a new queue is written without a question") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/1"});
    REQUIRE(mill.writes.size() == 1);
    CHECK_FALSE(mill.writes[0].only_look);
    mill.pass(50ms);
    CHECK(mill.checks.empty());
  }

  TEST_CASE("lost questions go out again after five seconds") {
    old_queue mill({"WH/MO/1"});
    mill.pass(50ms);
    mill.pass(4'900ms);
    CHECK(mill.writes.size() == 1);
    mill.pass(100ms);
    CHECK(mill.writes.size() == 2);
    mill.plc_looks(false);
    mill.pass(4'900ms);
    CHECK(mill.checks.size() == 1);
    mill.pass(100ms);
    REQUIRE(mill.checks.size() == 2);
    CHECK(mill.checks[0].check_id == mill.checks[1].check_id);
    mill.odoo_checks();
    CHECK(mill.written() == names{"WH/MO/1"});
  }

  TEST_CASE("Odoo away: nothing is written") {
    old_queue mill({"WH/MO/1"});
    mill.pass(50ms);
    mill.plc_looks(false);
    for (int i = 0; i < 10; ++i) {
      mill.deliver(events::odoo_check_failed{
        "PLC01", mill.checks.back().check_id, odoo_error::unreachable, "no"});
      mill.tick(task_kind::plc_read);
      mill.pass(5s);
    }
    CHECK(mill.writes.size() == 1);
    CHECK(mill.checks.size() > 5);
    mill.odoo_checks();
    CHECK(mill.written() == names{"WH/MO/1"});
  }

  TEST_CASE("what Odoo has closed is held, the others go on") {
    old_queue mill({"WH/MO/1", "WH/MO/2", "WH/MO/3", "WH/MO/4", "WH/MO/5"});
    mill.reconcile({checked("WH/MO/1", "done"), checked("WH/MO/2", "cancel"),
                    checked("WH/MO/3", ""), consumed("WH/MO/4", "12.5")});
    CHECK(mill.written() == names{"WH/MO/5"});
    CHECK(mill.row("WH/MO/1").held.kind == "odoo_done");
    CHECK(mill.row("WH/MO/2").held.kind == "odoo_cancelled");
    CHECK(mill.row("WH/MO/3").held.kind == "odoo_unknown");
    CHECK(mill.row("WH/MO/4").held.kind == "odoo_ahead");
    CHECK(mill.row("WH/MO/4").held.reason
          == "Odoo holds 12.500 kg as consumed although the batch is not "
             "produced yet here (was an older backup restored?)");
    CHECK(mill.alerts()
          == names{"batch_held WH/MO/1", "batch_held WH/MO/2",
                   "batch_held WH/MO/3", "batch_held WH/MO/4"});
    // The queue as a unit: what is held does not count as given.
    mill.plc_reports({slot_of(5, "WH/MO/5", {})});
    CHECK(mill.state_of("WH/MO/1") == "staged");
    CHECK(mill.state_of("WH/MO/5") == "running");
  }

  TEST_CASE("an order put right in Odoo goes on by itself") {
    old_queue mill({"WH/MO/1"});
    mill.reconcile({checked("WH/MO/1", "cancel")});
    CHECK(mill.row("WH/MO/1").held.kind == "odoo_cancelled");
    mill.tick(task_kind::health);
    REQUIRE(mill.checks.size() == 2);
    mill.odoo_checks();
    CHECK_FALSE(mill.row("WH/MO/1").held);
    mill.plc_looks(false);
    CHECK(mill.written() == names{"WH/MO/1"});
    CHECK(mill.alerts().empty());
  }

  TEST_CASE("a changed quantity is produced as Odoo orders it now") {
    old_queue mill({"WH/MO/1", "WH/MO/2"});
    auto other = checked("WH/MO/2");
    other.as_listed->quantity = kg("50");
    other.as_listed->components[0].to_consume = kg("10");
    mill.reconcile({other});
    REQUIRE(mill.written() == names{"WH/MO/1", "WH/MO/2"});
    CHECK(mill.writes.back().batches[1].quantity == kg("50"));
    CHECK(mill.writes.back().batches[1].consumption
          == amounts({{"silo_a", "10"}, {"lq_tetes", "40"}}));
    CHECK(mill.row("WH/MO/2").ordered == kg("50"));
  }

  TEST_CASE("cancelled in Odoo while the queue waits for the PLC") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/1", "WH/MO/2"});
    mill.deliver(events::plc_write_deferred{"PLC01", mill.writes.back().stage,
                                            "PLC has not read"});
    mill.tick(task_kind::health);
    REQUIRE(mill.checks.size() == 1);
    mill.odoo_checks({checked("WH/MO/1", "cancel")});
    CHECK(mill.row("WH/MO/1").held.kind == "odoo_cancelled");
    mill.pass(5s);
    mill.tick(task_kind::plc_read);
    REQUIRE(mill.writes.back().batches.size() == 1);
    CHECK(mill.writes.back().batches[0].mo_id == "WH/MO/2");
  }

  TEST_CASE("orders in doubt in the PLC are held, the others are written") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/1", "WH/MO/2"});
    mill.deliver(events::plc_write_failed{
      "PLC01",
      mill.writes.back().stage,
      "WH/MO/2 is to go into slot 2 but stands in READ slot 4",
      true,
      {"WH/MO/2"}});
    CHECK(mill.row("WH/MO/2").held.kind == "in_doubt");
    REQUIRE(mill.writes.size() == 2);
    REQUIRE(mill.writes[1].batches.size() == 1);
    CHECK(mill.writes[1].batches[0].mo_id == "WH/MO/1");
    CHECK(mill.alerts() == names{"batch_held WH/MO/2"});
    SUBCASE("the PLC reports it in our slot after all") {
    }
    SUBCASE("a person has looked and wants it produced") {
      CHECK(mill.decide(events::decision::reset_and_write, "WH/MO/2").ok);
      mill.pass(5s);
      CHECK(mill.writes.back().again == names{"WH/MO/2"});
    }
    mill.plc_reports({slot_of(2, "WH/MO/2", amounts({{"silo_a", "3"}}))});
    CHECK(mill.state_of("WH/MO/2") == "running");
    CHECK_FALSE(mill.row("WH/MO/2").held);
  }
}

TEST_SUITE("reconcile with the PLC") {
  TEST_CASE("a running batch whose slot is empty is held until it is back") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/1", "WH/MO/2"});
    mill.plc_takes_queue();
    mill.plc_reports({slot_of(1, "WH/MO/1", amounts({{"silo_a", "3"}}))});
    mill.plc_reports({slot_of(1, "", {})});
    CHECK(mill.row("WH/MO/1").held.kind == "vanished");
    CHECK(mill.row("WH/MO/1").held.reason
          == "the PLC was producing it in slot 1, but the slot is empty now "
             "(was the PLC's memory cleared?)");
    CHECK(mill.alerts() == names{"batch_held WH/MO/1"});
    mill.plc_reports({slot_of(1, "WH/MO/1", amounts({{"silo_a", "4"}}))});
    CHECK_FALSE(mill.row("WH/MO/1").held);
    CHECK(mill.alerts().empty());
  }

  TEST_CASE("and so is one whose slot reports another order") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/1"});
    mill.plc_takes_queue();
    mill.plc_reports({slot_of(1, "WH/MO/1", amounts({{"silo_a", "3"}}))});
    mill.plc_reports({slot_of(1, "WH/MO/9", amounts({{"silo_a", "1"}}))});
    CHECK(mill.row("WH/MO/1").held.kind == "vanished");
    CHECK(mill.row("WH/MO/1").actual == amounts({{"silo_a", "3"}}));
  }

  TEST_CASE("written batches that the PLC lost are held, never written anew") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/1", "WH/MO/2"});
    mill.plc_takes_queue();
    mill.tick(task_kind::plc_read);
    mill.read_answers.back()(error{"unreachable"});
    mill.tick(task_kind::plc_read);
    mill.read_answers.back()(events::command_result{true, "read", {}});
    mill.tick(task_kind::plc_read);
    REQUIRE(mill.writes.size() == 2);
    CHECK(mill.writes[1].only_look);
    mill.plc_looks(false, {"WH/MO/1", "WH/MO/2"});
    CHECK(mill.row("WH/MO/1").held.kind == "lost_in_plc");
    CHECK(mill.row("WH/MO/2").held.kind == "lost_in_plc");
    mill.pass(1min);
    mill.tick(task_kind::sync_mo);
    CHECK(mill.writes.size() == 2);
    // Each needs a person's word, and then it is not "only if lost" any more:
    // the memory may hold the others by now.
    CHECK(mill.decide(events::decision::reset_and_write, "WH/MO/1").ok);
    CHECK(mill.row("WH/MO/2").held.kind == "lost_in_plc");
    REQUIRE(mill.writes.size() == 3);
    CHECK_FALSE(mill.writes[2].only_look);
    CHECK_FALSE(mill.writes[2].only_if_lost.value_or(false));
    REQUIRE(mill.writes[2].batches.size() == 1);
    CHECK(mill.writes[2].batches[0].mo_id == "WH/MO/1");
  }

  TEST_CASE("a queue just written is not looked for") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/1"});
    mill.plc_takes_queue();
    mill.pass(1s);
    mill.tick(task_kind::plc_read);
    CHECK(mill.writes.size() == 1);
  }

  TEST_CASE("figures in Odoo of what was only written here: held until the PLC "
            "reports it") {
    old_queue mill({"WH/MO/1", "WH/MO/2"});
    mill.pass(50ms);
    mill.plc_looks(true);
    REQUIRE(mill.checks.size() == 1);
    mill.odoo_checks({consumed("WH/MO/1", "12.5")});
    CHECK(mill.row("WH/MO/1").held.kind == "odoo_ahead");
    CHECK(mill.alerts() == names{"batch_held WH/MO/1"});
    CHECK_FALSE(mill.row("WH/MO/2").held);
    mill.plc_reports({slot_of(1, "WH/MO/1", amounts({{"silo_a", "13"}}))});
    CHECK(mill.state_of("WH/MO/1") == "running");
    CHECK(mill.alerts().empty());
  }

  TEST_CASE("a name that fills the PLC's field is not enough to acknowledge") {
    const std::string known = "JBG/MO/AB_cdef0002", cut = "JBG/MO/AB_cdef00";
    const auto dosed = amounts({{"silo_a", "60"}});
    store_plant mill{each_kind()};
    mill.stage({known});
    mill.plc_takes_queue();
    mill.plc_reports({finished(slot_of(1, cut, dosed, "100"))});
    mill.deliver(events::plc_acknowledged{"PLC01", 1, known, {}});
    mill.tick(task_kind::process_completed);
    mill.odoo_accepts(true);
    REQUIRE(mill.history_of(known).status == "completed");
    mill.acknowledges.clear();
    SUBCASE("the same slot and figures: its flag was lost") {
      mill.plc_reports({finished(slot_of(1, cut, dosed, "100"))});
      REQUIRE(mill.acknowledges.size() == 1);
      CHECK(mill.acknowledges[0].mo_id == known);
      CHECK(mill.alerts().empty());
    }
    SUBCASE("another slot") {
      mill.plc_reports({finished(slot_of(3, cut, dosed, "100"))});
      CHECK(mill.acknowledges.empty());
      CHECK(mill.alerts() == names{"unknown_order " + cut});
    }
    SUBCASE("other figures") {
      mill.plc_reports({finished(slot_of(1, cut, dosed, "99"))});
      CHECK(mill.acknowledges.empty());
      CHECK(mill.alerts() == names{"unknown_order " + cut});
    }
  }

  TEST_CASE("what the PLC runs from before a restore is not staged, also when "
            "its name may be another's") {
    const std::string past = "JBG/MO/AB_cdef0002", lost = "JBG/MO/AB_cdef0005";
    store_plant mill{each_kind()};
    mill.stage({past});
    mill.plc_takes_queue();
    mill.plc_reports(
      {finished(slot_of(1, past, amounts({{"silo_a", "60"}}), "100"))});
    mill.deliver(events::plc_acknowledged{"PLC01", 1, past, {}});
    mill.tick(task_kind::process_completed);
    mill.odoo_accepts(true);
    REQUIRE(mill.queue().empty());
    auto running = slot_of(3, lost, amounts({{"silo_a", "1"}}));
    running.quantity = kg("100");
    SUBCASE("it is its quantity") {
      mill.plc_reports({running});
      CHECK(mill.alerts().empty()); // as yet: it could be an old report
      mill.stage({lost, "WH/MO/7"});
      CHECK(mill.queue() == names{"WH/MO/7"});
      CHECK(mill.alerts() == names{"unknown_order JBG/MO/AB_cdef00"});
    }
    SUBCASE("its slot is left alone, until a person has settled it") {
      mill.plc_reports({running, slot_of(1, "WH/MO/5", {})});
      mill.stage({lost, "WH/MO/7", "WH/MO/8"});
      CHECK(mill.row("WH/MO/7").batch_no == 2);
      CHECK(mill.row("WH/MO/8").batch_no == 4);
      mill.plc_reports({finished(running)});
      CHECK(
        mill.alerts()
        == names{"unknown_order WH/MO/5", "unknown_order JBG/MO/AB_cdef00"});
      mill.plc_reports({acknowledged(finished(running))});
      CHECK(mill.alerts() == names{"unknown_order WH/MO/5"});
    }
    SUBCASE("another quantity") {
      running.quantity = kg("90");
      mill.plc_reports({running});
      mill.stage({lost, "WH/MO/7"});
      CHECK(mill.queue() == names{"WH/MO/7", lost});
    }
    SUBCASE("finished, acknowledged, gone") {
      mill.plc_reports({running});
      mill.plc_reports({acknowledged(finished(running))});
      mill.stage({lost, "WH/MO/7"});
      CHECK(mill.queue() == names{"WH/MO/7", lost});
      CHECK(mill.alerts().empty());
    }
  }

  // The look of plc-gateway's write was before, or its answer comes after, a
  // report of one of them that the PLC has from before a restore.
  TEST_CASE("one batch that the PLC runs does not prove that it has the "
            "others") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/1", "WH/MO/2"});
    mill.plc_reports({slot_of(1, "WH/MO/1", amounts({{"silo_a", "3"}}))});
    REQUIRE(mill.state_of("WH/MO/2") == "written");
    events::plc_write_failed answer{"PLC01",
                                    mill.writes.back().stage,
                                    "the PLC reports WH/MO/1 (slot 1) but not "
                                    "WH/MO/2 (slot 2)",
                                    true,
                                    {"WH/MO/1", "WH/MO/2"}};
    SUBCASE("of an earlier queue") {
      --answer.stage;
      mill.deliver(answer);
      CHECK_FALSE(mill.row("WH/MO/2").held);
    }
    SUBCASE("of this queue") {
      mill.deliver(answer);
      CHECK(mill.row("WH/MO/2").held.kind == "in_doubt");
      CHECK(mill.alerts() == names{"batch_held WH/MO/2"});
      mill.plc_reports({slot_of(2, "WH/MO/2", amounts({{"silo_a", "3"}}))});
      CHECK(mill.alerts().empty());
    }
    CHECK_FALSE(mill.row("WH/MO/1").held);
    CHECK(mill.state_of("WH/MO/1") == "running");
  }

  TEST_CASE("figures that only the PLC knows are told while Odoo waits") {
    store_plant mill{each_kind()};
    mill.tick(task_kind::health);
    REQUIRE(mill.reads.size() == 1);
    CHECK(mill.reads[0].full);
    const auto shown = events::plc_read{
      "PLC01",
      "2026-11-22T09:00:10.000Z",
      true,
      {acknowledged(finished(slot_of(4, "WH/MO/9", {}, "100.25")))}};
    mill.deliver(shown);
    mill.tick(task_kind::health);
    REQUIRE(mill.checks.size() == 1);
    CHECK(mill.checks[0].mo_ids == names{"WH/MO/9"});
    auto order = checked("WH/MO/9");
    order.state = "progress";
    SUBCASE("Odoo has it all") {
      order.state = "done";
      mill.odoo_checks({order});
      CHECK(mill.alerts().empty());
    }
    SUBCASE("Odoo waits for it, until a person books it") {
      mill.odoo_checks({order});
      CHECK(mill.alerts() == names{"unbooked_order WH/MO/9"});
      mill.tick(task_kind::health);
      REQUIRE(mill.checks.size() == 2);
      order.state = "done";
      mill.odoo_checks({order});
      CHECK(mill.alerts().empty());
    }
    // Seen once, settled: a full picture comes every few minutes.
    const auto asked = mill.checks.size();
    mill.deliver(shown);
    mill.tick(task_kind::health);
    CHECK(mill.checks.size() == asked);
    CHECK(mill.reads.size() == 1);
  }

  TEST_CASE("an order that the PLC runs and nobody knows is told, not staged") {
    store_plant mill{each_kind()};
    mill.plc_reports({slot_of(4, "WH/MO/9", amounts({{"silo_a", "1"}}))});
    CHECK(mill.alerts() == names{"unknown_order WH/MO/9"});
    mill.stage({"WH/MO/9", "WH/MO/10"});
    CHECK(mill.fetches.back().exclude == names{"WH/MO/9"});
    CHECK(mill.queue() == names{"WH/MO/10"});
    mill.deliver(
      events::plc_read{"PLC01",
                       "2026-11-22T09:00:10.000Z",
                       true,
                       {acknowledged(finished(slot_of(4, "WH/MO/9", {})))}});
    CHECK(mill.alerts().empty());
  }
}

TEST_SUITE("reconcile with Odoo") {
  TEST_CASE("the first push after the start looks first, later ones do not") {
    running_plant mill{each_kind()};
    CHECK_FALSE(mill.pushes.back().look_first);
    mill.restart();
    mill.tick(task_kind::plc_read);
    CHECK(mill.pushes.back().look_first);
    mill.odoo_accepts(false);
    mill.plc_reports({slot_of(1, "WH/MO/00011", amounts({{"silo_a", "61"}}))});
    CHECK_FALSE(mill.pushes.back().look_first);
  }

  TEST_CASE("Odoo ahead: held, and looked at again with new figures") {
    running_plant mill{each_kind()};
    mill.restart();
    mill.tick(task_kind::plc_read);
    mill.odoo_refuses(odoo_error::ahead, "it holds silo_a 55 instead of 20");
    CHECK(mill.row("WH/MO/00011").held.kind == "odoo_ahead");
    const auto before = mill.pushes.size();
    mill.pass(1min);
    mill.tick(task_kind::plc_read);
    mill.tick(task_kind::health);
    CHECK(mill.pushes.size() == before);
    mill.plc_reports({slot_of(1, "WH/MO/00011", amounts({{"silo_a", "56"}}))});
    REQUIRE(mill.pushes.size() == before + 1);
    CHECK(mill.pushes.back().look_first);
    mill.odoo_accepts(false);
    CHECK_FALSE(mill.row("WH/MO/00011").held);
    CHECK(mill.alerts().empty());
  }

  TEST_CASE("a person who retries decides that ours is right") {
    running_plant mill{each_kind()};
    mill.restart();
    mill.tick(task_kind::plc_read);
    mill.odoo_refuses(odoo_error::ahead, "it holds silo_a 55 instead of 20");
    mill.store->on_retry_push({"WH/MO/00011", "", "eve"}, {"here", "1"});
    CHECK_FALSE(mill.pushes.back().look_first);
    mill.odoo_accepts(false);
    CHECK(mill.replies.back().second.ok);
    CHECK_FALSE(mill.row("WH/MO/00011").held);
  }

  TEST_CASE("what can never succeed is held instead of repeated") {
    auto error_class = odoo_error::closed;
    std::string kind = "odoo_done";
    SUBCASE("closed") {
    }
    SUBCASE("cancelled") {
      error_class = odoo_error::cancelled;
      kind = "odoo_cancelled";
    }
    SUBCASE("deleted") {
      error_class = odoo_error::not_found;
      kind = "odoo_unknown";
    }
    running_plant mill{store::database_kind::sqlite};
    mill.odoo_refuses(error_class, "no");
    CHECK(mill.row("WH/MO/00011").held.kind == kind);
    CHECK(mill.alerts() == names{"batch_held WH/MO/00011"});
    const auto before = mill.pushes.size();
    mill.pass(5s);
    mill.tick(task_kind::plc_read);
    CHECK(mill.pushes.size() == before);
    // A person puts it right in Odoo: task 4 finds out.
    mill.tick(task_kind::health);
    REQUIRE(mill.pushes.size() == before + 1);
    mill.odoo_accepts(false);
    CHECK_FALSE(mill.row("WH/MO/00011").held);
    CHECK(mill.alerts().empty());
  }

  TEST_CASE("a cancel that Odoo refuses for good is told at once") {
    running_plant mill{each_kind()};
    mill.plc_reports({failed(slot_of(1, mo, more))});
    mill.tick(task_kind::process_completed);
    REQUIRE(mill.cancels.size() == 1);
    mill.deliver(events::odoo_push_failed{"PLC01",
                                          mill.cancels[0].batch_id,
                                          mo,
                                          {},
                                          events::odoo_operation::cancel,
                                          odoo_error::closed,
                                          "order is done in Odoo"});
    const auto told = mill.rows->find_alert("PLC01", "push_failing", mo);
    REQUIRE(told);
    CHECK(told->severity == "critical");
  }

  TEST_CASE("an order closed in Odoo while it is written or running is held") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/1", "WH/MO/2"});
    mill.plc_takes_queue();
    mill.tick(task_kind::health);
    mill.plc_looks(false);
    mill.odoo_checks({checked("WH/MO/1", "cancel")});
    CHECK(mill.row("WH/MO/1").held.kind == "odoo_cancelled");
    CHECK_FALSE(mill.row("WH/MO/2").held);
  }

  TEST_CASE("an order known here that Odoo lists as begun raises no alert") {
    running_plant mill{each_kind()};
    mill.finish_all();
    mill.tick(task_kind::process_completed);
    mill.odoo_accepts(true);
    mill.pushes.pop_back();
    mill.odoo_accepts(true);
    REQUIRE(mill.queue().empty());
    mill.tick(task_kind::sync_mo);
    events::mo_fetched answer{"PLC01", mill.fetches.back().fetch_id, {}, {}};
    answer.rejected = {{mo, "consumed: Odoo holds 3 kg"},
                       {"WH/MO/9", "consumed: Odoo holds 3 kg"}};
    mill.deliver(answer);
    CHECK(mill.alerts() == names{"order_rejected WH/MO/9"});
  }
}
