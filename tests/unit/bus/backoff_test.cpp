#include "common/bus/backoff.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using millrace::bus::backoff;

TEST_CASE("waits double up to the cap, half of each is random") {
  backoff waits{250ms, 5'000ms};
  CHECK(waits.next(0.0) == 125ms);
  CHECK(waits.next(0.5) == 375ms);
  CHECK(waits.next(0.0) == 500ms);
  CHECK(waits.next(0.0) == 1'000ms);
  CHECK(waits.next(0.0) == 2'000ms);
  CHECK(waits.next(0.0) == 2'500ms);
  CHECK(waits.next(0.999) == 4'997ms);
  waits.reset();
  CHECK(waits.next(0.999) == 249ms);
}
