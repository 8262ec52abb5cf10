#include "services/plc-simulator/fins_frame.hpp"

#include <doctest/doctest.h>

// Frames written out by hand from W342.

using namespace millrace::plc_sim;

namespace {

/// What the unit makes of a frame; fails the test when it is no request.
fins_request parsed(const bytes& frame, const unit_limits& limits = {}) {
  const auto found = parse_request(frame, limits);
  REQUIRE(std::holds_alternative<fins_request>(found));
  return std::get<fins_request>(found);
}

const bytes read_area{0x80, 0x00, 0x02, 0x00, 0x02, 0x00, 0x00, 0x0A, 0x00,
                      0x2A, 0x01, 0x01, 0x82, 0x17, 0x70, 0x00, 0x03, 0xD1};

bytes with(bytes frame, std::size_t at, std::uint8_t value) {
  frame.at(at) = value;
  return frame;
}

bytes longer(bytes frame, std::size_t by) {
  frame.resize(frame.size() + by);
  return frame;
}

} // namespace

TEST_CASE("the worked frame of the manual reads D6000 x 977") {
  const auto request = parsed(read_area);
  CHECK(request.command == 0x0101);
  CHECK(request.end_code == 0);
  CHECK(request.address == 6000);
  CHECK(request.count == 977);
  CHECK(request.header.sid == 0x2A);
  CHECK(request.wants_answer());
}

TEST_CASE("a write carries its words high byte first") {
  const auto request = parsed({0x80, 0x00, 0x02, 0x00, 0x02, 0x00, 0x00, 0x0A,
                               0x00, 0x07, 0x01, 0x02, 0x82, 0x1B, 0x58, 0x00,
                               0x00, 0x02, 0x57, 0x48, 0x00, 0x01});
  CHECK(request.is_write());
  CHECK(request.end_code == 0);
  CHECK(request.address == 7000);
  CHECK(request.data == words{0x5748, 1});
}

TEST_CASE("the answer swaps the addresses and repeats SID and command") {
  const auto request = parsed(read_area);
  CHECK(answer_to(request, 0, {0x0001, 0x8698})
        == bytes{0xC0, 0x00, 0x02, 0x00, 0x0A, 0x00, 0x00, 0x02, 0x00, 0x2A,
                 0x01, 0x01, 0x00, 0x00, 0x00, 0x01, 0x86, 0x98});
  CHECK(answer_to(request, 0x1103, {})
        == bytes{0xC0, 0x00, 0x02, 0x00, 0x0A, 0x00, 0x00, 0x02, 0x00, 0x2A,
                 0x01, 0x01, 0x11, 0x03});
}

TEST_CASE("each bad request has its end code") {
  const auto code = [](const bytes& frame) {
    return parsed(frame).end_code;
  };
  const bytes write{0x80, 0x00, 0x02, 0x00, 0x02, 0x00, 0x00, 0x0A, 0x00, 0x07,
                    0x01, 0x02, 0x82, 0x1B, 0x58, 0x00, 0x00, 0x01, 0x12, 0x34};
  CHECK(code(with(read_area, 10, 0x04)) == 0x0401);
  CHECK(code(with(read_area, 11, 0x03)) == 0x0401);
  CHECK(code(longer(read_area, 1)) == 0x1001);
  CHECK(code({read_area.begin(), read_area.end() - 1}) == 0x1002);
  CHECK(code({read_area.begin(), read_area.begin() + 12}) == 0x1002);
  CHECK(code(longer(write, 2)) == 0x1003);
  CHECK(code(longer(write, 1)) == 0x1003);
  CHECK(code({write.begin(), write.end() - 2}) == 0x1003);
  CHECK(code({write.begin(), write.end() - 3}) == 0x1002);
  CHECK(code(longer(write, 2 * 996)) == 0x1001);
  CHECK(code(with(read_area, 1, 0x01)) == 0x1005);
  CHECK(code(with(read_area, 4, 0x09)) == 0x1005);
  CHECK(code(with(read_area, 3, 0x01)) == 0x0502);
  CHECK(code(with(read_area, 5, 0x10)) == 0x0202);
  CHECK(code(with(read_area, 12, 0x81)) == 0x1101);
  CHECK(code(with(read_area, 15, 0x01)) == 0x1100);
  CHECK(code(with(read_area, 13, 0x80)) == 0x1103);
  CHECK(code(with(with(read_area, 13, 0x7F), 14, 0xFF)) == 0x1104);
  CHECK(code(with(with(read_area, 16, 0x03), 17, 0xE8)) == 0x110B);
  CHECK(code(with(with(read_area, 16, 0x00), 17, 0x00)) == 0x0000);
}

TEST_CASE("the last word of the memory can be read, the next cannot") {
  const auto last
    = with(with(with(with(read_area, 13, 0x7F), 14, 0xFF), 16, 0), 17, 1);
  CHECK(parsed(last).end_code == 0);
  CHECK(parsed(with(last, 17, 2)).end_code == 0x1104);
}

TEST_CASE("a smaller model refuses what a CJ2 answers") {
  unit_limits cp1e;
  cp1e.max_read_words = 269;
  CHECK(parsed(read_area, cp1e).end_code == 0x110B);
  const auto read_of_269 = with(with(read_area, 16, 0x01), 17, 0x0D);
  CHECK(parsed(read_of_269, cp1e).end_code == 0);
  CHECK(parsed(with(read_of_269, 17, 0x0E), cp1e).end_code == 0x110B);
  CHECK(cp1e.max_write_words() == 267);
  CHECK(unit_limits{}.max_write_words() == 996);
}

TEST_CASE("any node is accepted when none is set, and 0 always") {
  CHECK(parsed(with(read_area, 4, 0x09), {999, 0}).end_code == 0);
  CHECK(parsed(with(read_area, 4, 0x00)).end_code == 0);
}

TEST_CASE("what is no request is passed over") {
  const auto silent = [](const bytes& frame) {
    return std::holds_alternative<not_a_request>(parse_request(frame, {}));
  };
  CHECK(silent({}));
  CHECK(silent({read_area.begin(), read_area.begin() + 11}));
  CHECK(silent(with(read_area, 0, 0xC0)));
}

TEST_CASE("ICF bit 0 asks for no answer") {
  CHECK_FALSE(parsed(with(read_area, 0, 0x81)).wants_answer());
}
