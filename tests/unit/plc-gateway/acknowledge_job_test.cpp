#include "services/plc-gateway/acknowledge_job.hpp"
#include "tests/unit/plc-gateway/memory_plc.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::plc;
using namespace millrace::plc::test;
using outcome = events::acknowledge_outcome;

namespace {

struct fixture {
  plc_map map = default_map();
  memory_plc plc;

  fixture() {
    // Slot 3: WH/MO/00011, finished.
    const words name{22344, 12109, 20271, 12336, 12337, 12544, 0, 0};
    std::copy(name.begin(), name.end(), plc.memory.begin() + 6201);
    plc.at(6272) = 1;
  }

  acknowledge_job run(int slot, const std::string& mo_id,
                      std::optional<kilograms> weight = {}) {
    acknowledge_job job(map, slot, mo_id, weight);
    while (!job.ended())
      job.feed(plc.execute(job.next()));
    return job;
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a finished slot gets its flag, one word") {
  CHECK(run(3, "WH/MO/00011").outcome() == outcome::set);
  REQUIRE(plc.steps.size() == 2);
  CHECK(plc.steps[0] == step::read({6200, 77}));
  CHECK(plc.steps[1] == step::write(6276, {1}, false));
  CHECK(run(3, "WH/MO/00011").outcome() == outcome::already_set);
  CHECK(plc.steps.size() == 3);
}

TEST_CASE_FIXTURE(fixture, "another order's slot is left alone") {
  CHECK(run(3, "WH/MO/00012").outcome() == outcome::slot_changed);
  CHECK(run(3, "WH/MO/0001").outcome() == outcome::slot_changed);
  CHECK(run(4, "WH/MO/00011").outcome() == outcome::slot_changed);
  CHECK(plc.at(6276) == 0);
}

TEST_CASE_FIXTURE(fixture, "a running slot is left alone") {
  plc.at(6272) = 0;
  CHECK(run(3, "WH/MO/00011").outcome() == outcome::slot_changed);
  CHECK(plc.at(6276) == 0);
}

TEST_CASE_FIXTURE(fixture, "a status that is no boolean says nothing: the "
                           "acknowledge fails and can come again") {
  plc.at(6272) = 65535;
  const auto unreadable = run(3, "WH/MO/00011");
  CHECK(!unreadable.outcome());
  CHECK(unreadable.failure()
        == "slot 3: status_manufacturing is 65535, expected 0 or 1");
  plc.at(6272) = 1;
  plc.at(6276) = 2;
  const auto no_flag = run(3, "WH/MO/00011");
  CHECK(!no_flag.outcome());
  CHECK(no_flag.failure() == "slot 3: status_read_data is 2, expected 0 or 1");
  CHECK(plc.at(6276) == 2);
  plc.at(6276) = 0;
  CHECK(run(3, "WH/MO/00011").outcome() == outcome::set);
}

TEST_CASE_FIXTURE(fixture, "long names match by what the field holds") {
  const words cut{0x5748, 0x2F4D, 0x4F2F, 0x3930,
                  0x3030, 0x332D, 0x3030, 0x312D};
  std::copy(cut.begin(), cut.end(), plc.memory.begin() + 6201);
  CHECK(run(3, "WH/MO/90003-001-A2").outcome() == outcome::set);
}

// An old command, when the slot holds the next order that looks the same.
TEST_CASE_FIXTURE(fixture, "a slot with another weight is left alone") {
  plc.at(6274) = 4; // 268635: 2686.35 kg
  plc.at(6275) = 6491;
  const auto weight = [](std::int64_t milli) {
    return kilograms::from_milli(milli);
  };
  CHECK(run(3, "WH/MO/00011", weight(915'720)).outcome()
        == outcome::slot_changed);
  CHECK(plc.at(6276) == 0);
  CHECK(run(3, "WH/MO/00011", weight(2'686'350)).outcome() == outcome::set);
  CHECK(plc.at(6276) == 1);
}

TEST_CASE_FIXTURE(fixture, "failures are told and end the job") {
  CHECK(run(11, "WH/MO/00011").failure() == "slot 11 is outside 1..10");
  CHECK(run(0, "WH/MO/00011").failure() == "slot 0 is outside 1..10");
}

TEST_CASE_FIXTURE(fixture, "an unanswered write may come late: nothing else is "
                           "done until it cannot any more") {
  acknowledge_job job(map, 3, "WH/MO/00011", {});
  job.feed(plc.execute(job.next()));
  answer lost;
  lost.how = answer::kind::unanswered;
  job.feed(lost);
  REQUIRE_FALSE(job.ended());
  CHECK(job.next() == step::pause(quarantine));
  job.feed({});
  CHECK_FALSE(job.outcome());
  CHECK(job.failure()
        == "write of 1 words at D6276 unanswered after 1 attempt");
}

TEST_CASE_FIXTURE(fixture, "frozen before the flag, it looks at the slot "
                           "again") {
  for (const bool reused : {false, true}) {
    plc.at(6276) = 0;
    acknowledge_job job(map, 3, "WH/MO/00011", {});
    job.feed(plc.execute(job.next()));
    plc.now += std::chrono::seconds{1};
    if (reused)
      plc.at(6272) = 0; // the next batch runs there
    while (!job.ended())
      job.feed(plc.execute(job.next()));
    CHECK(job.outcome() == (reused ? outcome::slot_changed : outcome::set));
    CHECK(plc.at(6276) == (reused ? 0 : 1));
  }
}

TEST_CASE_FIXTURE(fixture, "a PLC that is too slow to be sure is given up") {
  plc.frame_takes = std::chrono::seconds{1};
  CHECK(run(3, "WH/MO/00011").failure()
        == "write of 1 words at D6276 not sent: the look that it follows from "
           "is too old");
  CHECK(plc.steps.size() == 5);
  CHECK(plc.at(6276) == 0);
}
