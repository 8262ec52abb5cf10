#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::fins {

/// What a caller may do about an end code (RELIABILITY A.6).
enum class end_class {
  ok,
  /// Passing trouble: the same request may succeed soon.
  retry,
  /// The frame was too long for this PLC: ask for fewer words.
  smaller,
  /// The PLC's operating mode forbids it; somebody must change the mode.
  mode,
  /// A fault of the device; retry slowly and tell somebody.
  device,
  /// Network, node or routing settings are wrong.
  config,
  /// The same request can never succeed.
  permanent
};

/// "retry", "permanent", ...: a metric's label.
std::string_view name_of(end_class kind);

/// The two octets after the command of a response, taken apart: the flags are
/// OR-ed into otherwise good answers ("00 40" is a successful read from a PLC
/// with a weak battery) and must go before the code is compared.
struct end_code {
  /// 0x0000 is success; flags masked away.
  std::uint16_t code = 0;
  /// MRES bit 7: an error occurred in a relaying network.
  bool relay_error = false;
  /// SRES bit 7: the destination CPU has a fatal error.
  bool fatal = false;
  /// SRES bit 6: the destination CPU has a non-fatal error.
  bool non_fatal = false;

  static end_code from_octets(std::uint8_t mres, std::uint8_t sres);
  bool ok() const {
    return code == 0;
  }
  friend bool operator==(const end_code&, const end_code&) = default;
};

end_class classify(std::uint16_t code);
/// In words; "unknown end code" for what no manual lists.
std::string_view meaning(std::uint16_t code);
/// "1103 (start address out of range)".
std::string describe(const end_code& code);

} // namespace millrace::fins
