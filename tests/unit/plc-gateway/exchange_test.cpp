#include "services/plc-gateway/exchange.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace millrace;
using namespace millrace::plc;
using namespace std::chrono_literals;
using fins::octets;

namespace {

struct fixture {
  exchange line{{.client_node = 10,
                 .plc_node = 2,
                 .time_out = 2000ms,
                 .retries = 2,
                 .first_sid = 0x2A}};
  exchange::time_point now{};

  octets begin(bool repeatable = true) {
    return line.begin(step::read({6000, 2}, repeatable), now);
  }
  exchange::reaction after(std::chrono::milliseconds span) {
    now += span;
    return line.expired(now);
  }
  /// The answer 0x1234 0xABCD with this SID and end code.
  static octets reply(std::uint8_t sid, std::uint8_t mres = 0,
                      std::uint8_t sres = 0) {
    octets frame{0xC0, 0x00, 0x02, 0x00, 0x0A, 0x00, 0x00,
                 0x02, 0x00, sid,  0x01, 0x01, mres, sres};
    if (mres == 0)
      frame.insert(frame.end(), {0x12, 0x34, 0xAB, 0xCD});
    return frame;
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a request is answered") {
  CHECK(begin()
        == octets{0x80, 0x00, 0x02, 0x00, 0x02, 0x00, 0x00, 0x0A, 0x00, 0x2A,
                  0x01, 0x01, 0x82, 0x17, 0x70, 0x00, 0x00, 0x02});
  const auto end = line.received(reply(0x2A), now);
  REQUIRE(end.done);
  CHECK(end.done->ok());
  CHECK(end.done->data == words{0x1234, 0xABCD});
  CHECK(end.done->attempts == 1);
  CHECK(line.idle());
}

TEST_CASE_FIXTURE(fixture, "silence is answered with repeats, then given up") {
  begin();
  CHECK_FALSE(after(1999ms).send);
  auto again = after(1ms);
  REQUIRE(again.send);
  CHECK((*again.send)[9] == 0x2B);
  again = after(2000ms);
  REQUIRE(again.send);
  CHECK((*again.send)[9] == 0x2C);
  const auto end = after(2000ms);
  REQUIRE(end.done);
  CHECK(end.done->how == answer::kind::unanswered);
  CHECK(end.done->attempts == 3);
  CHECK(line.counted().sent == 3);
  CHECK(line.counted().repeats == 2);
}

TEST_CASE_FIXTURE(fixture, "what may not be repeated is sent once") {
  begin(false);
  const auto end = after(2000ms);
  REQUIRE(end.done);
  CHECK(end.done->attempts == 1);
  begin(false);
  const auto busy = line.received(reply(0x2B, 0x02, 0x04), now);
  REQUIRE(busy.done);
  CHECK(busy.done->how == answer::kind::refused);
}

TEST_CASE_FIXTURE(fixture, "a late answer is dropped and counted") {
  begin();
  after(2000ms);
  const auto late = line.received(reply(0x2A), now);
  CHECK_FALSE(late.done);
  CHECK(line.counted().late == 1);
  CHECK(line.received(reply(0x2B), now).done);
  CHECK_FALSE(line.received(reply(0x2B), now).done);
  CHECK(line.counted().late == 2);
}

TEST_CASE_FIXTURE(fixture, "an answer with a wrong field is dropped") {
  begin();
  auto frame = reply(0x2A);
  frame[7] = 3;
  CHECK_FALSE(line.received(frame, now).done);
  auto cut = reply(0x2A);
  cut.pop_back();
  CHECK_FALSE(line.received(cut, now).done);
  CHECK(line.counted().malformed == 2);
  CHECK(line.received(reply(0x2A), now).done);
}

TEST_CASE_FIXTURE(fixture, "a busy PLC is asked again after a rest") {
  begin();
  CHECK_FALSE(line.received(reply(0x2A, 0x02, 0x04), now).done);
  CHECK(line.deadline() == now + 200ms);
  const auto again = after(200ms);
  REQUIRE(again.send);
  CHECK((*again.send)[9] == 0x2B);
  CHECK_FALSE(line.received(reply(0x2B, 0x02, 0x04), now).done);
  CHECK(line.deadline() == now + 400ms);
  after(400ms);
  const auto end = line.received(reply(0x2C, 0x02, 0x04), now);
  REQUIRE(end.done);
  CHECK(end.done->how == answer::kind::refused);
  CHECK(end.done->code.code == 0x0204);
  CHECK(end.done->attempts == 3);
}

TEST_CASE_FIXTURE(fixture, "a permanent refusal is not repeated") {
  begin();
  const auto end = line.received(reply(0x2A, 0x11, 0x03), now);
  REQUIRE(end.done);
  CHECK(end.done->how == answer::kind::refused);
  CHECK(end.done->code.code == 0x1103);
  CHECK(describe(step::read({6000, 2}), *end.done)
        == "read of 2 words at D6000 refused with end code 1103 (start address "
           "out of range)");
}

TEST_CASE_FIXTURE(fixture, "a weak battery is no failure") {
  begin();
  const auto end = line.received(reply(0x2A, 0x00, 0x40), now);
  REQUIRE(end.done);
  CHECK(end.done->ok());
  CHECK(end.done->code.non_fatal);
}

TEST_CASE_FIXTURE(fixture, "the SID runs round") {
  for (int i = 0; i < 256; ++i) {
    const auto frame = begin();
    REQUIRE(line.received(reply(frame[9]), now).done);
  }
  CHECK(begin()[9] == 0x2A);
}

TEST_CASE_FIXTURE(fixture, "FINS/TCP nodes hold for the next attempt") {
  begin();
  line.set_nodes(239, 5);
  const auto again = after(2000ms);
  REQUIRE(again.send);
  CHECK((*again.send)[4] == 5);
  CHECK((*again.send)[7] == 239);
}

TEST_CASE_FIXTURE(fixture, "a write carries its words") {
  const auto frame = line.begin(step::write(7074, {0, 0, 0}, false), now);
  CHECK(frame == octets{0x80, 0x00, 0x02, 0x00, 0x02, 0x00, 0x00, 0x0A,
                        0x00, 0x2A, 0x01, 0x02, 0x82, 0x1B, 0xA2, 0x00,
                        0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00});
}

TEST_CASE("noise never ends an exchange nor crashes it") {
  CHECK(rc::check([](const std::vector<octets>& noise) {
    fixture f;
    f.begin();
    for (const auto& frame : noise)
      RC_ASSERT(!f.line.received(frame, f.now).done);
  }));
}
