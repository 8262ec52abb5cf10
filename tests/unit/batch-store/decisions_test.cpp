#include "tests/unit/batch-store/rows.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

using namespace millrace;
using namespace millrace::store;
using namespace millrace::store::test;

namespace {

const rules archives;
const rules holds = [] {
  rules plant;
  plant.zero_weight = zero_weight_policy::hold;
  return plant;
}();

batch at_revision(batch_state state, std::int64_t revision,
                  std::int64_t pushed) {
  auto row = row_in(state);
  row.revision = revision;
  row.pushed_revision = pushed;
  row.weight = kg("837.5");
  return row;
}

batch held(batch row) {
  row.held = {"implausible", "why", "what to do", "2026-11-22T09:00:00.000Z"};
  return row;
}

batch weightless(batch row) {
  row.weight = {};
  return row;
}

} // namespace

TEST_SUITE("next step") {
  TEST_CASE("staged is written to the PLC unless held") {
    CHECK(next_step(row_in(batch_state::staged), archives)
          == step::write_to_plc);
    CHECK(next_step(held(row_in(batch_state::staged)), archives) == step::none);
  }

  TEST_CASE("written waits for the PLC") {
    CHECK(next_step(row_in(batch_state::written), archives) == step::none);
  }

  TEST_CASE("running pushes what Odoo does not hold yet") {
    CHECK(next_step(at_revision(batch_state::running, 0, 0), archives)
          == step::none);
    CHECK(next_step(at_revision(batch_state::running, 2, 1), archives)
          == step::push_consumption);
    CHECK(next_step(at_revision(batch_state::running, 2, 2), archives)
          == step::none);
    CHECK(next_step(at_revision(batch_state::running, 1, -1), archives)
          == step::push_consumption);
    CHECK(next_step(held(at_revision(batch_state::running, 2, 1)), archives)
          == step::none);
  }

  TEST_CASE("completed pushes and closes, also when the figures are there") {
    for (const std::int64_t pushed : {-1, 0, 1, 2})
      CHECK(next_step(at_revision(batch_state::completed, 2, pushed), archives)
            == step::push_and_close);
    CHECK(next_step(held(at_revision(batch_state::completed, 2, 1)), archives)
          == step::none);
  }

  TEST_CASE("completed with weight 0 books the consumption, then is archived") {
    const auto behind = weightless(at_revision(batch_state::completed, 2, 1));
    const auto booked = weightless(at_revision(batch_state::completed, 2, 2));
    CHECK(next_step(behind, archives) == step::push_consumption);
    CHECK(next_step(booked, archives) == step::archive_zero_weight);
    CHECK(next_step(behind, holds) == step::none);
    CHECK(next_step(booked, holds) == step::none);
  }

  TEST_CASE("pushed is archived") {
    CHECK(next_step(at_revision(batch_state::pushed, 2, 2), archives)
          == step::archive_completed);
  }

  TEST_CASE("failed is cancelled in Odoo, then archived") {
    auto row = at_revision(batch_state::failed, 2, 1);
    CHECK(next_step(row, archives) == step::cancel_in_odoo);
    row.odoo_cancelled = true;
    CHECK(next_step(row, archives) == step::archive_cancelled);
  }

  TEST_CASE("cancelled tells Odoo, then is archived; archived is the end") {
    auto row = row_in(batch_state::cancelled);
    CHECK(next_step(row, archives) == step::cancel_in_odoo);
    row.odoo_cancelled = true;
    CHECK(next_step(row, archives) == step::archive_cancelled);
    CHECK(next_step(row_in(batch_state::archived), archives) == step::none);
  }
}

TEST_SUITE("answers of Odoo") {
  TEST_CASE("a push of an older revision does not mark the row") {
    auto row = at_revision(batch_state::running, 3, 1);
    CHECK_FALSE(apply_pushed(row, 2, false));
    CHECK_FALSE(row.update_odoo());
    CHECK(row.pushed_revision == 1);
    CHECK(apply_pushed(row, 3, false));
    CHECK(row.update_odoo());
  }

  TEST_CASE("done closes only a completed batch with its last revision") {
    auto row = at_revision(batch_state::completed, 3, 1);
    CHECK_FALSE(apply_pushed(row, 2, true));
    CHECK(row.state == batch_state::completed);
    CHECK(apply_pushed(row, 3, false));
    CHECK(row.state == batch_state::completed);
    CHECK(apply_pushed(row, 3, true));
    CHECK(row.state == batch_state::pushed);
    auto running = at_revision(batch_state::running, 3, 1);
    CHECK(apply_pushed(running, 3, true));
    CHECK(running.state == batch_state::running);
  }

  TEST_CASE("a row without figures is never said to be in Odoo") {
    CHECK_FALSE(row_in(batch_state::staged).update_odoo());
  }

  TEST_CASE("failures are counted and forgotten after a success") {
    auto row = at_revision(batch_state::completed, 3, 1);
    apply_push_failed(row, events::odoo_error::time_out, "no answer", "A", "B");
    apply_push_failed(row, events::odoo_error::rejected, "closed", "C", "D");
    CHECK(row.push.attempts == 2);
    CHECK(row.push.error_class == "rejected");
    CHECK(row.push.error_text == "closed");
    CHECK(row.push.last_try == "C");
    CHECK(row.push.next_try == "D");
    CHECK(waiting_reason(row) == "rejected: closed");
    CHECK_FALSE(row.update_odoo());
    apply_pushed(row, 3, false);
    CHECK(row.push.attempts == 0);
    CHECK(row.push.error_text.empty());
  }

  TEST_CASE("the reason to wait is the hold, then the error, then the queue") {
    auto row = at_revision(batch_state::completed, 1, 0);
    CHECK(waiting_reason(row) == "waits for its first push to Odoo");
    apply_push_failed(row, events::odoo_error::unreachable, "refused", "", "");
    CHECK(waiting_reason(row) == "unreachable: refused");
    CHECK(waiting_reason(held(row)) == "why");
  }
}

TEST_SUITE("plan queue") {
  struct planning {
    std::vector<std::string> known;
    int made = 0;

    static events::order order(const char* mo_id, const char* quantity = "100",
                               const char* silo = "100") {
      events::order one;
      one.mo_id = mo_id;
      one.product_name = "feed";
      one.bom_code = "BOM";
      one.quantity = kg(quantity);
      one.components = {{"silo_c", "maize", kg(silo)}};
      return one;
    }
    queue_plan plan(const std::vector<events::order>& orders, int limit = 10) {
      return plan_queue("PLC01", orders, limit, 7, {},
                        {[this](const std::string& mo_id) {
                           return std::find(known.begin(), known.end(), mo_id)
                                  != known.end();
                         },
                         [this](const std::string& mo_id) {
                           const auto found = lookalikes.find(mo_id);
                           return found == lookalikes.end() ? 0 : found->second;
                         }},
                        [this] { return "id-" + std::to_string(++made); });
    }
    std::map<std::string, int> lookalikes;
    static std::vector<std::string> names(const queue_plan& plan) {
      std::vector<std::string> all;
      for (const auto& row : plan.batches)
        all.push_back(row.mo_id);
      return all;
    }
  };

  TEST_CASE_FIXTURE(planning, "an order avoids the slot of its lookalike") {
    lookalikes = {{"WH/MO/90003-00002", 1}, {"WH/MO/5", 1}};
    const auto alone = plan({order("WH/MO/90003-00002")});
    REQUIRE(alone.batches.size() == 1);
    CHECK(alone.batches[0].batch_no == 2);
    const auto two = plan({order("WH/MO/90003-00002"), order("WH/MO/5")});
    REQUIRE(two.batches.size() == 2);
    CHECK(two.batches[0].batch_no == 2);
    // A name that fits the field is never mistaken.
    CHECK(two.batches[1].batch_no == 1);
  }

  TEST_CASE_FIXTURE(planning, "with only its lookalike's slot free it waits") {
    lookalikes = {{"WH/MO/90003-00002", 10}};
    std::vector<events::order> orders;
    for (int i = 1; i <= 9; ++i)
      orders.push_back(order(("WH/MO/" + std::to_string(i)).c_str()));
    orders.push_back(order("WH/MO/90003-00002"));
    const auto result = plan(orders);
    CHECK(result.batches.size() == 9);
    REQUIRE(result.left_out.size() == 1);
    CHECK(result.left_out[0].mo_id == "WH/MO/90003-00002");
  }

  TEST_CASE("reports that may be of a lookalike") {
    batch row;
    row.mo_id = "WH/MO/90003-00002";
    row.state = batch_state::written;
    events::slot_report report;
    report.finished = report.acknowledged = true;
    CHECK(may_be_of_lookalike(row, report, false));
    report.acknowledged = false;
    CHECK_FALSE(may_be_of_lookalike(row, report, false));
    report = {};
    report.failed = true;
    CHECK_FALSE(may_be_of_lookalike(row, report, false));
    CHECK(may_be_of_lookalike(row, report, true));
    row.state = batch_state::running;
    CHECK_FALSE(may_be_of_lookalike(row, report, true));
    row.state = batch_state::written;
    row.mo_id = "WH/MO/90003-0000"; // exactly what a longer one is cut to
    CHECK(may_be_of_lookalike(row, report, true));
    row.mo_id = "WH/MO/90003-000"; // shorter: no other looks like it
    CHECK_FALSE(may_be_of_lookalike(row, report, true));
  }

  TEST_CASE("a lookalike is told by the ordered quantity that the PLC holds") {
    batch row;
    row.mo_id = "JBG/MO/AB_cdef0003"; // in the PLC: JBG/MO/AB_cdef00
    row.ordered = kg("2078.314");
    events::slot_report report;
    report.quantity = kg("2130.78");
    CHECK(reports_other_quantity(row, report));
    report.quantity = kg("2078.31"); // rounded to the PLC's hundredths
    CHECK_FALSE(reports_other_quantity(row, report));
    report.quantity = kg("0"); // a PLC that does not report it
    CHECK_FALSE(reports_other_quantity(row, report));
    report.quantity = kg("2130.78");
    row.mo_id = "WH/MO/00003"; // no other looks like it
    CHECK_FALSE(reports_other_quantity(row, report));
  }

  TEST_CASE_FIXTURE(planning, "orders become batches 1..n as Odoo lists them") {
    const auto result = plan({order("WH/MO/2"), order("WH/MO/1")});
    REQUIRE(result.batches.size() == 2);
    const auto& first = result.batches[0];
    CHECK(first.id == "id-1");
    CHECK(first.line == "PLC01");
    CHECK(first.batch_no == 1);
    CHECK(first.mo_id == "WH/MO/2");
    CHECK(first.finished_goods == "feed");
    CHECK(first.bom_code == "BOM");
    CHECK(first.ordered == kg("100"));
    CHECK(first.planned == amounts({{2, "100"}}));
    CHECK(first.component_names[2] == "maize");
    CHECK(first.stage == 7);
    CHECK(first.state == batch_state::staged);
    CHECK(first.revision == 0);
    CHECK(result.batches[1].batch_no == 2);
    CHECK(result.left_out.empty());
    CHECK(result.odd_recipes.empty());
  }

  TEST_CASE_FIXTURE(planning, "orders that are here or were produced are left "
                              "out and take no batch number") {
    known = {"WH/MO/1"};
    const auto result = plan({order("WH/MO/1"), order("WH/MO/2")});
    CHECK(names(result) == std::vector<std::string>{"WH/MO/2"});
  }

  TEST_CASE_FIXTURE(planning, "an order that Odoo lists twice comes once") {
    const auto result = plan({order("WH/MO/1"), order("WH/MO/1")});
    CHECK(names(result) == std::vector<std::string>{"WH/MO/1"});
    REQUIRE(result.left_out.size() == 1);
    CHECK(result.left_out[0].mo_id == "WH/MO/1");
  }

  TEST_CASE_FIXTURE(planning, "two orders whose first 16 characters are equal "
                              "never come together") {
    const auto result
      = plan({order("WH/MO/90003-00001"), order("WH/MO/90003-00002"),
              order("WH/MO/90003-0000"), order("WH/MO/90003-001")});
    CHECK(names(result)
          == std::vector<std::string>{"WH/MO/90003-00001", "WH/MO/90003-001"});
    REQUIRE(result.left_out.size() == 2);
    CHECK(result.left_out[0].mo_id == "WH/MO/90003-00002");
    CHECK(result.left_out[0].reason.find("16 characters") != std::string::npos);
  }

  TEST_CASE_FIXTURE(planning,
                    "the limit counts batches, not orders looked at") {
    known = {"WH/MO/1"};
    const auto result = plan(
      {order("WH/MO/1"), order("WH/MO/2"), order("WH/MO/3"), order("WH/MO/4")},
      2);
    CHECK(names(result) == std::vector<std::string>{"WH/MO/2", "WH/MO/3"});
  }

  TEST_CASE_FIXTURE(planning, "a name that is no order name is left out with "
                              "its reason") {
    const auto result = plan({order("WH/MO/0 1"), order(""), order("WH")});
    CHECK(result.batches.empty());
    REQUIRE(result.left_out.size() == 3);
    CHECK(result.left_out[0].reason.find("WH/MO/0 1") != std::string::npos);
  }

  TEST_CASE_FIXTURE(planning, "a recipe that does not add up is told of and "
                              "not rescaled") {
    // 5 percent of 100 kg may differ, hand-added parts count.
    CHECK(plan({order("WH/MO/1", "100", "105")}).odd_recipes.empty());
    CHECK(plan({order("WH/MO/1", "100", "95")}).odd_recipes.empty());
    auto by_hand = order("WH/MO/1", "100", "90");
    by_hand.other_components = kg("10");
    CHECK(plan({by_hand}).odd_recipes.empty());
    const auto result = plan({order("WH/MO/1", "100", "105.001")});
    REQUIRE(result.odd_recipes.size() == 1);
    CHECK(result.odd_recipes[0].mo_id == "WH/MO/1");
    CHECK(result.odd_recipes[0].reason
          == "its components add up to 105.001 kg, ordered are 100.000 kg");
    REQUIRE(result.batches.size() == 1);
    CHECK(result.batches[0].planned == amounts({{2, "105.001"}}));
  }

  TEST_CASE("a batch goes to the PLC as it was ordered") {
    auto row = row_in(batch_state::staged);
    row.bom_code = "BOM";
    row.planned = amounts({{0, "1"}, {14, "2"}});
    const auto slot = slot_order_of(row);
    CHECK(slot.slot == 3);
    CHECK(slot.mo_id == "WH/MO/00011");
    CHECK(slot.bom_code == "BOM");
    CHECK(slot.finished_goods == "JF SAPOT");
    CHECK(slot.quantity == kg("1000"));
    CHECK(slot.consumption == row.planned);
  }
}
