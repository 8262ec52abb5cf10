#pragma once

#include "services/plc-simulator/fins_frame.hpp"

#include <optional>
#include <random>
#include <string>

// Faults on command (RELIABILITY A.11): what goes wrong with a request and its
// answer. Pure; dice with a seed.

namespace millrace::plc_sim {

struct fault_settings {
  /// Shares of 0..1 of all requests.
  double drop_request = 0;
  /// Carried out, not answered.
  double drop_answer = 0;
  /// Carried out and answered twice.
  double duplicate = 0;
  /// Answered after `delay` (carried out at once).
  double delay_probability = 0;
  std::chrono::milliseconds delay{0};
  /// The answer waits until the next one has gone out, at most 500 ms.
  double reorder = 0;
  /// Only the first half of the answer goes out.
  double truncate = 0;
  /// The answer carries another SID.
  double wrong_sid = 0;
  /// Answer this code without doing anything.
  int end_code = 0;
  /// For so many requests; none: until changed.
  std::optional<int> end_code_count;
  /// Or-ed into the end code of every answer: 0x0040, 0x0080 (RELIABILITY A.6).
  int flags = 0;
  /// Nothing is answered over UDP, TCP connections are closed.
  bool unreachable = false;
  /// The program takes no queue: D7076 stays 0.
  bool hold_handshake = false;
  /// Only for "read" or "write"; empty: both.
  std::string only;
  /// Only for requests that start at this address.
  std::optional<int> address;
  /// Only for the next so many requests that the two fit.
  std::optional<int> count;
  std::uint32_t seed = 1;
};

/// What happens to one request.
struct fate {
  bool drop_request = false;
  bool drop_answer = false;
  bool duplicate = false;
  bool reorder = false;
  bool truncate = false;
  bool wrong_sid = false;
  std::chrono::milliseconds delay{0};
  /// Answered instead of doing anything.
  std::optional<int> end_code;
  /// Or-ed into the end code.
  int flags = 0;
};

class fault_dice {
public:
  /// Starts over with these faults and their seed.
  void set(fault_settings chosen);
  const fault_settings& settings() const {
    return settings_;
  }
  fate decide(const fins_request& request);

private:
  bool concerns(const fins_request& request);
  bool happens(double share);
  std::optional<int> forced_end_code();

  fault_settings settings_;
  std::mt19937 random_{1};
};

} // namespace millrace::plc_sim
