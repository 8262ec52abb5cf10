#include "common/telemetry/clock.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace millrace;
using namespace std::chrono;

namespace {

// 2026-11-22T09:52:49Z, by `date -u -d 2026-11-22T09:52:49Z +%s`.
constexpr system_clock::time_point morning{seconds{1'795'341'169}};

} // namespace

TEST_SUITE("clock") {
  TEST_CASE("a time is written in UTC with milliseconds") {
    CHECK(format_utc(morning) == "2026-11-22T09:52:49.000Z");
    CHECK(format_utc(morning + 123ms) == "2026-11-22T09:52:49.123Z");
    CHECK(format_utc(morning + 7ms) == "2026-11-22T09:52:49.007Z");
    CHECK(format_utc(morning + 999'999us) == "2026-11-22T09:52:49.999Z");
    CHECK(format_utc(system_clock::time_point{}) == "1970-01-01T00:00:00.000Z");
    CHECK(format_utc(system_clock::time_point{-1ms})
          == "1969-12-31T23:59:59.999Z");
    CHECK(format_utc(system_clock::time_point{seconds{951'782'400}})
          == "2000-02-29T00:00:00.000Z");
  }

  TEST_CASE("any number of fraction digits is read, to the millisecond") {
    CHECK(parse_utc("2026-11-22T09:52:49Z") == morning);
    CHECK(parse_utc("2026-11-22T09:52:49.1Z") == morning + 100ms);
    CHECK(parse_utc("2026-11-22T09:52:49.12Z") == morning + 120ms);
    CHECK(parse_utc("2026-11-22T09:52:49.123Z") == morning + 123ms);
    CHECK(parse_utc("2026-11-22T09:52:49.123999Z") == morning + 123ms);
    CHECK(parse_utc("2026-11-22T09:52:49.000000001Z") == morning);
    CHECK(parse_utc("2026-11-22 09:52:49z") == morning);
  }

  TEST_CASE("a zone is taken into account") {
    CHECK(parse_utc("2026-11-22T16:52:49+07:00") == morning);
    CHECK(parse_utc("2026-11-22T16:52:49.5+0700") == morning + 500ms);
    CHECK(parse_utc("2026-11-22T04:22:49-05:30") == morning);
    // PostgreSQL's way.
    CHECK(parse_utc("2026-11-22 09:52:49+00") == morning);
    CHECK(parse_utc("2026-11-22 16:52:49.5+07") == morning + 500ms);
    CHECK(parse_utc("2026-11-22T09:52:49+00:00") == morning);
    CHECK(parse_utc("2026-11-22T23:52:49+14:00") == morning);
    CHECK(parse_utc("2026-11-23T00:00:00+14:07") == morning + 11s);
  }

  TEST_CASE("a leap second is the next minute's first") {
    CHECK(parse_utc("2026-11-22T09:52:60Z") == morning + 11s);
  }

  TEST_CASE("what is no time is refused") {
    for (auto text : {"",
                      "2026-11-22",
                      "2026-11-22T09:52Z",
                      "2026-11-22T09:52:49",
                      "2026-11-22T09:52:49.Z",
                      "2026-11-22T09:52:49,5Z",
                      "2026-11-22T09:52:49Z ",
                      " 2026-11-22T09:52:49Z",
                      "2026-11-22T09:52:49ZZ",
                      "2026-11-22T09:52:49+",
                      "2026-11-22T09:52:49+7:00",
                      "2026-11-22T09:52:49+15:00",
                      "2026-11-22T09:52:49+07:60",
                      "2026-11-22T09:52:49 07:00",
                      "2026-13-22T09:52:49Z",
                      "2026-00-22T09:52:49Z",
                      "2026-11-31T09:52:49Z",
                      "2026-02-29T09:52:49Z",
                      "2026-11-00T09:52:49Z",
                      "2026-11-22T24:00:00Z",
                      "2026-11-22T09:60:49Z",
                      "2026-11-22T09:52:61Z",
                      "26-11-22T09:52:49Z",
                      "2026/11/22T09:52:49Z",
                      "2026-11-22X09:52:49Z",
                      "22.11.2026 09:52:49",
                      "false"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_utc(text));
    }
  }

  TEST_CASE("a sign is no digit") {
    for (auto text :
         {"-026-11-22T09:52:49Z", "2026--1-22T09:52:49Z",
          "2026-11--2T09:52:49Z", "2026-11-22T-1:52:49Z",
          "2026-11-22T09:-2:49Z", "2026-11-22T09:52:-9Z",
          "2026-11-22T09:52:49+-7:00", "2026-11-22T09:52:49+07:-1"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_utc(text));
    }
  }

  TEST_CASE("years that the clock cannot hold are refused") {
    CHECK(format_utc(*parse_utc("1678-01-01T00:00:00Z"))
          == "1678-01-01T00:00:00.000Z");
    CHECK(format_utc(*parse_utc("2261-12-31T23:59:59.999Z"))
          == "2261-12-31T23:59:59.999Z");
    for (auto text : {"1677-12-31T23:59:59Z", "2262-01-01T00:00:00Z",
                      "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_utc(text));
    }
  }

  TEST_CASE("what is written is read back") {
    CHECK(rc::check([] {
      const auto ms = *rc::gen::inRange<std::int64_t>(-9'000'000'000'000,
                                                      9'000'000'000'000);
      const system_clock::time_point when{milliseconds{ms}};
      RC_ASSERT(parse_utc(format_utc(when)) == when);
    }));
  }

  TEST_CASE("no text at all makes the reader fall over") {
    CHECK(rc::check([](const std::string& end) {
      const std::string whole = "2026-11-22T09:52:49.123+07:00";
      const auto kept = *rc::gen::inRange<std::size_t>(0, whole.size() + 1);
      (void)parse_utc(whole.substr(0, kept) + end);
    }));
  }

  TEST_CASE("the system's clock tells the system's time") {
    const auto before = system_clock::now();
    const auto told = system_wall_clock()();
    CHECK(told >= before);
    CHECK(told <= system_clock::now());
  }
}
