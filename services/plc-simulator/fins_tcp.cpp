#include "services/plc-simulator/fins_tcp.hpp"

#include <algorithm>

namespace millrace::plc_sim {

namespace {

constexpr std::array<std::uint8_t, 4> magic{'F', 'I', 'N', 'S'};
/// Magic and the length field itself.
constexpr std::size_t prefix_size = 8;
constexpr std::size_t envelope_size = 16;
/// Of the length field: command, error and a FINS frame of 2012 bytes.
constexpr std::uint32_t longest = 0x7E4;
constexpr std::uint32_t shortest_fins = 0x14;
constexpr int first_automatic_node = 239;
constexpr int last_node = 254;

namespace command {
constexpr std::uint32_t client_node = 0;
constexpr std::uint32_t server_node = 1;
constexpr std::uint32_t fins_frame = 2;
constexpr std::uint32_t error = 3;
constexpr std::uint32_t confirmation = 6;
} // namespace command

namespace tcp_error {
constexpr std::uint32_t not_fins = 1;
constexpr std::uint32_t too_long = 2;
constexpr std::uint32_t not_supported = 3;
constexpr std::uint32_t all_in_use = 0x20;
constexpr std::uint32_t node_in_use = 0x21;
constexpr std::uint32_t node_out_of_range = 0x23;
constexpr std::uint32_t same_node = 0x24;
constexpr std::uint32_t no_node_left = 0x25;
} // namespace tcp_error

void put_u32(bytes& to, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0})
    to.push_back(static_cast<std::uint8_t>(value >> shift));
}

std::uint32_t u32(byte_view from, std::size_t at) {
  return static_cast<std::uint32_t>(from[at]) << 24 | from[at + 1] << 16
         | from[at + 2] << 8 | from[at + 3];
}

bytes envelope(std::uint32_t command, std::uint32_t error,
               const bytes& body = {}) {
  bytes frame(magic.begin(), magic.end());
  put_u32(frame, static_cast<std::uint32_t>(8 + body.size()));
  put_u32(frame, command);
  put_u32(frame, error);
  frame.insert(frame.end(), body.begin(), body.end());
  return frame;
}

void append(bytes& to, const bytes& more) {
  to.insert(to.end(), more.begin(), more.end());
}

void refuse(tcp_session::outcome& out, std::uint32_t error) {
  append(out.send, envelope(command::error, error));
  out.close = true;
}

} // namespace

bytes tcp_envelope(const bytes& frame) {
  return envelope(command::fins_frame, 0, frame);
}

bytes probe_frame() {
  return envelope(command::confirmation, 0);
}

node_table::node_table(int server_node, int slots)
  : server_node_(server_node), slots_(static_cast<std::size_t>(slots)) {
}

node_table::grant node_table::claim(int connection, std::uint32_t wished) {
  if (wished > last_node)
    return {0, tcp_error::node_out_of_range, {}};
  int node = static_cast<int>(wished);
  if (node == server_node_)
    return {0, tcp_error::same_node, {}};
  if (const auto holder = holders_.find(node); holder != holders_.end())
    return {0, tcp_error::node_in_use, holder->second};
  if (holders_.size() >= slots_)
    return {0, tcp_error::all_in_use, {}};
  if (node == 0) {
    node = first_automatic_node;
    while (holders_.contains(node) || node == server_node_)
      ++node;
    if (node > last_node)
      return {0, tcp_error::no_node_left, {}};
  }
  holders_.emplace(node, connection);
  return {node, 0, {}};
}

void node_table::release(int connection) {
  std::erase_if(holders_,
                [&](const auto& entry) { return entry.second == connection; });
}

tcp_session::tcp_session(int connection, node_table& nodes)
  : connection_(connection), nodes_(nodes) {
}

tcp_session::outcome tcp_session::feed(byte_view received) {
  pending_.insert(pending_.end(), received.begin(), received.end());
  outcome out;
  while (!out.close && take_frame(out)) {
    // Several frames may have come together.
  }
  return out;
}

/// Takes one complete envelope off the stream; false when there is none yet.
bool tcp_session::take_frame(outcome& out) {
  const auto known = std::min(pending_.size(), magic.size());
  if (!std::equal(pending_.begin(), pending_.begin() + known, magic.begin())) {
    refuse(out, tcp_error::not_fins);
    return true;
  }
  if (pending_.size() < prefix_size)
    return false;
  const auto length = u32(pending_, 4);
  if (length > longest || length < envelope_size - prefix_size) {
    refuse(out, length > longest ? tcp_error::too_long : tcp_error::not_fins);
    return true;
  }
  if (pending_.size() < prefix_size + length)
    return false;
  const bytes whole(pending_.begin(), pending_.begin() + prefix_size + length);
  pending_.erase(pending_.begin(), pending_.begin() + prefix_size + length);
  obey(u32(whole, 8), byte_view{whole}.subspan(envelope_size), out);
  return true;
}

void tcp_session::obey(std::uint32_t order, byte_view body, outcome& out) {
  switch (order) {
  case command::client_node:
    shake_hands(body, out);
    return;
  case command::fins_frame:
    if (!greeted_ || body.size() + 8 < shortest_fins)
      refuse(out, tcp_error::not_supported);
    else
      out.frames.emplace_back(body.begin(), body.end());
    return;
  case command::error:
    out.close = true;
    return;
  case command::confirmation:
    return;
  case command::server_node:
  default:
    refuse(out, tcp_error::not_supported);
  }
}

void tcp_session::shake_hands(byte_view body, outcome& out) {
  if (greeted_ || body.size() != 4) {
    refuse(out, tcp_error::not_supported);
    return;
  }
  const auto given = nodes_.claim(connection_, u32(body, 0));
  bytes nodes;
  put_u32(nodes, static_cast<std::uint32_t>(given.node));
  put_u32(nodes, static_cast<std::uint32_t>(nodes_.server_node()));
  append(out.send, envelope(command::server_node, given.error, nodes));
  out.probe = given.holder;
  out.close = given.error != 0;
  greeted_ = given.error == 0;
}

} // namespace millrace::plc_sim
