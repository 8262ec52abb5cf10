#include "services/batch-store/operator_decisions.hpp"
#include "tests/unit/batch-store/rows.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::store;
using namespace millrace::store::test;

namespace {

constexpr batch_state states[] = {
  batch_state::staged,    batch_state::written,  batch_state::running,
  batch_state::completed, batch_state::pushed,   batch_state::failed,
  batch_state::cancelled, batch_state::archived,
};

/// A row as it is in that state, held and refused where it can be.
batch in_state(batch_state state) {
  auto row = row_in(state);
  row.given_before = state != batch_state::staged;
  row.status_manufacturing
    = state == batch_state::completed || state == batch_state::pushed;
  row.status_operation = state == batch_state::failed;
  if (is_reported(row)) {
    row.actual = amounts({{0, "60"}});
    row.revision = 4;
    row.pushed_revision = 3;
  }
  return row;
}

/// State after, "refused" or "same".
template <class Rule>
std::string after(batch_state state, Rule rule) {
  auto row = in_state(state);
  const ruling said = rule(row);
  if (!said.ok)
    return "refused";
  return said.changed ? std::string(name_of(row.state)) : "same";
}

} // namespace

TEST_SUITE("operators' decisions") {
  TEST_CASE("lead where this table says") {
    // clang-format off
    //                              reset      restore   produce again cancel
    const std::string table[8][4] = {
      /* staged    */ {"same",     "same",    "staged",   "cancelled"},
      /* written   */ {"same",     "staged",  "staged",   "cancelled"},
      /* running   */ {"running",  "staged",  "staged",   "cancelled"},
      /* completed */ {"running",  "staged",  "staged",   "cancelled"},
      /* pushed    */ {"refused",  "refused", "refused",  "refused"},
      /* failed    */ {"running",  "staged",  "staged",   "cancelled"},
      /* cancelled */ {"refused",  "refused", "refused",  "same"},
      /* archived  */ {"refused",  "refused", "refused",  "refused"},
    };
    // clang-format on
    for (std::size_t i = 0; i < 8; ++i) {
      CAPTURE(name_of(states[i]));
      CHECK(after(states[i], rule_reset) == table[i][0]);
      CHECK(after(states[i], [](batch& row) { return rule_restore(row, 8); })
            == table[i][1]);
      CHECK(after(states[i],
                  [](batch& row) { return rule_produce_again(row, 5, 8); })
            == table[i][2]);
      CHECK(after(states[i],
                  [](batch& row) { return rule_cancel(row, "ann", "why"); })
            == table[i][3]);
    }
  }

  TEST_CASE("twice is the same as once") {
    for (const auto state : states) {
      CAPTURE(name_of(state));
      auto row = in_state(state);
      row.held = {"implausible", "why", "what", "2026-11-22T09:00:00.000Z"};
      (void)rule_reset(row);
      CHECK_FALSE(rule_reset(row).changed);
      CHECK_FALSE(rule_accept(row).changed);
      (void)rule_restore(row, 8);
      CHECK_FALSE(rule_restore(row, 9).changed);
      (void)rule_cancel(row, "ann", "");
      CHECK_FALSE(rule_cancel(row, "ann", "").changed);
    }
  }

  TEST_CASE("reset keeps the figures and takes also what is acknowledged") {
    auto row = in_state(batch_state::completed);
    row.mo_id = "WH/MO/90003-00001";
    row.weight = kg("60");
    row.finished_at = "2026-11-22T09:00:00.000Z";
    CHECK(rule_reset(row).changed);
    CHECK(row.actual[0] == kg("60"));
    CHECK(row.weight == kg("60"));
    CHECK(row.finished_at.empty());
    CHECK_FALSE(row.status_manufacturing);
    auto report = finished(report_of(amounts({{0, "61"}}), "61"));
    report.acknowledged = true;
    CHECK_FALSE(may_be_of_lookalike(row, report, true));
    CHECK(apply_report(row, report, "2026-11-22T10:00:00.000Z", {}).completed);
    CHECK(row.actual[0] == kg("61"));
    CHECK(row.revision == 5);
    CHECK_FALSE(row.update_odoo());
    CHECK_FALSE(row.read_again);
  }

  TEST_CASE("produced again: another slot, another revision, nothing dosed") {
    auto row = in_state(batch_state::failed);
    row.accepted = true;
    CHECK(rule_produce_again(row, 7, 9).ok);
    CHECK(row.batch_no == 7);
    CHECK(row.stage == 9);
    CHECK(row.earlier_slots == "3");
    CHECK(row.revision == 5);
    CHECK(total(row.actual).milli() == 0);
    CHECK_FALSE(row.status_operation);
    CHECK_FALSE(row.given_before);
    CHECK_FALSE(row.accepted);
    row.state = batch_state::running;
    CHECK(rule_produce_again(row, 1, 10).ok);
    CHECK(row.earlier_slots == "3,7");
    CHECK(ran_earlier_in(row, 3));
    CHECK(ran_earlier_in(row, 7));
    CHECK_FALSE(ran_earlier_in(row, 1));
  }

  TEST_CASE("no slot is used in which anything stands") {
    auto row = in_state(batch_state::completed);
    row.earlier_slots = "2,10";
    auto other = row;
    other.batch_no = 1;
    CHECK(slot_to_produce_again(row, {row, other}, {4, 5}) == 6);
    CHECK(slot_to_produce_again(row, {row, other}, {4, 5, 6, 7, 8, 9}) == 0);
    auto same = row;
    CHECK_FALSE(rule_produce_again(row, 0, 0).ok);
    CHECK(row.batch_no == same.batch_no);
    CHECK(row.revision == same.revision);
  }

  TEST_CASE("accepting is only for implausible amounts") {
    auto row = in_state(batch_state::running);
    CHECK_FALSE(rule_accept(row).ok);
    apply_report(row, implausible(1), "2026-11-22T10:00:00.000Z", {});
    CHECK(row.held);
    CHECK(rule_accept(row).changed);
    CHECK_FALSE(row.held);
    auto report = finished(report_of(amounts({{0, "6060"}}), "6060"));
    report.problem = implausible(1).problem;
    CHECK(apply_report(row, report, "2026-11-22T10:00:01.000Z", {}).completed);
    CHECK(row.actual[0] == kg("6060"));

    auto broken = in_state(batch_state::running);
    broken.accepted = true;
    report.problem->implausible = false;
    CHECK(
      apply_report(broken, report, "2026-11-22T10:00:01.000Z", {}).now_held);
    CHECK(broken.held.kind == "invalid");
    CHECK_FALSE(rule_accept(broken).ok);
  }

  TEST_CASE("only what waits for a person is set aside") {
    auto row = in_state(batch_state::completed);
    CHECK_FALSE(rule_set_aside(row, false).ok);
    CHECK(rule_set_aside(row, true).ok);
    row.push = {1, "unreachable", "no route", "", ""};
    CHECK(rule_set_aside(row, false).ok);
    auto running = in_state(batch_state::running);
    running.push = row.push;
    CHECK_FALSE(rule_set_aside(running, false).ok);
    running.push.error_class = "rejected";
    CHECK(rule_set_aside(running, false).ok);
    running.push = {};
    running.held = {"invalid", "why", "what", ""};
    CHECK(rule_set_aside(running, false).ok);
    CHECK(rule_set_aside(in_state(batch_state::cancelled), false).ok);
  }

  TEST_CASE("a cleared batch comes again only when the PLC has not got it") {
    const auto cleared = [](batch_state state, bool untouched) {
      const auto how = rule_clear(in_state(state), untouched);
      return std::string(how.may_come_again ? "again" : "never")
             + (how.booking_open ? ", open" : "");
    };
    CHECK(cleared(batch_state::staged, true) == "again");
    CHECK(cleared(batch_state::staged, false) == "never");
    CHECK(cleared(batch_state::written, true) == "again");
    CHECK(cleared(batch_state::written, false) == "never");
    CHECK(cleared(batch_state::running, true) == "never, open");
    CHECK(cleared(batch_state::completed, true) == "never, open");
    CHECK(cleared(batch_state::failed, true) == "never, open");
    CHECK(cleared(batch_state::cancelled, true) == "never, open");
    auto again = in_state(batch_state::staged);
    again.earlier_slots = "2";
    CHECK_FALSE(rule_clear(again, true).may_come_again);
    CHECK(rule_clear(again, true).booking_open);
  }
}
