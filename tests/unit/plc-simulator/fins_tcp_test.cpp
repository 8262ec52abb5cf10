#include "services/plc-simulator/fins_tcp.hpp"

#include <doctest/doctest.h>

// Streams written out by hand from W421 section 7-4.

using namespace millrace::plc_sim;

namespace {

bytes hello(std::uint8_t node) {
  return {'F', 'I', 'N', 'S', 0, 0, 0, 0x0C, 0, 0,
          0,   0,   0,   0,   0, 0, 0, 0,    0, node};
}

bytes welcome(std::uint8_t client, std::uint8_t error = 0) {
  return {'F', 'I', 'N', 'S',   0, 0, 0, 0x10,   0, 0, 0, 1,
          0,   0,   0,   error, 0, 0, 0, client, 0, 0, 0, 2};
}

bytes complaint(std::uint8_t error) {
  return {'F', 'I', 'N', 'S', 0, 0, 0, 8, 0, 0, 0, 3, 0, 0, 0, error};
}

const bytes frame{0x80, 0, 2, 0, 2, 0, 0, 0xEF, 0, 1, 4, 1};
const bytes wrapped{'F', 'I', 'N',  'S', 0, 0, 0, 0x14, 0, 0,    0, 2, 0, 0,
                    0,   0,   0x80, 0,   2, 0, 2, 0,    0, 0xEF, 0, 1, 4, 1};

bytes operator+(bytes a, const bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

struct unit {
  node_table nodes{2, 3};
  tcp_session first{1, nodes};
  tcp_session second{2, nodes};
};

} // namespace

TEST_CASE_FIXTURE(unit, "a client without a node gets 239, the next 240") {
  CHECK(first.feed(hello(0)).send == welcome(239));
  CHECK(second.feed(hello(0)).send == welcome(240));
}

TEST_CASE_FIXTURE(unit, "a client keeps the node it wishes") {
  const auto out = first.feed(hello(10));
  CHECK(out.send == welcome(10));
  CHECK_FALSE(out.close);
}

TEST_CASE_FIXTURE(unit, "a node in use is refused and its holder probed") {
  first.feed(hello(10));
  const auto out = second.feed(hello(10));
  CHECK(out.send == welcome(0, 0x21));
  CHECK(out.close);
  CHECK(out.probe == 1);
  CHECK(probe_frame()
        == bytes{'F', 'I', 'N', 'S', 0, 0, 0, 8, 0, 0, 0, 6, 0, 0, 0, 0});
}

TEST_CASE_FIXTURE(unit, "the unit's own node and nodes over 254 are refused") {
  CHECK(first.feed(hello(2)).send == welcome(0, 0x24));
  CHECK(second.feed(hello(255)).send == welcome(0, 0x23));
}

TEST_CASE_FIXTURE(unit, "the fourth of three connections is refused") {
  for (int connection = 1; connection <= 3; ++connection)
    CHECK(nodes.claim(connection, 0).error == 0);
  tcp_session fourth{4, nodes};
  const auto out = fourth.feed(hello(0));
  CHECK(out.send == welcome(0, 0x20));
  CHECK(out.close);
  nodes.release(2);
  tcp_session fifth{5, nodes};
  CHECK(fifth.feed(hello(0)).send == welcome(240));
}

TEST_CASE_FIXTURE(unit, "announcing twice is error 3 and the end") {
  first.feed(hello(0));
  const auto out = first.feed(hello(0));
  CHECK(out.send == complaint(3));
  CHECK(out.close);
}

TEST_CASE_FIXTURE(unit, "frames come in pieces and together") {
  first.feed(hello(0));
  const auto both = wrapped + wrapped;
  const byte_view stream{both};
  CHECK(first.feed(stream.first(20)).frames.empty());
  const auto out = first.feed(stream.subspan(20));
  CHECK(out.frames == std::vector<bytes>{frame, frame});
  CHECK(tcp_envelope(frame) == wrapped);
}

TEST_CASE_FIXTURE(unit, "a frame before the greeting is refused") {
  const auto out = first.feed(wrapped);
  CHECK(out.send == complaint(3));
  CHECK(out.close);
}

TEST_CASE_FIXTURE(unit, "what is not FINS is error 1, too long is error 2") {
  CHECK(first.feed(bytes{'G', 'E', 'T', ' '}).send == complaint(1));
  CHECK(
    second.feed(bytes{'F', 'I', 'N', 'S', 0, 0, 0x07, 0xE5, 0, 0, 0, 2}).send
    == complaint(2));
}

TEST_CASE_FIXTURE(unit, "an unknown command is error 3") {
  first.feed(hello(0));
  CHECK(
    first.feed(bytes{'F', 'I', 'N', 'S', 0, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0, 0})
      .send
    == complaint(3));
}

TEST_CASE_FIXTURE(unit, "a connection confirmation is passed over") {
  first.feed(hello(0));
  const auto out = first.feed(probe_frame());
  CHECK(out.send.empty());
  CHECK_FALSE(out.close);
}
