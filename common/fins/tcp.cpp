#include "common/fins/tcp.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace millrace::fins::tcp {

namespace {

constexpr std::array<std::uint8_t, 4> magic{0x46, 0x49, 0x4E, 0x53};
constexpr std::size_t header_size = 16;
constexpr std::size_t uncounted = 8;
constexpr std::uint32_t shortest_length = 8;
constexpr std::uint32_t longest_length = 8 + longest_frame;
constexpr std::uint32_t highest_node = 254;

void put_u32(octets& out, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0})
    out.push_back(static_cast<std::uint8_t>(value >> shift));
}

std::uint32_t u32_at(std::span<const std::uint8_t> from, std::size_t at) {
  return std::uint32_t{from[at]} << 24 | std::uint32_t{from[at + 1]} << 16
         | std::uint32_t{from[at + 2]} << 8 | from[at + 3];
}

std::string_view error_meaning(std::uint32_t code) {
  switch (code) {
  case 0x00:
    return "normal";
  case 0x01:
    return "header is not FINS";
  case 0x02:
    return "data too long";
  case 0x03:
    return "command not supported";
  case 0x20:
    return "all connections in use";
  case 0x21:
    return "node already connected";
  case 0x22:
    return "client IP address not allowed";
  case 0x23:
    return "client node out of range";
  case 0x24:
    return "client and server have the same node";
  case 0x25:
    return "no node address left";
  default:
    return "unknown error code";
  }
}

} // namespace

std::string describe_error(std::uint32_t code) {
  char digits[11];
  std::snprintf(digits, sizeof digits, "0x%02X", static_cast<unsigned>(code));
  return std::string(digits) + " (" + std::string(error_meaning(code)) + ")";
}

octets encode(const packet& content) {
  octets out(magic.begin(), magic.end());
  out.reserve(header_size + content.body.size());
  put_u32(out, static_cast<std::uint32_t>(header_size - uncounted
                                          + content.body.size()));
  put_u32(out, content.command);
  put_u32(out, content.error);
  out.insert(out.end(), content.body.begin(), content.body.end());
  return out;
}

octets encode_node_request(std::uint8_t client_node) {
  return encode({static_cast<std::uint32_t>(command::node_address_request),
                 0,
                 {0, 0, 0, client_node}});
}

octets encode_frame(std::span<const std::uint8_t> frame) {
  return encode({static_cast<std::uint32_t>(command::frame), 0,
                 octets(frame.begin(), frame.end())});
}

result<nodes> decode_node_answer(const packet& content) {
  if (content.error != 0)
    return error{"PLC refused the connection: "
                 + describe_error(content.error)};
  if (content.command
      != static_cast<std::uint32_t>(command::node_address_answer))
    return error{"FINS/TCP command " + std::to_string(content.command)
                 + " instead of the node address answer (1)"};
  if (content.body.size() != 8)
    return error{"node address answer of " + std::to_string(content.body.size())
                 + " octets, wanted 8"};
  const auto client = u32_at(content.body, 0);
  const auto server = u32_at(content.body, 4);
  for (const auto node : {client, server})
    if (node < 1 || node > highest_node)
      return error{"node address answer names node " + std::to_string(node)
                   + ", wanted 1..254"};
  return nodes{static_cast<std::uint8_t>(client),
               static_cast<std::uint8_t>(server)};
}

void reassembly::feed(std::span<const std::uint8_t> piece) {
  buffer_.insert(buffer_.end(), piece.begin(), piece.end());
}

std::optional<result<packet>> reassembly::next() {
  const auto seen = std::min(buffer_.size(), magic.size());
  if (!std::equal(buffer_.begin(), buffer_.begin() + static_cast<long>(seen),
                  magic.begin()))
    return error{"stream does not start with FINS"};
  if (buffer_.size() < header_size)
    return std::nullopt;
  const auto length = u32_at(buffer_, 4);
  if (length < shortest_length || length > longest_length)
    return error{"FINS/TCP length " + std::to_string(length)
                 + " is outside 8..2020"};
  const auto whole = uncounted + length;
  if (buffer_.size() < whole)
    return std::nullopt;
  const auto end = buffer_.begin() + static_cast<long>(whole);
  packet content{u32_at(buffer_, 8), u32_at(buffer_, 12),
                 octets(buffer_.begin() + header_size, end)};
  buffer_.erase(buffer_.begin(), end);
  return content;
}

} // namespace millrace::fins::tcp
