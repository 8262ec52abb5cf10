#pragma once

#include "services/plc-simulator/faults.hpp"
#include "services/plc-simulator/mill_program.hpp"

#include <mutex>
#include <string>
#include <vector>

// The whole PLC but its sockets: memory, program, FINS, faults, ledger. Time
// comes in with each call. Every member function may be called from any thread.

namespace millrace::plc_sim {

struct plc_settings {
  unit_limits limits;
  mill_settings mill;
  /// Start with D7076 = 1 instead of a memory of zeros.
  bool ready = false;
};

/// An answer on its way.
struct delivery {
  bytes frame;
  std::chrono::milliseconds delay{0};
  /// Goes out after the next other answer.
  bool after_next = false;
};

class simulated_plc {
public:
  explicit simulated_plc(plc_settings chosen);

  /// `transport` ("udp", "tcp") only for the ledger.
  std::vector<delivery> on_frame(byte_view frame, const std::string& transport,
                                 instant now);
  /// Lets the program do what is due.
  void step(instant now);

  fault_settings faults() const;
  void set_faults(fault_settings chosen);
  bool unreachable() const;

  /// `cleared`: the memory is zeros afterwards and what was under way is lost;
  /// else the program goes on where it was. Connections are lost either way.
  void power_cycle(bool cleared);
  /// How often the power went: who holds connections compares.
  int power_cycles() const;

  /// As somebody at the PLC's own console: no rule is judged and no handshake
  /// noticed. False when it does not fit the memory.
  bool poke(int address, const words& data);
  /// Empty when it does not fit the memory.
  words peek(int address, int count) const;

  mill_ledger ledger() const;
  void reset_ledger();

private:
  std::vector<delivery> carry_out(const fins_request& request,
                                  const fate& decided, int end_code,
                                  instant now);

  plc_settings settings_;
  mutable std::mutex mutex_;
  words memory_;
  mill_ledger ledger_;
  mill_program program_;
  fault_dice dice_;
  int power_cycles_ = 0;
};

} // namespace millrace::plc_sim
