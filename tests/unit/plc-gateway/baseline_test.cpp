#include "services/plc-gateway/baseline.hpp"
#include "tests/unit/plc-gateway/memory_plc.hpp"

#include <doctest/doctest.h>

#include <numeric>

using namespace millrace::plc;
using namespace std::chrono_literals;
using millrace::plc::test::default_map;

namespace {

struct fixture {
  plc_map map = default_map();
  baseline line{map, 5min};
  baseline::time_point now{};
  words area = words(977, 0);

  /// One cycle that publishes; the slots that went out.
  std::vector<int> cycle(bool full = false) {
    const auto found = line.compare(area, full, now);
    line.published(area, found, now);
    return found.slots;
  }
};

const std::vector<int> all{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

} // namespace

TEST_CASE_FIXTURE(fixture, "the first read is a full picture") {
  const auto found = line.compare(area, false, now);
  CHECK(found.full);
  CHECK(found.slots == all);
  CHECK(found.changed == 10);
}

TEST_CASE_FIXTURE(fixture, "then only changed slots go out") {
  cycle();
  CHECK(cycle().empty());
  area[228] = 5;
  area[900 + 76] = 1;
  CHECK(cycle() == std::vector{3, 10});
  CHECK(cycle().empty());
}

TEST_CASE_FIXTURE(fixture, "words between slots are nobody's change") {
  cycle();
  area[77] = 9;
  area[99] = 9;
  CHECK(cycle().empty());
}

TEST_CASE_FIXTURE(fixture,
                  "a full picture comes on request and from time to time") {
  cycle();
  area[5] = 1;
  const auto asked = line.compare(area, true, now);
  CHECK(asked.full);
  CHECK(asked.slots == all);
  CHECK(asked.changed == 1);
  line.published(area, asked, now);
  now += 5min - 1ms;
  CHECK(cycle().empty());
  now += 1ms;
  CHECK(cycle() == all);
  now += 1min;
  CHECK(cycle().empty());
}

TEST_CASE_FIXTURE(fixture, "what could not be published comes again") {
  cycle();
  area[5] = 1;
  CHECK(line.compare(area, false, now).slots == std::vector{1});
  CHECK(cycle() == std::vector{1});
}

TEST_CASE_FIXTURE(fixture, "a slot that we touched goes out once more, changed "
                           "or not") {
  cycle();
  line.touched(4);
  CHECK(line.compare(area, false, now).slots == std::vector{4});
  CHECK(cycle() == std::vector{4});
  CHECK(cycle().empty());
}
