#include "services/batch-store/decisions.hpp"
#include "services/batch-store/reconcile_decisions.hpp"
#include "tests/unit/batch-store/rows.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::store;
using events::odoo_error;

namespace {

const std::string now = "2026-11-22T10:00:00.000Z";

kilograms kilos(const char* text) {
  return *kilograms::parse(text);
}

events::order ordered() {
  events::order order;
  order.mo_id = "WH/MO/1";
  order.quantity = kilos("100");
  order.components = {{"silo_a", "maize", kilos("60")}};
  return order;
}

batch row_in(batch_state state) {
  auto row = staged_batch("PLC01", ordered(), 3, 7);
  row.state = state;
  return row;
}

events::checked_order said(const std::string& state) {
  events::checked_order told{"WH/MO/1", true, state, {}, ordered()};
  return told;
}

std::string kind_of(const check_verdict& verdict) {
  return verdict.held ? verdict.held->kind : "";
}

events::slot_report report_of(const std::string& mo_id) {
  events::slot_report report;
  report.slot = 3;
  report.mo_id = mo_id;
  return report;
}

} // namespace

TEST_SUITE("what Odoo says of a staged batch") {
  TEST_CASE("confirmed, nothing consumed, as ordered: go on") {
    const auto verdict
      = judge(row_in(batch_state::staged), said("confirmed"), now);
    CHECK_FALSE(verdict.held);
    CHECK_FALSE(verdict.recipe_changed);
  }
  TEST_CASE("everything else holds it") {
    const auto row = row_in(batch_state::staged);
    CHECK(kind_of(judge(row, said("done"), now)) == "odoo_done");
    CHECK(kind_of(judge(row, said("cancel"), now)) == "odoo_cancelled");
    CHECK(kind_of(judge(row, said("cancelled"), now)) == "odoo_cancelled");
    CHECK(kind_of(judge(row, said("progress"), now)) == "odoo_changed");
    CHECK(kind_of(judge(row, said("draft"), now)) == "odoo_changed");
    CHECK(kind_of(judge(row, {"WH/MO/1", false, "", {}, {}}, now))
          == "odoo_unknown");
    auto begun = said("confirmed");
    begun.consumed[14] = kilos("0.001");
    CHECK(kind_of(judge(row, begun, now)) == "odoo_ahead");
    auto broken = said("confirmed");
    broken.as_listed.reset();
    CHECK(kind_of(judge(row, broken, now)) == "odoo_changed");
  }
  TEST_CASE("another quantity or recipe is told") {
    const auto row = row_in(batch_state::staged);
    auto more = said("confirmed");
    more.as_listed->quantity = kilos("100.001");
    CHECK(judge(row, more, now).recipe_changed);
    auto other = said("confirmed");
    other.as_listed->components[0].tag = "silo_b";
    CHECK(judge(row, other, now).recipe_changed);
    auto renamed = said("confirmed");
    renamed.as_listed->product_name = "another name";
    CHECK_FALSE(judge(row, renamed, now).recipe_changed);
  }
}

TEST_CASE("a batch in the PLC goes on unless Odoo has closed the order") {
  for (const auto state : {batch_state::written, batch_state::running}) {
    const auto row = row_in(state);
    auto begun = said("progress");
    CHECK_FALSE(judge(row, begun, now).held);
    begun.consumed[0] = kilos("50");
    // Figures of what the PLC has not reported: an older backup was restored.
    CHECK(kind_of(judge(row, begun, now))
          == (state == batch_state::written ? "odoo_ahead" : ""));
    CHECK(kind_of(judge(row, said("done"), now)) == "odoo_done");
    CHECK(kind_of(judge(row, said("cancel"), now)) == "odoo_cancelled");
    CHECK(kind_of(judge(row, {"WH/MO/1", false, "", {}, {}}, now))
          == "odoo_unknown");
  }
  CHECK_FALSE(judge(row_in(batch_state::completed), said("done"), now).held);
}

TEST_CASE("only a running batch can vanish") {
  const auto running = row_in(batch_state::running);
  CHECK(hold_if_vanished(running, report_of(""), now)->kind == "vanished");
  CHECK(hold_if_vanished(running, report_of("WH/MO/2"), now)->reason
        == "the PLC was producing it in slot 3, but the slot reports WH/MO/2 "
           "now");
  CHECK(
    hold_if_vanished(running, report_of(""), now)->advice
    == "Look at the machine. To produce it (again): POST "
       "/api/admin/manual/reset-batch/WH/MO/1?push_to_plc=true. Not at all: "
       "POST /api/admin/manual/cancel-batch/3. Booked by hand in Odoo: POST "
       "/api/admin/manual/set-aside/WH/MO/1. It goes on by itself when the "
       "PLC reports it in slot 3.");
  CHECK_FALSE(
    hold_if_vanished(row_in(batch_state::written), report_of(""), now));
  CHECK_FALSE(
    hold_if_vanished(row_in(batch_state::completed), report_of(""), now));
  auto unreadable = report_of("");
  unreadable.problem = events::slot_problem{"mo_id", "not printable", {1}};
  CHECK_FALSE(hold_if_vanished(running, unreadable, now));
}

TEST_CASE("pushes that can never succeed, and those that may") {
  const auto row = row_in(batch_state::completed);
  const auto kind = [&](odoo_error why) {
    const auto held = hold_if_push_is_hopeless(row, why, "no", now);
    return held ? held->kind : "";
  };
  CHECK(kind(odoo_error::closed) == "odoo_done");
  CHECK(kind(odoo_error::cancelled) == "odoo_cancelled");
  CHECK(kind(odoo_error::not_found) == "odoo_unknown");
  CHECK(kind(odoo_error::ahead) == "odoo_ahead");
  for (const auto why :
       {odoo_error::unreachable, odoo_error::time_out, odoo_error::rejected,
        odoo_error::partial, odoo_error::protocol, odoo_error::authentication})
    CHECK(kind(why).empty());
}

TEST_CASE("which news end a hold") {
  const auto row = row_in(batch_state::running);
  const auto ahead
    = *hold_if_push_is_hopeless(row, odoo_error::ahead, "no", now);
  const auto done
    = *hold_if_push_is_hopeless(row, odoo_error::closed, "no", now);
  CHECK(ends_with_news(ahead, false, true));
  CHECK(ends_with_news(ahead, true, false));
  CHECK_FALSE(ends_with_news(ahead, false, false));
  CHECK(ends_with_news(done, true, false));
  CHECK_FALSE(ends_with_news(done, false, true));
  CHECK_FALSE(ends_with_news(hold_as_lost(row, now), true, true));
  CHECK(is_of_plc(hold_as_lost(row, now)));
  CHECK(is_of_plc(hold_in_doubt(row, "why", now)));
  CHECK_FALSE(is_of_plc(ahead));
}
