#include "services/plc-gateway/area_read.hpp"
#include "services/plc-gateway/read_plan.hpp"
#include "tests/unit/plc-gateway/memory_plc.hpp"

#include <doctest/doctest.h>

using namespace millrace::plc;
using namespace millrace::plc::test;

namespace {

/// What a PLC does with a read of so many words.
using behaviour = std::function<answer::kind(int count)>;

struct fixture {
  plc_map map = default_map();
  frame_limit limit{0, 977};
  std::vector<int> asked;

  /// Reads READ once; true when it came through.
  bool read(const behaviour& plc, std::uint16_t end_code = 0x1001) {
    asked.clear();
    area_read job(map, 6000, limit);
    while (!job.done() && !job.failed()) {
      const auto wanted = job.next();
      asked.push_back(wanted.count);
      answer got;
      got.how = plc(wanted.count);
      got.code.code = got.how == answer::kind::refused ? end_code : 0;
      if (got.ok())
        got.data.assign(static_cast<std::size_t>(wanted.count), 7);
      job.feed(got);
    }
    failure = job.failure();
    return job.done();
  }
  std::string failure;
};

behaviour up_to(int words, answer::kind otherwise) {
  return [=](int count) {
    return count <= words ? answer::kind::ok : otherwise;
  };
}

constexpr auto refused = answer::kind::refused;
constexpr auto silent = answer::kind::unanswered;

} // namespace

TEST_CASE("plans never split a slot") {
  const auto map = default_map();
  using plan = std::vector<word_range>;
  CHECK(plan_reads(map, 6000, 999) == plan{{6000, 977}});
  CHECK(plan_reads(map, 6000, 977) == plan{{6000, 977}});
  CHECK(plan_reads(map, 6000, 976) == plan{{6000, 877}, {6900, 77}});
  CHECK(plan_reads(map, 7000, 501) == plan{{7000, 477}, {7500, 477}});
  CHECK(
    plan_reads(map, 6000, 269)
    == plan{{6000, 177}, {6200, 177}, {6400, 177}, {6600, 177}, {6800, 177}});
  CHECK(plan_reads(map, 6000, 77).size() == 10);
}

TEST_CASE_FIXTURE(fixture, "a large PLC is read in one frame") {
  REQUIRE(read(up_to(999, refused)));
  CHECK(asked == std::vector{977});
  CHECK(limit.known());
  CHECK(limit.words() == 977);
}

TEST_CASE_FIXTURE(fixture, "a PLC that refuses long reads is asked for less") {
  for (const auto code : {0x1001, 0x110B, 0x1103, 0x1104}) {
    limit = frame_limit(0, 977);
    REQUIRE(read(up_to(501, refused), static_cast<std::uint16_t>(code)));
    CHECK(asked == std::vector{977, 477, 477});
    CHECK(limit.words() == 501);
  }
  REQUIRE(read(up_to(501, refused)));
  CHECK(asked == std::vector{477, 477});
}

TEST_CASE_FIXTURE(fixture, "the smallest PLC takes 269 words") {
  REQUIRE(read(up_to(269, refused)));
  CHECK(asked == std::vector{977, 477, 177, 177, 177, 177, 177});
  CHECK(limit.words() == 269);
}

TEST_CASE_FIXTURE(fixture, "a PLC that is silent on long reads is sounded") {
  REQUIRE(read(up_to(269, silent)));
  CHECK(asked == std::vector{977, 77, 977, 477, 177, 177, 177, 177, 177});
  CHECK(limit.words() == 269);
}

TEST_CASE_FIXTURE(fixture, "an unreachable PLC is not taken for a small one") {
  CHECK_FALSE(read(up_to(0, silent)));
  CHECK(asked == std::vector{977, 77});
  CHECK(failure == "PLC does not answer");
  CHECK_FALSE(limit.known());
  REQUIRE(read(up_to(999, silent)));
  CHECK(asked == std::vector{977});
}

TEST_CASE_FIXTURE(fixture, "a PLC that comes up at the sounding is large") {
  int frames = 0;
  REQUIRE(read([&](int) { return ++frames == 1 ? silent : answer::kind::ok; }));
  CHECK(asked == std::vector{977, 77, 977});
  CHECK(limit.words() == 977);
}

TEST_CASE_FIXTURE(fixture, "addresses that do not exist teach nothing") {
  CHECK_FALSE(read(up_to(0, refused), 0x1103));
  CHECK(asked == std::vector{977, 477, 177});
  CHECK(failure
        == "read of 177 words at D6000 refused with end code 1103 (start "
           "address out of range)");
  CHECK_FALSE(limit.known());
  CHECK(limit.words() == 977);
}

TEST_CASE_FIXTURE(fixture, "other refusals end the read at once") {
  CHECK_FALSE(read(up_to(0, refused), 0x2203));
  CHECK(asked == std::vector{977});
  CHECK_FALSE(limit.known());
}

TEST_CASE_FIXTURE(fixture, "what is known is not found out again") {
  REQUIRE(read(up_to(999, silent)));
  CHECK_FALSE(read(up_to(0, silent)));
  CHECK(asked == std::vector{977});
  CHECK(failure == "read of 977 words at D6000 unanswered after 1 attempt");
  limit = frame_limit(300, 977);
  REQUIRE(read(up_to(999, silent)));
  CHECK(asked == std::vector{277, 277, 277, 77});
}
