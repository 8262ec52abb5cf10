#include "common/fins/tcp.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace fins = millrace::fins;
namespace tcp = millrace::fins::tcp;
using fins::octets;

namespace {

const octets node_request_for_10{0x46, 0x49, 0x4E, 0x53, 0, 0, 0, 0x0C, 0, 0,
                                 0,    0,    0,    0,    0, 0, 0, 0,    0, 10};
const octets node_answer_10_2{0x46, 0x49, 0x4E, 0x53, 0, 0, 0, 0x10,
                              0,    0,    0,    1,    0, 0, 0, 0,
                              0,    0,    0,    10,   0, 0, 0, 2};
const octets node_refusal{0x46, 0x49, 0x4E, 0x53, 0, 0, 0, 0x10, 0, 0, 0, 1,
                          0,    0,    0,    0x21, 0, 0, 0, 10,   0, 0, 0, 2};

std::vector<tcp::packet> all_of(tcp::reassembly& stream) {
  std::vector<tcp::packet> found;
  while (auto next = stream.next())
    found.push_back(**next);
  return found;
}

octets joined(octets a, const octets& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

} // namespace

TEST_CASE("the node request has 20 octets") {
  CHECK(tcp::encode_node_request(10) == node_request_for_10);
}

TEST_CASE("a FINS frame is wrapped as command 2") {
  const octets frame{0x80, 0x00, 0x02, 0x00};
  CHECK(tcp::encode_frame(frame) == octets{0x46, 0x49, 0x4E, 0x53, 0,    0,   0,
                                           0x0C, 0,    0,    0,    2,    0,   0,
                                           0,    0,    0x80, 0x00, 0x02, 0x00});
}

TEST_CASE("the node answer names both nodes") {
  tcp::reassembly stream;
  stream.feed(node_answer_10_2);
  const auto nodes = tcp::decode_node_answer(**stream.next());
  REQUIRE(nodes);
  CHECK(nodes->client == 10);
  CHECK(nodes->server == 2);
}

TEST_CASE("a refused connection says why") {
  tcp::reassembly stream;
  stream.feed(node_refusal);
  CHECK(tcp::decode_node_answer(**stream.next()).why()
        == "PLC refused the connection: 0x21 (node already connected)");
}

TEST_CASE("a wrong node answer is refused") {
  CHECK(tcp::decode_node_answer({1, 0, {0, 0, 0, 0, 0, 0, 0, 2}}).why()
        == "node address answer names node 0, wanted 1..254");
  CHECK(tcp::decode_node_answer({1, 0, {0, 0, 0, 1}}).why()
        == "node address answer of 4 octets, wanted 8");
  CHECK(tcp::decode_node_answer({2, 0, {}}).why()
        == "FINS/TCP command 2 instead of the node address answer (1)");
}

TEST_CASE("several packets may arrive together") {
  tcp::reassembly stream;
  stream.feed(joined(node_answer_10_2, tcp::encode_frame(octets{1, 2, 3})));
  const auto found = all_of(stream);
  REQUIRE(found.size() == 2);
  CHECK(found[0].command == 1);
  CHECK(found[1] == tcp::packet{2, 0, {1, 2, 3}});
}

TEST_CASE("a packet may arrive octet by octet") {
  tcp::reassembly stream;
  for (std::size_t i = 0; i + 1 < node_refusal.size(); ++i) {
    stream.feed(std::span(node_refusal).subspan(i, 1));
    CHECK_FALSE(stream.next());
  }
  stream.feed(std::span(node_refusal).last(1));
  CHECK(all_of(stream)
        == std::vector<tcp::packet>{{1, 0x21, {0, 0, 0, 10, 0, 0, 0, 2}}});
}

TEST_CASE("a stream that is not FINS/TCP is given up at the first octet") {
  tcp::reassembly stream;
  stream.feed(octets{0x47});
  auto next = stream.next();
  REQUIRE(next);
  CHECK(next->why() == "stream does not start with FINS");
}

TEST_CASE("impossible lengths are refused") {
  for (const auto& [length, why] :
       {std::pair{octets{0, 0, 0, 7}, "FINS/TCP length 7 is outside 8..2020"},
        std::pair{octets{0, 0, 7, 0xE5},
                  "FINS/TCP length 2021 is outside 8..2020"}}) {
    tcp::reassembly stream;
    stream.feed(octets{0x46, 0x49, 0x4E, 0x53});
    stream.feed(length);
    stream.feed(octets(8));
    auto next = stream.next();
    REQUIRE(next);
    CHECK(next->why() == why);
  }
}

TEST_CASE("random octets never crash the reassembly") {
  CHECK(rc::check([](const std::vector<octets>& pieces) {
    tcp::reassembly stream;
    stream.feed(octets{0x46, 0x49, 0x4E, 0x53, 0, 0, 0});
    for (const auto& piece : pieces) {
      stream.feed(piece);
      while (auto next = stream.next())
        if (!*next)
          return;
    }
  }));
}

TEST_CASE("packets survive any cutting of the stream") {
  CHECK(rc::check([](const std::vector<octets>& bodies) {
    octets wire;
    for (const auto& body : bodies)
      wire = joined(wire, tcp::encode_frame(body));
    tcp::reassembly stream;
    std::vector<tcp::packet> found;
    for (std::size_t at = 0; at < wire.size();) {
      const auto left = wire.size() - at;
      const auto size = *rc::gen::inRange<std::size_t>(1, left + 1);
      stream.feed(std::span(wire).subspan(at, size));
      for (auto& packet : all_of(stream))
        found.push_back(packet);
      at += size;
    }
    RC_ASSERT(found.size() == bodies.size());
    for (std::size_t i = 0; i < bodies.size(); ++i)
      RC_ASSERT(found[i].body == bodies[i]);
  }));
}
