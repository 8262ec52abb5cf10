// A FINS/TCP stream: the same packets come out whatever the pieces it arrives
// in, and they are the stream's octets.

#include "common/fins/tcp.hpp"
#include "tests/fuzz/property.hpp"

#include <algorithm>
#include <vector>

using namespace millrace;
using fuzz::require;

namespace {

struct outcome {
  std::vector<fins::tcp::packet> packets;
  std::string error;
  friend bool operator==(const outcome&, const outcome&) = default;
};

void take(fins::tcp::reassembly& stream, outcome& seen) {
  while (seen.error.empty()) {
    auto next = stream.next();
    if (!next)
      return;
    if (*next)
      seen.packets.push_back(std::move(**next));
    else
      seen.error = next->why();
  }
}

/// `first`, `then`: sizes of the pieces.
outcome in_pieces(std::span<const std::uint8_t> octets, std::size_t first,
                  std::size_t then) {
  fins::tcp::reassembly stream;
  outcome seen;
  for (auto size = first; !octets.empty(); size = then) {
    const auto piece = octets.first(std::min(size, octets.size()));
    stream.feed(piece);
    take(stream, seen);
    octets = octets.subspan(piece.size());
  }
  return seen;
}

void check_nodes(const fins::tcp::packet& packet) {
  const auto nodes = fins::tcp::decode_node_answer(packet);
  if (nodes)
    require(nodes->client >= 1 && nodes->client <= 254 && nodes->server >= 1
              && nodes->server <= 254,
            "node numbers are 1..254");
  else
    require(!nodes.why().empty(), "a refusal says why");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 2)
    return -1;
  const std::span<const std::uint8_t> octets{data + 2, size - 2};
  const auto whole = in_pieces(octets, octets.size(), octets.size());
  const auto cut = in_pieces(octets, data[0] + 1U, data[1] + 1U);
  require(whole == cut, "pieces make no difference");
  fins::octets again;
  for (const auto& packet : whole.packets) {
    require(packet.body.size() <= fins::longest_frame, "bodies are bounded");
    check_nodes(packet);
    const auto encoded = fins::tcp::encode(packet);
    again.insert(again.end(), encoded.begin(), encoded.end());
  }
  require(again.size() <= octets.size()
            && std::equal(again.begin(), again.end(), octets.begin()),
          "packets are the stream's octets");
  return 0;
}
