#include "services/odoo-gateway/breaker.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::odoo;
using namespace std::chrono_literals;

namespace {

struct bench {
  steady_time now{};
  breaker it{{3, 1000ms, 5000ms, 30'000ms},
             [this] { return now; },
             [] {
               return *parse_utc("2026-11-22T08:00:00.000Z");
             }};

  void fail(int times) {
    for (int i = 0; i < times; ++i)
      it.failed("refused");
  }
  /// Lets the next trial fail; whether it was let through after `pause` and
  /// not a millisecond earlier.
  bool trial_after(std::chrono::milliseconds pause) {
    now += pause - 1ms;
    const bool too_early = !it.refuses();
    now += 1ms;
    const bool let = !it.refuses();
    it.failed("refused");
    return let && !too_early;
  }
};

} // namespace

TEST_SUITE("breaker") {
  TEST_CASE_FIXTURE(bench, "it opens after so many failures in a row") {
    fail(2);
    it.succeeded();
    fail(2);
    CHECK_FALSE(it.refuses());
    fail(1);
    CHECK(it.current() == breaker::state::open);
    CHECK(it.refuses()
          == "Odoo has not answered since 2026-11-22T08:00:00.000Z: refused");
  }

  TEST_CASE_FIXTURE(bench, "after the pause one call may try") {
    fail(3);
    now += 999ms;
    CHECK(it.refuses());
    now += 1ms;
    CHECK_FALSE(it.refuses());
    CHECK(it.current() == breaker::state::half_open);
    CHECK(it.refuses());
  }

  TEST_CASE_FIXTURE(bench, "its success closes it") {
    fail(3);
    now += 1s;
    CHECK_FALSE(it.refuses());
    it.succeeded();
    CHECK(it.current() == breaker::state::closed);
    CHECK_FALSE(it.refuses());
    fail(2);
    CHECK_FALSE(it.refuses());
  }

  TEST_CASE_FIXTURE(bench, "its failure begins a longer pause, at most 5 s") {
    fail(3);
    CHECK(trial_after(1s));
    CHECK(trial_after(2s));
    CHECK(trial_after(4s));
    CHECK(trial_after(5s));
    CHECK(trial_after(5s));
  }

  TEST_CASE_FIXTURE(bench, "a trial that never reports is forgotten") {
    fail(3);
    now += 1s;
    CHECK_FALSE(it.refuses());
    now += 30s;
    CHECK_FALSE(it.refuses());
  }
}
