#pragma once

#include "common/domain/result.hpp"
#include "common/fins/frame.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

// FINS/TCP (RELIABILITY A.2): each frame wears a 16-octet header "FINS",
// length, command, error, all big-endian; the length counts what follows the
// length field.

namespace millrace::fins::tcp {

enum class command : std::uint32_t {
  node_address_request = 0,
  node_address_answer = 1,
  frame = 2,
  error_notification = 3,
  connection_confirmation = 6
};

struct packet {
  /// As it came; not every number is a `command`.
  std::uint32_t command = 0;
  std::uint32_t error = 0;
  octets body;
  friend bool operator==(const packet&, const packet&) = default;
};

/// The node already has a connection (ours from before a crash, most often):
/// free again within seconds, when the PLC has probed the old one.
inline constexpr std::uint32_t error_node_connected = 0x21;

/// "0x20 (all connections in use)".
std::string describe_error(std::uint32_t code);

octets encode(const packet& content);
/// First packet on a connection. `client_node` 0: "give me one".
octets encode_node_request(std::uint8_t client_node);
/// Around one FINS frame.
octets encode_frame(std::span<const std::uint8_t> frame);

struct nodes {
  std::uint8_t client = 0;
  std::uint8_t server = 0;
};
/// The server's answer to the node request; the error says what the PLC
/// refused, or which node number is no node (1..254).
result<nodes> decode_node_answer(const packet& content);

/// Cuts a byte stream into packets, whatever the pieces it arrives in.
class reassembly {
public:
  void feed(std::span<const std::uint8_t> piece);
  /// The next whole packet; none when more octets are needed. An error (wrong
  /// magic, impossible length) cannot be repaired: close the connection. The
  /// error then stays.
  std::optional<result<packet>> next();

private:
  octets buffer_;
};

} // namespace millrace::fins::tcp
