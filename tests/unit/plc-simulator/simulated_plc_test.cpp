#include "services/plc-simulator/simulated_plc.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace millrace::plc_sim;
using namespace std::chrono_literals;

namespace {

/// Reads D7076, one word.
const bytes look{0x80, 0x00, 0x02, 0x00, 0x02, 0x00, 0x00, 0x01, 0x00,
                 0x10, 0x01, 0x01, 0x82, 0x1B, 0xA4, 0x00, 0x00, 0x01};
const bytes flag_is_1{0xC0, 0x00, 0x02, 0x00, 0x01, 0x00, 0x00, 0x02,
                      0x00, 0x10, 0x01, 0x01, 0x00, 0x00, 0x00, 0x01};
/// Writes 0x1234 to D7001.
const bytes put{0x80, 0x00, 0x02, 0x00, 0x02, 0x00, 0x00, 0x01, 0x00, 0x11,
                0x01, 0x02, 0x82, 0x1B, 0x59, 0x00, 0x00, 0x01, 0x12, 0x34};

struct unit {
  simulated_plc plc{{{}, {}, true}};

  std::vector<delivery> ask(const bytes& frame) {
    return plc.on_frame(frame, "udp", 5000ms);
  }
  void break_it(const fault_settings& faults) {
    plc.set_faults(faults);
  }
};

} // namespace

TEST_CASE_FIXTURE(unit, "a read is answered with the memory") {
  const auto answers = ask(look);
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].frame == flag_is_1);
  CHECK(answers[0].delay == 0ms);
}

TEST_CASE_FIXTURE(unit, "a write is stored, answered and in the ledger") {
  const auto answers = ask(put);
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].frame
        == bytes{0xC0, 0x00, 0x02, 0x00, 0x01, 0x00, 0x00, 0x02, 0x00, 0x11,
                 0x01, 0x02, 0x00, 0x00});
  CHECK(plc.peek(7001, 1) == words{0x1234});
  const auto ledger = plc.ledger();
  CHECK(ledger.writes == 1);
  REQUIRE(ledger.requests.size() == 1);
  CHECK(ledger.requests[0].address == 7001);
  CHECK(ledger.requests[0].count == 1);
  CHECK(ledger.requests[0].at == 5000ms);
}

TEST_CASE_FIXTURE(unit, "a dropped request does nothing") {
  fault_settings faults;
  faults.drop_request = 1;
  break_it(faults);
  CHECK(ask(put).empty());
  CHECK(plc.peek(7001, 1) == words{0});
}

TEST_CASE_FIXTURE(unit, "a dropped answer has done its work") {
  fault_settings faults;
  faults.drop_answer = 1;
  break_it(faults);
  CHECK(ask(put).empty());
  CHECK(plc.peek(7001, 1) == words{0x1234});
}

TEST_CASE_FIXTURE(unit,
                  "duplicates, delays and reordering show in the answers") {
  fault_settings faults;
  faults.duplicate = 1;
  faults.delay_probability = 1;
  faults.delay = 700ms;
  faults.reorder = 1;
  break_it(faults);
  const auto answers = ask(look);
  REQUIRE(answers.size() == 2);
  CHECK(answers[1].frame == flag_is_1);
  CHECK(answers[1].delay == 700ms);
  CHECK(answers[1].after_next);
  CHECK(plc.ledger().reads == 2);
}

TEST_CASE_FIXTURE(unit, "an end code on command comes as often as told") {
  fault_settings faults;
  faults.end_code = 0x0204;
  faults.end_code_count = 2;
  break_it(faults);
  for (int i = 0; i < 2; ++i) {
    const auto answer = ask(put).at(0).frame;
    CHECK(answer[12] == 0x02);
    CHECK(answer[13] == 0x04);
  }
  CHECK(plc.peek(7001, 1) == words{0});
  CHECK(ask(put).at(0).frame[12] == 0);
  CHECK(plc.ledger().refused == std::map<int, std::uint64_t>{{0x0204, 2}});
}

TEST_CASE_FIXTURE(unit, "a weak battery shows in good answers") {
  fault_settings faults;
  faults.flags = 0x0040;
  break_it(faults);
  const auto answer = ask(look).at(0).frame;
  CHECK(answer[13] == 0x40);
  CHECK(answer[15] == 1);
}

TEST_CASE_FIXTURE(unit, "a fault can be for one request only") {
  fault_settings faults;
  faults.drop_answer = 1;
  faults.only = "write";
  faults.address = 7001;
  faults.count = 1;
  break_it(faults);
  CHECK(ask(look).size() == 1);
  CHECK(ask(put).empty());
  CHECK(ask(put).size() == 1);
}

TEST_CASE_FIXTURE(unit, "answers are cut or carry another SID on command") {
  fault_settings faults;
  faults.truncate = 1;
  faults.wrong_sid = 1;
  break_it(faults);
  const auto answer = ask(look).at(0).frame;
  CHECK(answer.size() == 8);
  faults.truncate = 0;
  break_it(faults);
  CHECK(ask(look).at(0).frame[9] == (0x10 ^ 0x55));
}

TEST_CASE_FIXTURE(unit, "an unreachable PLC is silent") {
  fault_settings faults;
  faults.unreachable = true;
  break_it(faults);
  CHECK(ask(look).empty());
  CHECK(plc.unreachable());
  break_it({});
  CHECK(ask(look).size() == 1);
}

TEST_CASE_FIXTURE(unit, "shares are met and the same seed does the same") {
  fault_settings faults;
  faults.drop_request = 0.3;
  faults.seed = 42;
  const auto run = [&] {
    break_it(faults);
    std::string heard;
    for (int i = 0; i < 1000; ++i)
      heard += ask(look).empty() ? '-' : '+';
    return heard;
  };
  const auto first = run();
  CHECK(first == run());
  const auto lost = std::count(first.begin(), first.end(), '-');
  CHECK(lost > 250);
  CHECK(lost < 350);
}

TEST_CASE_FIXTURE(unit, "a power cycle clears the memory or keeps it") {
  ask(put);
  plc.power_cycle(false);
  CHECK(plc.peek(7001, 1) == words{0x1234});
  plc.power_cycle(true);
  CHECK(plc.peek(7001, 1) == words{0});
  CHECK(plc.peek(7076, 1) == words{0});
  CHECK(plc.power_cycles() == 2);
}

TEST_CASE_FIXTURE(unit,
                  "frames that are no request are counted, not answered") {
  CHECK(ask({1, 2, 3}).empty());
  CHECK(plc.ledger().ignored == 1);
}

TEST_CASE_FIXTURE(unit, "the console cannot reach outside the memory") {
  CHECK(plc.poke(32767, {1}));
  CHECK_FALSE(plc.poke(32767, {1, 2}));
  CHECK_FALSE(plc.poke(-1, {1}));
  CHECK(plc.peek(32767, 2).empty());
}

TEST_CASE_FIXTURE(unit, "only the last 200 requests are kept") {
  for (int i = 0; i < 250; ++i)
    ask(look);
  CHECK(plc.ledger().requests.size() == 200);
  CHECK(plc.ledger().reads == 250);
  plc.reset_ledger();
  CHECK(plc.ledger().reads == 0);
}
