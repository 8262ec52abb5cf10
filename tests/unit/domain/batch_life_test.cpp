#include "common/domain/batch_life.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace millrace;

namespace {

constexpr batch_state states[] = {
  batch_state::staged,    batch_state::written,  batch_state::running,
  batch_state::completed, batch_state::pushed,   batch_state::failed,
  batch_state::cancelled, batch_state::archived,
};

constexpr batch_fact facts[] = {
  batch_fact::plc_written,   batch_fact::plc_reported,
  batch_fact::plc_finished,  batch_fact::plc_failed,
  batch_fact::odoo_done,     batch_fact::odoo_cancelled,
  batch_fact::set_cancelled, batch_fact::archive,
  batch_fact::reset,         batch_fact::read_again,
  batch_fact::put_away,
};

// clang-format off
/// The life of a batch: a row for each state above, a column for each fact
/// above. "" where the fact changes nothing or is not allowed.
constexpr const char* life[8][11] = {
//             plc_written plc_reported plc_finished plc_failed odoo_done odoo_cancelled set_cancelled archive     reset     read_again put_away
/* staged    */ {"written", "running",   "completed", "failed",  "",       "",            "cancelled",  "",         "",       "",        "archived"},
/* written   */ {"",        "running",   "completed", "failed",  "",       "",            "cancelled",  "",         "staged", "",        "archived"},
/* running   */ {"",        "",          "completed", "failed",  "",       "",            "cancelled",  "",         "staged", "",        "archived"},
/* completed */ {"",        "",          "",          "",        "pushed", "",            "cancelled",  "archived", "staged", "running", "archived"},
/* pushed    */ {"",        "",          "",          "",        "",       "",            "",           "archived", "",       "",        ""},
/* failed    */ {"",        "",          "",          "",        "",       "cancelled",   "cancelled",  "",         "staged", "running", "archived"},
/* cancelled */ {"",        "",          "",          "",        "completed", "",            "",           "archived", "",       "",        "archived"},
/* archived  */ {"",        "",          "",          "",        "",       "",            "",           "",         "",       "",        ""},
};
// clang-format on

} // namespace

TEST_SUITE("batch life") {
  TEST_CASE("each state and each fact lead where the table says") {
    for (std::size_t s = 0; s < 8; ++s)
      for (std::size_t f = 0; f < 11; ++f) {
        CAPTURE(name_of(states[s]));
        CAPTURE(f);
        const auto next = next_state(states[s], facts[f]);
        CHECK(std::string(next ? name_of(*next) : "") == life[s][f]);
      }
  }

  TEST_CASE("no fact leads back to where it was said") {
    for (const auto state : states)
      for (const auto fact : facts)
        CHECK(next_state(state, fact) != state);
  }

  TEST_CASE("final figures can only be left by an order to begin again") {
    for (const auto state : states)
      for (const auto fact : facts)
        if (const auto next = next_state(state, fact);
            next && is_final(state) && !is_final(*next))
          CHECK((fact == batch_fact::reset || fact == batch_fact::read_again
                 || fact == batch_fact::set_cancelled));
  }

  TEST_CASE("names and states belong together, in both directions") {
    const std::string names[] = {"staged", "written", "running",   "completed",
                                 "pushed", "failed",  "cancelled", "archived"};
    for (std::size_t i = 0; i < 8; ++i) {
      CHECK(name_of(states[i]) == names[i]);
      CHECK(batch_state_named(names[i]) == states[i]);
    }
    for (auto name : {"", "Staged", "done", "staged "})
      CHECK_FALSE(batch_state_named(name));
  }

  TEST_CASE("figures are final from completed on") {
    CHECK_FALSE(is_final(batch_state::staged));
    CHECK_FALSE(is_final(batch_state::written));
    CHECK_FALSE(is_final(batch_state::running));
    CHECK(is_final(batch_state::completed));
    CHECK(is_final(batch_state::pushed));
    CHECK_FALSE(is_final(batch_state::failed));
    CHECK_FALSE(is_final(batch_state::cancelled));
    CHECK(is_final(batch_state::archived));
  }
}
