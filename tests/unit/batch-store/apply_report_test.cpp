#include "tests/unit/batch-store/rows.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::store;
using namespace millrace::store::test;

namespace {

constexpr const char* early = "2026-11-22T09:00:00.000Z";
constexpr const char* later = "2026-11-22T09:05:00.000Z";
constexpr const char* latest = "2026-11-22T09:10:00.000Z";

const auto some = amounts({{0, "825"}, {13, "12.5"}});
const auto more = amounts({{0, "830"}, {13, "12.5"}});

batch completed_row() {
  auto row = row_in(batch_state::running);
  apply_report(row, finished(report_of(some, "837.5")), early, {});
  return row;
}

} // namespace

TEST_SUITE("apply report") {
  TEST_CASE("the first report of a written batch makes it run") {
    auto row = row_in(batch_state::written);
    const auto effect = apply_report(row, report_of({}, "0"), early, {});
    CHECK(row.state == batch_state::running);
    CHECK(effect.changed);
    CHECK_FALSE(effect.values_changed);
    CHECK(row.revision == 0);
    CHECK(row.last_change == early);
    CHECK_FALSE(row.update_odoo());
  }

  TEST_CASE("each change of figures is a new revision, a repeat is none") {
    auto row = row_in(batch_state::running);
    CHECK(apply_report(row, report_of(some, "0"), early, {}).values_changed);
    CHECK(row.revision == 1);
    const auto repeat = apply_report(row, report_of(some, "0"), later, {});
    CHECK_FALSE(repeat.changed);
    CHECK(row.revision == 1);
    CHECK(row.last_read == later);
    CHECK(row.last_change == early);
    apply_report(row, report_of(more, "0"), latest, {});
    CHECK(row.revision == 2);
    // The weight alone is a change, too.
    apply_report(row, report_of(more, "0.01"), latest, {});
    CHECK(row.revision == 3);
    CHECK(row.actual == more);
    CHECK(row.weight == kg("0.01"));
  }

  TEST_CASE("a change sets update_odoo false again") {
    auto row = row_in(batch_state::running);
    apply_report(row, report_of(some, "0"), early, {});
    apply_pushed(row, 1, false);
    CHECK(row.update_odoo());
    apply_report(row, report_of(more, "0"), later, {});
    CHECK_FALSE(row.update_odoo());
    CHECK(row.pushed_revision == 1);
  }

  TEST_CASE("status_manufacturing 1 completes the batch from any state") {
    for (const auto state :
         {batch_state::staged, batch_state::written, batch_state::running}) {
      CAPTURE(name_of(state));
      auto row = row_in(state);
      const auto effect
        = apply_report(row, finished(report_of(some, "837.5")), early, {});
      CHECK(row.state == batch_state::completed);
      CHECK(row.status_manufacturing);
      CHECK_FALSE(row.status_operation);
      CHECK(row.finished_at == early);
      CHECK(row.revision == 1);
      CHECK(effect.completed);
      CHECK_FALSE(row.held);
    }
  }

  TEST_CASE("a batch that finishes with figures known before is told again") {
    auto row = row_in(batch_state::running);
    apply_report(row, report_of(some, "837.5"), early, {});
    const auto effect
      = apply_report(row, finished(report_of(some, "837.5")), later, {});
    CHECK(effect.completed);
    CHECK_FALSE(effect.values_changed);
    CHECK(row.revision == 1);
  }

  TEST_CASE("figures of a finished batch are never overwritten") {
    const auto before = completed_row();
    for (const auto& report :
         {report_of(more, "837.5"), finished(report_of(some, "900")),
          failed(report_of({}, "0")), finished(report_of({}, "0"))}) {
      auto row = before;
      const auto effect = apply_report(row, report, later, {});
      CHECK(effect.ignored_final);
      CHECK_FALSE(effect.changed);
      CHECK(row.actual == some);
      CHECK(row.weight == kg("837.5"));
      CHECK(row.state == batch_state::completed);
      CHECK(row.status_manufacturing);
      CHECK_FALSE(row.status_operation);
      CHECK(row.revision == before.revision);
      CHECK(row.last_read == early);
    }
  }

  TEST_CASE("the same final figures once more are no conflict") {
    auto row = completed_row();
    const auto effect
      = apply_report(row, finished(report_of(some, "837.5")), later, {});
    CHECK_FALSE(effect.ignored_final);
    CHECK_FALSE(effect.changed);
  }

  TEST_CASE("an implausible value after the end changes nothing") {
    auto row = completed_row();
    const auto effect = apply_report(row, implausible(1), later, {});
    CHECK_FALSE(effect.changed);
    CHECK_FALSE(effect.ignored_final);
    CHECK_FALSE(row.held);
  }

  TEST_CASE("failed, cancelled, pushed and archived rows take no report") {
    for (const auto state : {batch_state::failed, batch_state::cancelled,
                             batch_state::pushed, batch_state::archived}) {
      CAPTURE(name_of(state));
      auto row = row_in(state);
      const auto effect
        = apply_report(row, finished(report_of(some, "837.5")), early, {});
      CHECK_FALSE(effect.changed);
      CHECK(row.state == state);
      CHECK(row.revision == 0);
      CHECK(row.actual == dosing_amounts{});
    }
  }

  TEST_CASE("status_operation 1 fails the batch and keeps what was dosed") {
    auto row = row_in(batch_state::running);
    const auto effect
      = apply_report(row, failed(report_of(some, "0")), early, {});
    CHECK(effect.failed);
    CHECK_FALSE(effect.completed);
    CHECK(row.state == batch_state::failed);
    CHECK(row.status_operation);
    CHECK_FALSE(row.status_manufacturing);
    CHECK(row.actual == some);
    CHECK(row.finished_at.empty());
  }

  TEST_CASE("failed and finished at once is failed") {
    auto row = row_in(batch_state::running);
    const auto effect
      = apply_report(row, finished(failed(report_of(some, "5"))), early, {});
    CHECK(effect.failed);
    CHECK(row.state == batch_state::failed);
    CHECK_FALSE(row.status_manufacturing);
  }

  TEST_CASE("an implausible value holds the batch and changes no figure") {
    auto row = row_in(batch_state::running);
    apply_report(row, report_of(some, "0"), early, {});
    const auto effect = apply_report(row, implausible(16352), later, {});
    CHECK(effect.changed);
    CHECK(effect.now_held);
    CHECK(row.held.kind == "implausible");
    CHECK(row.held.reason
          == "the PLC reports consumption of 101: 6060 kg is above 5000 kg "
             "(words 9 16352)");
    CHECK(row.held.since == later);
    CHECK(row.actual == some);
    CHECK(row.revision == 1);
    CHECK(row.state == batch_state::running);
  }

  TEST_CASE("the same implausible value again is no news, another one is") {
    auto row = row_in(batch_state::running);
    apply_report(row, implausible(16352), early, {});
    CHECK_FALSE(apply_report(row, implausible(16352), later, {}).changed);
    CHECK(row.held.since == early);
    CHECK(apply_report(row, implausible(16353), later, {}).changed);
    CHECK(row.held.since == later);
  }

  TEST_CASE("a plausible value releases the hold") {
    auto row = row_in(batch_state::running);
    apply_report(row, implausible(16352), early, {});
    const auto effect = apply_report(row, report_of(some, "0"), later, {});
    CHECK(effect.released);
    CHECK_FALSE(row.held);
    CHECK(row.actual == some);
    CHECK(row.revision == 1);
  }

  TEST_CASE("a staged batch that the PLC reports implausibly is in the PLC") {
    // Else it would be written again and produced twice.
    auto row = row_in(batch_state::staged);
    apply_report(row, implausible(16352), early, {});
    CHECK(row.state == batch_state::written);
    CHECK(row.held.kind == "implausible");
  }

  TEST_CASE("finished with nothing consumed waits for a person") {
    auto row = row_in(batch_state::running);
    const auto effect
      = apply_report(row, finished(report_of({}, "500")), early, {});
    CHECK(effect.completed);
    CHECK(effect.now_held);
    CHECK(row.held.kind == "nothing_consumed");
    CHECK(row.state == batch_state::completed);
    CHECK(row.revision == 1);
  }

  TEST_CASE("weight 0 is held only when the policy says so") {
    for (const auto policy :
         {zero_weight_policy::archive, zero_weight_policy::hold}) {
      rules plant;
      plant.zero_weight = policy;
      auto row = row_in(batch_state::running);
      const auto effect
        = apply_report(row, finished(report_of(some, "0")), early, plant);
      const bool hold = policy == zero_weight_policy::hold;
      CHECK(effect.completed);
      CHECK(effect.now_held == hold);
      CHECK(row.held.kind == (hold ? "zero_weight" : ""));
    }
  }

  TEST_CASE("a weight above the expected one and its margin is used, with a "
            "warning") {
    auto row = row_in(batch_state::running);
    CHECK(
      apply_report(row, report_of(some, "1050"), early, {}).warnings.empty());
    const auto effect
      = apply_report(row, report_of(some, "1050.01"), later, {});
    REQUIRE(effect.warnings.size() == 1);
    CHECK(effect.warnings[0]
          == "weight 1050.010 kg is above the expected 1000.000 kg plus "
             "50.000 kg");
    CHECK(row.weight == kg("1050.01"));
  }
}
