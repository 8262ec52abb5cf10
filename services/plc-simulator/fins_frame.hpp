#pragma once

#include "services/plc-simulator/plant_memory.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

// FINS frames as a CPU unit sees them (RELIABILITY A.1, A.3 to A.6; OMRON
// W342). Pure. Knows nothing of the client's code, on purpose.

namespace millrace::plc_sim {

using bytes = std::vector<std::uint8_t>;
using byte_view = std::span<const std::uint8_t>;

/// End codes that the simulated unit gives by itself.
namespace end_code {
inline constexpr int ok = 0x0000;
inline constexpr int no_such_unit = 0x0202;
inline constexpr int undefined_command = 0x0401;
inline constexpr int no_routing_tables = 0x0502;
inline constexpr int command_too_long = 0x1001;
inline constexpr int command_too_short = 0x1002;
inline constexpr int element_data_mismatch = 0x1003;
inline constexpr int header_error = 0x1005;
inline constexpr int parameter_error = 0x1100;
inline constexpr int no_such_area = 0x1101;
inline constexpr int start_out_of_range = 0x1103;
inline constexpr int end_out_of_range = 0x1104;
inline constexpr int response_too_long = 0x110B;
} // namespace end_code

/// What the simulated model can do.
struct unit_limits {
  /// Words of the longest read that it answers: 999 (CJ2), 501 (CP1L), 269
  /// (CP1E).
  int max_read_words = 999;
  /// Its node; requests must name it or 0. 0 here: any node will do.
  int node = 2;

  /// Words of the longest write that it accepts.
  int max_write_words() const {
    return max_read_words == 999 ? 996 : max_read_words - 2;
  }
};

/// The first ten bytes of a frame, named as in W342.
struct fins_header {
  std::uint8_t icf = 0, rsv = 0, gct = 0, dna = 0, da1 = 0, da2 = 0, sna = 0,
               sa1 = 0, sa2 = 0, sid = 0;
};

/// A request as far as the bytes say, and what is to become of it.
struct fins_request {
  fins_header header;
  /// 0x0101 for example.
  int command = 0;
  /// 0 when the request was fit to be carried out, else the end code of the
  /// answer.
  int end_code = 0;
  /// The rest counts for 0101 and 0102 with complete parameters.
  int address = 0;
  int count = 0;
  /// Of a write.
  words data;

  bool is_write() const {
    return command == 0x0102;
  }
  /// ICF bit 0.
  bool wants_answer() const {
    return (header.icf & 0x01) == 0;
  }
};

/// Why a frame is passed over in silence.
struct not_a_request {
  const char* why;
};

std::variant<fins_request, not_a_request> parse_request(byte_view frame,
                                                        const unit_limits&);

/// The whole answer frame: addresses swapped, ICF with bit 6, SID and command
/// repeated, end code, then `data` (of a read).
bytes answer_to(const fins_request& request, int end_code, const words& data);

} // namespace millrace::plc_sim
