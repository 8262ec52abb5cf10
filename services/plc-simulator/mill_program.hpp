#pragma once

#include "services/plc-simulator/mill_ledger.hpp"

#include <optional>
#include <set>

// The PLC's program: takes queues over, runs batches, reports. Pure; time comes
// in with each call.

namespace millrace::plc_sim {

struct mill_settings {
  /// From the handshake to the copy of the queue.
  std::chrono::milliseconds take_delay{50};
  /// How long one batch takes; at least 1 ms.
  std::chrono::milliseconds batch_time{5000};
  /// Batches running at the same time, at least 1.
  int parallel = 1;
  /// Orders that stop with status_operation 1 in the middle.
  std::set<std::string> failing;
  /// Orders that finish with weight 0.
  std::set<std::string> weightless;
};

/// What a dosing point really doses: the planned mass plus at most 1.5 % either
/// way, the same for the same order and point at all times.
centi_kg actual_mass(std::string_view order, int point_id, centi_kg planned);

class mill_program {
public:
  /// `memory` and `ledger` outlive the program.
  mill_program(mill_settings chosen, words& memory, mill_ledger& ledger);

  /// A write from outside that is within the memory: judges it, stores it and
  /// notices a queue handed over or a report acknowledged.
  void write(int address, const words& data, instant now);
  /// Does what has become due.
  void step(instant now);
  /// While held, no queue is taken and D7076 stays 0.
  void hold_handshake(bool held);
  /// Forgets everything that is not in the memory, as a PLC without power does
  /// whose memory was cleared.
  void forget();

private:
  struct running_batch {
    recipe ordered;
    std::array<centi_kg, point_count> target{};
    instant started{};
    /// The last reported step; -1: none.
    int reported = -1;
  };

  void notice_handshake(int address, const words& data, instant now);
  void note_acknowledged(int slot, instant now);
  bool ready_for_queue() const;
  void take_queue(instant now);
  void take(const recipe& ordered, instant now);
  void start_batches(instant now);
  /// Whether the batch came to its end.
  bool advance(running_batch& batch, instant now);

  mill_settings settings_;
  words& memory_;
  mill_ledger& ledger_;
  /// When the offered queue may be taken; none: no queue is offered.
  std::optional<instant> take_at_;
  bool held_ = false;
  std::vector<recipe> waiting_;
  std::vector<running_batch> running_;
};

} // namespace millrace::plc_sim
