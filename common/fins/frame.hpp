#pragma once

#include "common/domain/result.hpp"
#include "common/fins/end_code.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

// FINS frames of memory area read (01 01) and write (01 02), both directions
// (RELIABILITY A.1, A.3). No I/O, no state. Words are big-endian on the wire.

namespace millrace::fins {

using octets = std::vector<std::uint8_t>;
using words = std::vector<std::uint16_t>;

/// Area code of DM words, D0..D32767 (A.4).
inline constexpr std::uint8_t dm_words = 0x82;
/// Header 10, command 2, end code 2.
inline constexpr std::size_t response_prefix = 14;
/// Most words that any PLC takes in one frame (A.5).
inline constexpr int most_read_words = 999;
inline constexpr int most_write_words = 996;
/// Longest FINS frame that any PLC sends, octets.
inline constexpr std::size_t longest_frame = 2012;

/// Where a frame comes from or goes to.
struct node_address {
  std::uint8_t network = 0;
  std::uint8_t node = 0;
  std::uint8_t unit = 0;
  friend bool operator==(const node_address&, const node_address&) = default;
};

/// A request to read `count` words, or to write `data` (then `count` is its
/// size).
struct request {
  node_address destination;
  node_address source;
  std::uint8_t sid = 0;
  bool write = false;
  std::uint8_t area = dm_words;
  std::uint16_t address = 0;
  std::uint8_t bit = 0;
  std::uint16_t count = 0;
  words data;
  friend bool operator==(const request&, const request&) = default;
};

struct response {
  end_code code;
  /// Of a successful read: exactly as many as asked for.
  words data;
};

/// The octets of a request.
octets encode(const request& asked);
/// What a PLC sees: checks ICF, lengths and command. For tests and tools.
result<request> decode_request(std::span<const std::uint8_t> frame);

/// The PLC's answer to `asked`; `code` without success carries no data.
octets encode_response(const request& asked, const end_code& code,
                       std::span<const std::uint16_t> data = {});
/// Takes a frame as the answer to `asked` only when every field fits: ICF,
/// RSV, swapped addresses, SID, command, and of a successful answer exactly
/// the data length. GCT is ignored. The error names field, found and wanted.
result<response> decode_response(const request& asked,
                                 std::span<const std::uint8_t> frame);
/// The SID of a frame that is long enough to have one.
std::optional<std::uint8_t> sid_of(std::span<const std::uint8_t> frame);

} // namespace millrace::fins
