// Which buttons does the page show? Exactly the decisions that would change
// something.

#include "services/batch-store/operator_decisions.hpp"
#include "tests/unit/batch-store/rows.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::store;
using namespace millrace::store::test;

namespace {

using names = std::vector<std::string>;

names buttons(const batch& row, bool stuck = false) {
  return sensible_decisions(row, stuck, rules{});
}

batch completed() {
  auto row = row_in(batch_state::completed);
  row.status_manufacturing = true;
  row.given_before = true;
  row.actual = amounts({{0, "60"}});
  row.weight = kg("60");
  row.revision = 4;
  return row;
}

archived_batch set_aside() {
  archived_batch past{completed(), "failed", "", "", true, true};
  past.row.state = batch_state::archived;
  return past;
}

} // namespace

TEST_SUITE("sensible decisions") {
  TEST_CASE("about a batch that only waits for its turn") {
    CHECK(buttons(row_in(batch_state::staged)) == names{"cancel"});
    CHECK(buttons(row_in(batch_state::written))
          == names{"reset_and_write", "cancel"});
    // Nothing was heard of it for long.
    CHECK(buttons(row_in(batch_state::written), true)
          == names{"reset_and_write", "set_aside", "cancel"});
  }

  TEST_CASE("about one that Odoo refuses") {
    auto row = completed();
    row.push.attempts = 1;
    row.push.error_class = "rejected";
    CHECK(buttons(row)
          == names{"retry", "reset", "reset_and_write", "set_aside", "cancel"});
  }

  TEST_CASE("about one that is held for its figures") {
    auto row = row_in(batch_state::running);
    row.held = {"implausible", "6060 kg is above 5000 kg", "", ""};
    CHECK(
      buttons(row)
      == names{"accept", "reset", "reset_and_write", "set_aside", "cancel"});
    row.held.kind = "invalid";
    CHECK(buttons(row)
          == names{"reset", "reset_and_write", "set_aside", "cancel"});
  }

  TEST_CASE("about one that is cancelled, or booked") {
    auto row = row_in(batch_state::cancelled);
    CHECK(buttons(row) == names{"retry", "set_aside"});
    CHECK(buttons(row_in(batch_state::pushed)).empty());
  }

  TEST_CASE("about one that left the queue") {
    auto past = set_aside();
    CHECK(sensible_decisions(past, false) == names{"retry", "mark_solved"});
    past.row.weight = {};
    CHECK(sensible_decisions(past, false) == names{"mark_solved"});
    past.booking_open = false;
    CHECK(sensible_decisions(past, false).empty());
    archived_batch cleared{
      row_in(batch_state::archived), "cleared", "", "", true, false};
    CHECK(sensible_decisions(cleared, false) == names{"reset"});
    CHECK(sensible_decisions(cleared, true).empty());
    cleared.open_in_odoo = false;
    CHECK(sensible_decisions(cleared, false).empty());
  }
}
