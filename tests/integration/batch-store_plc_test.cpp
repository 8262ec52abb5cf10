// Do the PLC's figures get into the row: all of them, in time, and nothing
// else?

#include "tests/integration/support/running_plant.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::test;
using namespace std::chrono_literals;
using events::task_kind;
using events::task_outcome;
using names = std::vector<std::string>;

TEST_SUITE("plc read") {
  TEST_CASE("a change is stored, told and pushed at once") {
    running_plant mill{each_kind()};
    const auto row = mill.row(mo);
    CHECK(row.state == batch_state::running);
    CHECK(row.actual == some);
    CHECK(row.revision == 1);
    CHECK(row.last_read == "2026-11-22T09:00:00.000Z");
    REQUIRE(mill.pushes.size() == 1);
    CHECK(mill.pushes[0].batch_id == row.id);
    CHECK(mill.pushes[0].revision == 1);
    CHECK(mill.pushes[0].consumption == some);
    CHECK_FALSE(mill.pushes[0].mark_done);
    CHECK_FALSE(mill.pushes[0].weight);
    const auto updated = mill.told_of("batch.updated");
    REQUIRE(updated.size() == 1);
    CHECK(updated[0].data.at("mo_id") == mo);
    CHECK(updated[0].data.at("revision") == 1);
    CHECK(updated[0].data.at("state") == "running");
    CHECK(updated[0].data.at("consumption_kg").at("silo_a") == 30.5);
  }

  TEST_CASE("the same report again is no change") {
    running_plant mill{each_kind()};
    mill.plc_reports({slot_of(1, mo, some)});
    CHECK(mill.row(mo).revision == 1);
    CHECK(mill.pushes.size() == 1);
    CHECK(mill.told_of("batch.updated").size() == 1);
  }

  TEST_CASE("a report that the bus brings again after a newer one "
            "changes nothing") {
    running_plant mill{each_kind()};
    const auto old = mill.message(events::plc_read{
      "PLC01", "2026-11-22T09:00:00Z", false, {slot_of(1, mo, some)}});
    mill.deliver_again(old);
    mill.plc_reports({slot_of(1, mo, more)});
    mill.deliver_again(old);
    CHECK(mill.row(mo).actual == more);
    CHECK(mill.row(mo).revision == 2);
  }

  TEST_CASE("a finished row is never overwritten") {
    running_plant mill{each_kind()};
    mill.finish();
    const auto told = mill.published.size();
    for (const auto& report : {slot_of(1, mo, some), failed(slot_of(1, mo, {})),
                               finished(slot_of(1, mo, some, "999"))})
      mill.plc_reports({report});
    const auto row = mill.row(mo);
    CHECK(row.actual == more);
    CHECK(row.weight == kg("100.25"));
    CHECK(row.state == batch_state::completed);
    CHECK(row.status_manufacturing);
    CHECK_FALSE(row.status_operation);
    CHECK(row.revision == 2);
    CHECK(mill.published.size() == told);
  }

  TEST_CASE("a slot with another name or number is left alone") {
    running_plant mill{each_kind()};
    mill.plc_reports({slot_of(1, "WH/MO/99999", more), slot_of(3, mo, more),
                      slot_of(2, "", more)});
    CHECK(mill.row(mo).actual == some);
    CHECK(mill.row("WH/MO/00012").actual == dosing_amounts{});
    CHECK(mill.acknowledges.empty());
  }

  TEST_CASE("a name over 16 characters is matched by its cut") {
    store_plant mill{each_kind()};
    mill.stage({"WH/MO/90003-001-extra"});
    mill.plc_reports({slot_of(1, "WH/MO/90003-001-extra", some)});
    CHECK(mill.row("WH/MO/90003-001-extra").actual == some);
  }

  TEST_CASE("an implausible value holds the batch until a plausible "
            "one comes") {
    running_plant mill{each_kind()};
    auto odd = finished(slot_of(1, mo, more, "100.25"));
    odd.problem
      = events::slot_problem{"consumption of 101", "is above 5000", {9, 1}};
    mill.plc_reports({odd});
    CHECK(mill.row(mo).actual == some);
    CHECK(mill.state_of(mo) == "running");
    CHECK(mill.alerts() == names{std::string("batch_held ") + mo});
    CHECK(mill.acknowledges.empty());
    mill.tick(task_kind::process_completed);
    CHECK(mill.pushes.size() == 1);
    mill.finish();
    CHECK(mill.state_of(mo) == "completed");
    CHECK(mill.alerts().empty());
    CHECK(mill.acknowledges.size() == 1);
  }

  TEST_CASE("a batch that is released and held anew keeps its alert") {
    running_plant mill{each_kind()};
    auto odd = slot_of(1, mo, some);
    odd.problem = events::slot_problem{"weight", "is above", {1, 2}};
    mill.plc_reports({odd});
    mill.plc_reports({finished(slot_of(1, mo, {}, "100"))});
    CHECK(mill.row(mo).held.kind == "nothing_consumed");
    CHECK(mill.alerts() == names{std::string("batch_held ") + mo});
  }

  TEST_CASE("the PLC is read only with active batches, everything "
            "after a start and after a read that failed") {
    store_plant mill{each_kind()};
    mill.tick(task_kind::plc_read);
    CHECK(mill.reads.empty());
    CHECK(mill.ended.back().outcome == task_outcome::skipped);
    mill.stage({mo});
    const auto cycle = [&](bool ok) {
      mill.tick(task_kind::plc_read);
      mill.read_answers.back()(events::command_result{ok, "read", {}});
      return mill.reads.back().full;
    };
    CHECK(cycle(false));
    CHECK(mill.ended.back().outcome == task_outcome::failed);
    CHECK(cycle(true));
    CHECK(mill.ended.back().outcome == task_outcome::done);
    CHECK_FALSE(cycle(true));
    mill.store->distrust_baselines();
    CHECK(cycle(true));
    mill.restart();
    CHECK(cycle(true));
    CHECK_FALSE(cycle(true));
    // The broker was away: a report that it had taken may be lost.
    mill.gateway_online("plc-gateway");
    CHECK(cycle(true));
  }

  TEST_CASE("a read that is never answered does not end the reading") {
    store_plant mill{each_kind()};
    mill.stage({mo});
    mill.tick(task_kind::plc_read);
    mill.tick(task_kind::plc_read);
    CHECK(mill.reads.size() == 1);
    mill.pass(60s);
    CHECK(mill.ended.back().outcome == task_outcome::failed);
    mill.tick(task_kind::plc_read);
    CHECK(mill.reads.size() == 2);
  }
}

TEST_SUITE("acknowledge") {
  TEST_CASE("a finished slot is acknowledged when its row is stored, "
            "and again until the PLC has it") {
    running_plant mill{each_kind()};
    CHECK(mill.acknowledges.empty());
    mill.finish();
    REQUIRE(mill.acknowledges.size() == 1);
    CHECK(mill.acknowledges[0].slot == 1);
    CHECK(mill.acknowledges[0].mo_id == mo);
    CHECK(mill.state_of(mo) == "completed");
    mill.restart();
    mill.tick(task_kind::plc_read);
    CHECK(mill.acknowledges.size() == 2);
    mill.deliver(events::plc_acknowledged{"PLC01", 1, mo,
                                          events::acknowledge_outcome::set});
    mill.tick(task_kind::plc_read);
    CHECK(mill.acknowledges.size() == 2);
  }

  TEST_CASE("nothing is acknowledged that could not be stored") {
    running_plant mill{each_kind()};
    mill.data.sql().execute("alter table outbox rename to outbox_away");
    CHECK_THROWS_AS(mill.finish(), store::storage_error);
    CHECK(mill.acknowledges.empty());
    mill.data.sql().execute("alter table outbox_away rename to outbox");
    CHECK(mill.state_of(mo) == "running");
    CHECK(mill.pending().empty());
    mill.finish();
    CHECK(mill.acknowledges.size() == 1);
  }

  TEST_CASE("an answer about another order forgets nothing") {
    running_plant mill{each_kind()};
    mill.finish();
    mill.deliver(events::plc_acknowledged{
      "PLC01", 1, "WH/MO/00001", events::acknowledge_outcome::slot_changed});
    mill.deliver(events::plc_acknowledged{"PLC02", 1, mo,
                                          events::acknowledge_outcome::set});
    CHECK(mill.pending().size() == 1);
  }

  TEST_CASE("a slot that the PLC shows acknowledged is forgotten") {
    running_plant mill{each_kind()};
    mill.finish();
    CHECK(mill.pending().size() == 1);
    mill.plc_reports({acknowledged(finished(slot_of(1, mo, more, "100.25")))});
    CHECK(mill.pending().empty());
  }

  TEST_CASE("what a slot shows of a lookalike that is through is not the new "
            "order's") {
    // The PLC does not report the ordered quantity, which would tell them
    // apart.
    const std::string fresh = "JBG/MO/AB_cdef0003", cut = "JBG/MO/AB_cdef00";
    const auto shown = finished(slot_of(1, cut, more, "100"));
    store_plant mill{each_kind()};
    mill.stage({fresh});
    mill.plc_takes_queue();
    mill.plc_reports({acknowledged(shown)});
    CHECK(mill.state_of(fresh) == "written");
    CHECK(mill.row(fresh).revision == 0);
    CHECK_FALSE(mill.row(fresh).status_manufacturing);
    // Its own is not acknowledged yet.
    mill.plc_reports({shown});
    CHECK(mill.row(fresh).status_manufacturing);
    REQUIRE(mill.acknowledges.size() == 1);
    CHECK(mill.acknowledges[0].mo_id == fresh);
  }

  TEST_CASE("an archived order whose flag is still 0 gets it, by its "
            "cut name too") {
    const std::string name = "WH/MO/90003-00015";
    store_plant mill{each_kind()};
    mill.stage({name});
    mill.plc_reports({finished(slot_of(1, name, more, "100"))});
    mill.tick(task_kind::process_completed);
    mill.odoo_accepts(true);
    CHECK_FALSE(mill.in_queue(name));
    mill.deliver(events::plc_acknowledged{"PLC01", 1, name,
                                          events::acknowledge_outcome::set});
    // The PLC lost it.
    mill.plc_reports({finished(slot_of(1, name, more, "100"))});
    REQUIRE(mill.acknowledges.size() == 2);
    CHECK(mill.acknowledges[1].mo_id == name);
    CHECK(mill.acknowledges[1].slot == 1);
    // With an empty queue too it is said again until it holds.
    mill.tick(task_kind::plc_read);
    CHECK(mill.acknowledges.size() == 3);
    CHECK(mill.reads.size() == 1);
  }
}

TEST_SUITE("health") {
  TEST_CASE("a batch without progress raises an alert until it moves") {
    running_plant mill{each_kind()};
    mill.tick(task_kind::health);
    CHECK(mill.alerts().empty());
    mill.pass(15min + 1s);
    mill.tick(task_kind::health);
    CHECK(
      mill.alerts()
      == names{std::string("batch_stuck ") + mo, "batch_stuck WH/MO/00012"});
    mill.plc_reports({slot_of(1, mo, more)});
    mill.tick(task_kind::health);
    CHECK(mill.alerts() == names{"batch_stuck WH/MO/00012"});
  }
}
