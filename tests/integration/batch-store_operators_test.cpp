// What operators decide, while commands and reports are on their way.

#include "tests/integration/support/running_plant.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::test;
using events::decision;
using events::task_kind;

namespace {

events::command_result withdrawn(const std::string& data) {
  return {true, "withdrawn", {data}};
}

std::string json_list(const std::vector<std::string>& names) {
  return nlohmann::json(names).dump();
}

std::vector<std::string> actions(store_plant& mill, const std::string& id) {
  std::vector<std::string> all;
  for (const auto& one : mill.rows->audit_of(id))
    all.push_back(one.action + " by " + one.user);
  return all;
}

using texts = std::vector<std::string>;

} // namespace

TEST_SUITE("an operator cancels a batch") {
  TEST_CASE("Odoo hears of it before it is archived") {
    running_plant mill{each_kind()};
    SUBCASE("once") {
    }
    SUBCASE("each message twice") {
      mill.twice = true;
    }
    const auto id = mill.row(mo).id;
    CHECK(mill.decide(decision::cancel, mo, "silo empty").message
          == "none yet");
    CHECK(mill.state_of(mo) == "cancelled");
    REQUIRE(mill.cancels.size() == 1);
    mill.deliver(events::odoo_cancelled{"PLC01", id, mo});
    CHECK(mill.replies.front().second.ok);
    const auto past = mill.history_of(mo);
    CHECK(past.status == "cancelled");
    CHECK(past.notes == "cancelled by ann: silo empty");
    CHECK(actions(mill, id) == texts{"cancel by ann"});
    CHECK(mill.told_of("batch.decided").size() == 1);
    CHECK_FALSE(mill.decide(decision::cancel, mo).ok);
  }

  TEST_CASE("Odoo away: cancelled here, told when it is back") {
    running_plant mill{each_kind()};
    mill.decide(decision::cancel, mo);
    mill.pass(std::chrono::seconds{5});
    REQUIRE(mill.replies.size() == 1);
    CHECK(mill.replies[0].second.ok);
    CHECK(mill.replies[0].second.message.find("as soon as it can be reached")
          != std::string::npos);
    CHECK(mill.state_of(mo) == "cancelled");
    mill.restart();
    mill.tick(task_kind::process_completed);
    REQUIRE(mill.cancels.size() == 2);
    mill.deliver(events::odoo_cancelled{"PLC01", mill.cancels[1].batch_id, mo});
    CHECK(mill.history_of(mo).status == "cancelled");
  }

  TEST_CASE("Odoo refuses: it stays, with its reason, until it is set aside") {
    running_plant mill{each_kind()};
    const auto id = mill.row(mo).id;
    mill.decide(decision::cancel, mo);
    mill.deliver(events::odoo_push_failed{"PLC01",
                                          id,
                                          mo,
                                          {},
                                          events::odoo_operation::cancel,
                                          events::odoo_error::rejected,
                                          "order is done in Odoo"});
    CHECK_FALSE(mill.replies[0].second.ok);
    CHECK(mill.state_of(mo) == "cancelled");
    CHECK(mill.alerts() == texts{"push_failing " + std::string(mo)});
    CHECK(mill.decide(decision::set_aside, mo).ok);
    CHECK(mill.history_of(mo).status == "failed");
    CHECK(mill.history_of(mo).booking_open);
  }

  TEST_CASE("Odoo had closed the order before: it is booked, not cancelled") {
    running_plant mill{each_kind()};
    const auto id = mill.row(mo).id;
    mill.finish();
    mill.tick(task_kind::process_completed);
    mill.decide(decision::cancel, mo);
    mill.deliver(events::odoo_push_failed{"PLC01",
                                          id,
                                          mo,
                                          {},
                                          events::odoo_operation::cancel,
                                          events::odoo_error::closed,
                                          "order is done in Odoo"});
    CHECK_FALSE(mill.replies[0].second.ok);
    CHECK(mill.state_of(mo) == "completed");
    CHECK(mill.alerts().empty());
    const auto before = mill.pushes.size();
    mill.tick(task_kind::process_completed);
    REQUIRE(mill.pushes.size() == before + 1);
    CHECK(mill.pushes.back().mark_done);
    mill.odoo_accepts(true);
    CHECK(mill.history_of(mo).status == "completed");
    CHECK(actions(mill, id) == texts{"cancel by ann", "cancel by millrace"});
  }

  TEST_CASE("after it was produced: its figures stay open until solved") {
    running_plant mill{each_kind()};
    mill.finish();
    const auto id = mill.row(mo).id;
    mill.decide(decision::cancel, mo);
    CHECK(mill.alerts() == texts{"produced_unwanted " + std::string(mo)});
    mill.deliver(events::odoo_cancelled{"PLC01", id, mo});
    CHECK(mill.history_of(mo).booking_open);
    CHECK(mill.decide(decision::mark_solved, mo).ok);
    CHECK(mill.alerts().empty());
  }

  TEST_CASE("a push's late answer undoes nothing") {
    running_plant mill{each_kind()};
    mill.finish();
    mill.tick(task_kind::process_completed);
    mill.decide(decision::cancel, mo);
    REQUIRE(mill.cancels.size() == 1);
    mill.odoo_refuses(events::odoo_error::time_out, "no answer");
    mill.odoo_accepts(true);
    CHECK(mill.state_of(mo) == "cancelled");
    CHECK(mill.replies.empty());
    CHECK(mill.row(mo).push.attempts == 0);
    mill.deliver(events::odoo_cancelled{"PLC01", mill.cancels[0].batch_id, mo});
    CHECK(mill.history_of(mo).status == "cancelled");
  }

  TEST_CASE("the PLC produces it all the same: figures, alert, acknowledge") {
    const auto kind = each_kind();
    for (const bool archived_first : {false, true}) {
      CAPTURE(archived_first);
      running_plant mill{kind};
      const auto id = mill.row(mo).id;
      mill.decide(decision::cancel, mo);
      if (!archived_first)
        mill.finish();
      mill.deliver(events::odoo_cancelled{"PLC01", id, mo});
      if (archived_first)
        mill.finish();
      const auto past = mill.history_of(mo);
      CHECK(past.status == "cancelled");
      CHECK(past.booking_open);
      CHECK(past.row.weight == kg("100.25"));
      REQUIRE(mill.acknowledges.size() == 1);
      CHECK(mill.acknowledges[0].mo_id == mo);
      CHECK(mill.alerts() == texts{"produced_unwanted " + std::string(mo)});
      CHECK(mill.decide(decision::mark_solved, mo).ok);
      CHECK(mill.decide(decision::mark_solved, mo).ok);
      CHECK(mill.alerts().empty());
      CHECK_FALSE(mill.history_of(mo).booking_open);
    }
  }
}

TEST_SUITE("an operator's command comes again") {
  TEST_CASE("one that was carried out says and does nothing more") {
    running_plant mill{each_kind()};
    const auto wish = mill.message(
      events::batch_decide{{}, {}, 1, decision::cancel, "silo empty", "ann"});
    mill.store->on_decide(wish, {"here", "1"});
    mill.settle();
    mill.deliver(events::odoo_cancelled{"PLC01", mill.cancels[0].batch_id, mo});
    const auto answers = mill.replies.size();
    // Slot 1 is another queue's by now.
    mill.plc_reports({finished(slot_of(2, "WH/MO/00012", more, "100"))});
    mill.tick(task_kind::process_completed);
    mill.odoo_accepts(true);
    mill.stage({"WH/MO/00013"});
    mill.store->on_decide(wish, {"here", "1"});
    mill.settle();
    CHECK(mill.state_of("WH/MO/00013") == "staged");
    CHECK(mill.replies.size() == answers);
  }

  TEST_CASE("one that nobody waits for any more changes nothing") {
    running_plant mill{each_kind()};
    const auto wish = mill.message(
      events::batch_decide{{}, {}, 1, decision::cancel, "silo empty", "ann"});
    const auto clear
      = mill.message(events::queue_clear{"PLC01", false, "new day", "ann"});
    mill.pass(std::chrono::seconds{21});
    mill.store->on_decide(wish, {"here", "1"});
    CHECK(mill.state_of(mo) == "running");
    CHECK(mill.replies.back().second.message.find("too late")
          != std::string::npos);
    mill.pass(std::chrono::seconds{25});
    mill.store->on_queue_clear(clear, {"here", "2"});
    mill.settle();
    CHECK(mill.in_queue(mo));
    CHECK_FALSE(mill.replies.back().second.ok);
  }
}

TEST_SUITE("an operator acknowledges an alert") {
  TEST_CASE("once, and it stands until its trouble is over") {
    store_plant mill{each_kind()};
    auto time = *parse_utc("2026-11-22T09:00:00Z");
    store::outbox unread{*mill.rows,
                         [](const auto&...) { return store::outbox_row{}; },
                         [](const auto&) {
                           return true;
                         }};
    store::alert_book book{*mill.rows, unread, [&] {
                             return time;
                           }};
    book.raise({"PLC01", "odd", mo, events::severity::warning, "odd", "look"});
    const auto id = mill.rows->alerts().at(0).alert_id;
    const auto acknowledge = [&](const std::string& which, const char* user) {
      mill.store->on_acknowledge(
        mill.message(events::alert_acknowledge{which, "on my way", user}),
        {"here", "1"});
      return mill.replies.back().second;
    };
    CHECK(acknowledge(id, "ann").ok);
    const auto one = mill.rows->alerts().at(0);
    CHECK(one.acknowledged_by == "ann");
    CHECK(one.acknowledge_notes == "on my way");
    CHECK_FALSE(one.acknowledged_at.empty());
    CHECK(acknowledge(id, "bob").ok);
    CHECK(mill.rows->alerts().at(0).acknowledged_by == "ann");
    CHECK(actions(mill, "") == texts{"acknowledge by ann"});
    CHECK(acknowledge("none", "ann").data.text == R"({"not_found":true})");
    book.clear("PLC01", "odd", mo);
    time += std::chrono::seconds{1};
    book.raise({"PLC01", "odd", mo, events::severity::warning, "odd", "look"});
    CHECK(mill.rows->alerts().at(0).alert_id != id);
    CHECK(mill.rows->alerts().at(0).acknowledged_at.empty());
  }
}

TEST_SUITE("an operator resets a batch") {
  TEST_CASE("its figures are read once more") {
    running_plant mill{each_kind()};
    mill.twice = true;
    mill.finish();
    // The PLC may reuse the slot at any moment: what was given up now could be
    // gone for good.
    CHECK(mill.decide(decision::reset, mo).message.find("in a moment")
          != std::string::npos);
    CHECK(mill.state_of(mo) == "completed");
    mill.deliver(events::plc_acknowledged{"PLC01", 1, mo, {}});
    CHECK(mill.decide(decision::reset, mo).ok);
    CHECK(mill.state_of(mo) == "running");
    CHECK(mill.reads.back().full);
    mill.plc_reports({acknowledged(finished(slot_of(1, mo, some, "99")))});
    CHECK(mill.state_of(mo) == "completed");
    CHECK(mill.row(mo).weight == kg("99"));
    mill.tick(task_kind::process_completed);
    CHECK(mill.pushes.back().weight == kg("99"));
    mill.odoo_accepts(true);
    CHECK(mill.history_of(mo).status == "completed");
    CHECK(actions(mill, mill.history_of(mo).row.id) == texts{"reset by ann"});
  }

  TEST_CASE("a written queue goes to the PLC again only if that lost it") {
    store_plant mill{each_kind()};
    mill.stage({mo, "WH/MO/00012"});
    mill.plc_takes_queue();
    const auto stage = mill.row(mo).stage;
    CHECK(mill.decide(decision::reset_and_write, mo).ok);
    CHECK(mill.decide(decision::reset_and_write, mo).ok);
    CHECK(mill.writes.back().only_if_lost == true);
    CHECK(mill.writes.back().stage > stage);
    CHECK(mill.writes.back().batches.size() == 2);
    mill.plc_takes_queue();
    CHECK(mill.state_of(mo) == "written");
    CHECK(mill.row(mo).batch_no == 1);
  }

  TEST_CASE("what the PLC reported is produced again elsewhere") {
    running_plant mill{each_kind()};
    mill.finish();
    const auto old_revision = mill.row(mo).revision;
    CHECK(mill.decide(decision::reset_and_write, mo).ok);
    CHECK(mill.state_of(mo) == "staged");
    CHECK(mill.row(mo).batch_no == 3);
    REQUIRE(mill.writes.back().batches.size() == 1);
    CHECK(mill.writes.back().batches[0].slot == 3);
    CHECK_FALSE(mill.writes.back().only_if_lost.value_or(false));
    // The second click, and what is late about the earlier run.
    CHECK(mill.decide(decision::reset_and_write, mo).ok);
    mill.finish();
    mill.deliver(events::odoo_pushed{
      "PLC01", mill.row(mo).id, mo, old_revision, false, {}});
    mill.deliver(events::plc_written{
      "PLC01", mill.row("WH/MO/00012").stage, {{1, mo}}, false, 14});
    CHECK(mill.state_of(mo) == "staged");
    CHECK(mill.row(mo).batch_no == 3);
    CHECK(mill.row(mo).revision == old_revision + 1);
    CHECK_FALSE(mill.row(mo).update_odoo());
    mill.restart();
    mill.plc_takes_queue();
    mill.plc_reports({finished(slot_of(3, mo, some, "98"))});
    CHECK(
      mill.decide(decision::reset_and_write, mo).message.find("a minute later")
      != std::string::npos);
    mill.tick(task_kind::process_completed);
    CHECK(mill.pushes.back().weight == kg("98"));
    CHECK(mill.pushes.back().consumption == some);
    mill.odoo_accepts(true);
    CHECK(mill.history_of(mo).row.weight == kg("98"));
    CHECK(actions(mill, mill.history_of(mo).row.id)
          == texts{"reset_and_write by ann"});
  }
}

TEST_SUITE("an operator sets a batch aside") {
  TEST_CASE("and its booking is retried") {
    running_plant mill{each_kind()};
    mill.finish();
    CHECK_FALSE(mill.decide(decision::set_aside, mo).ok);
    mill.tick(task_kind::process_completed);
    mill.odoo_refuses(events::odoo_error::rejected, "locked");
    CHECK(mill.decide(decision::set_aside, mo, "ask Odoo").ok);
    CHECK(mill.decide(decision::set_aside, mo).ok);
    CHECK_FALSE(mill.in_queue(mo));
    auto past = mill.history_of(mo);
    CHECK(past.status == "failed");
    CHECK(mill.alerts() == texts{"booking_open " + std::string(mo)});
    const auto open = mill.ask({events::store_view::failed_to_push, {}, {}});
    REQUIRE(open.at("total") == 1);
    CHECK(open.at("batches")[0].at("reason") == "rejected: locked");

    mill.store->on_retry_push({mo, "", "eve"}, {"here", "1"});
    mill.settle();
    mill.odoo_refuses(events::odoo_error::rejected, "still locked");
    CHECK_FALSE(mill.replies.back().second.ok);
    CHECK(mill.history_of(mo).booking_open);
    mill.store->on_retry_push({mo, "", "eve"}, {"here", "1"});
    mill.settle();
    mill.odoo_accepts(true);
    CHECK(mill.replies.back().second.ok);
    past = mill.history_of(mo);
    CHECK(past.status == "completed");
    CHECK_FALSE(past.booking_open);
    CHECK(mill.alerts().empty());
  }

  TEST_CASE("the next orders come, it does not") {
    running_plant mill{each_kind()};
    mill.plc_reports({finished(slot_of(1, mo, {}, "100"))});
    mill.plc_reports({finished(slot_of(2, "WH/MO/00012", {}, "100"))});
    CHECK(mill.decide(decision::set_aside, mo).ok);
    CHECK(mill.decide(decision::set_aside, "WH/MO/00012").ok);
    mill.stage({mo, "WH/MO/00012", "WH/MO/00013"});
    CHECK(mill.queue() == texts{"WH/MO/00013"});
  }
}

TEST_SUITE("an operator accepts a value") {
  TEST_CASE("and the batch goes on with it") {
    running_plant mill{each_kind()};
    auto odd = finished(slot_of(1, mo, more, "6060"));
    odd.problem = events::slot_problem{"weight", "is above", {9, 16352}, true};
    mill.plc_reports({odd});
    CHECK(mill.alerts() == texts{"batch_held " + std::string(mo)});
    CHECK(mill.row(mo).held.advice.find("accept-value") != std::string::npos);
    CHECK(mill.decide(decision::accept, mo).ok);
    CHECK(mill.decide(decision::accept, mo).ok);
    CHECK(mill.acknowledges.empty());
    mill.restart();
    mill.plc_reports({odd});
    CHECK(mill.state_of(mo) == "completed");
    CHECK(mill.row(mo).weight == kg("6060"));
    CHECK(mill.acknowledges.size() == 1);
  }
}

TEST_SUITE("an operator clears the queue") {
  TEST_CASE("what the PLC has not got comes again") {
    store_plant mill{each_kind()};
    SUBCASE("once") {
    }
    SUBCASE("each message twice") {
      mill.twice = true;
    }
    mill.stage({mo, "WH/MO/00012"});
    mill.clear(false);
    REQUIRE(mill.withdraws.size() == 1);
    CHECK_FALSE(mill.withdraws[0].empty);
    CHECK(mill.queue().size() == 2);
    // Nothing goes out meanwhile.
    const auto writes = mill.writes.size();
    mill.pass(std::chrono::seconds{10});
    mill.tick(task_kind::plc_read);
    CHECK(mill.writes.size() == writes);
    mill.plc_withdraws(
      withdrawn(R"({"not_taken":[],"absent":)" + json_list({mo}) + "}"));
    CHECK(mill.queue().empty());
    CHECK(mill.replies.back().second.ok);
    CHECK(mill.history_of(mo).status == "cleared");
    mill.stage({mo, "WH/MO/00012"});
    CHECK(mill.queue() == texts{mo});
  }

  TEST_CASE("PLC unreachable: cleared, and nothing comes again by itself") {
    store_plant mill{each_kind()};
    mill.stage({mo});
    mill.clear(false);
    mill.plc_withdraws(events::command_result{
      false, "PLC does not answer", {R"({"begun":false})"}});
    CHECK(mill.queue().empty());
    mill.stage({mo});
    CHECK(mill.queue().empty());
    // Until a person says so.
    CHECK(mill.decide(decision::reset_and_write, mo).ok);
    mill.stage({mo});
    CHECK(mill.queue() == texts{mo});
  }

  TEST_CASE("what the PLC had begun keeps its booking open") {
    running_plant mill{each_kind()};
    mill.clear(false);
    CHECK(mill.queue().empty());
    CHECK(mill.withdraws.empty());
    CHECK(mill.history_of(mo).booking_open);
    CHECK_FALSE(mill.history_of("WH/MO/00012").booking_open);
    mill.finish_all();
    CHECK(mill.history_of(mo).row.weight == kg("100.25"));
    CHECK(mill.history_of("WH/MO/00012").booking_open);
    CHECK(mill.acknowledges.size() == 2);
    mill.stage({mo, "WH/MO/00012"});
    CHECK(mill.queue().empty());
  }

  TEST_CASE("a push that succeeds after all closes the booking") {
    running_plant mill{each_kind()};
    mill.finish();
    mill.tick(task_kind::process_completed);
    mill.clear(false);
    CHECK(mill.history_of(mo).booking_open);
    mill.odoo_accepts(true);
    CHECK_FALSE(mill.history_of(mo).booking_open);
    CHECK(mill.history_of(mo).status == "completed");
  }
}

TEST_SUITE("an operator resets task 1") {
  TEST_CASE("the queue is taken back and comes again") {
    store_plant mill{each_kind()};
    mill.stage({mo, "WH/MO/00012"});
    mill.plc_takes_queue();
    mill.clear(true);
    CHECK(mill.withdraws[0].empty);
    CHECK(mill.withdraws[0].batches.size() == 2);
    // Killed before the answer: gone on with by itself.
    mill.restart();
    mill.tick(task_kind::plc_read);
    REQUIRE(mill.withdraws.size() == 2);
    mill.plc_withdraws(
      withdrawn(R"({"not_taken":)" + json_list({mo, "WH/MO/00012"}) + "}"));
    CHECK(mill.queue().empty());
    mill.stage({mo, "WH/MO/00012"});
    CHECK(mill.queue() == texts{mo, "WH/MO/00012"});
    CHECK(mill.writes.back().stage > mill.withdraws.back().stage);
  }

  TEST_CASE("PLC unreachable: an error, nothing changed") {
    store_plant mill{each_kind()};
    mill.stage({mo});
    mill.plc_takes_queue();
    mill.clear(true);
    mill.plc_withdraws(events::command_result{
      false, "PLC does not answer", {R"({"begun":false})"}});
    CHECK_FALSE(mill.replies.back().second.ok);
    CHECK(mill.state_of(mo) == "written");
    mill.tick(task_kind::plc_read);
    CHECK(mill.withdraws.size() == 1);
  }

  TEST_CASE("what failed may be asked for twice: the queue is written all the "
            "same") {
    store_plant mill{each_kind()};
    mill.stage({mo});
    mill.clear(true);
    const auto asked = mill.withdraws.back().stage;
    mill.plc_withdraws(events::command_result{
      false, "PLC does not answer", {R"({"begun":false})"}});
    mill.pass(std::chrono::seconds{6});
    REQUIRE(mill.state_of(mo) == "staged");
    REQUIRE_FALSE(mill.writes.empty());
    CHECK(mill.writes.back().stage > asked);
  }

  TEST_CASE("half done: gone on with until it is through") {
    store_plant mill{each_kind()};
    mill.stage({mo});
    mill.plc_takes_queue();
    mill.clear(true);
    mill.plc_withdraws(
      events::command_result{false, "no answer", {R"({"begun":true})"}});
    CHECK_FALSE(mill.replies.back().second.ok);
    mill.tick(task_kind::plc_read);
    REQUIRE(mill.withdraws.size() == 2);
    mill.plc_withdraws(withdrawn(R"({"not_taken":[]})"));
    CHECK(mill.queue().empty());
    mill.stage({mo});
    CHECK(mill.queue().empty());
  }
}
