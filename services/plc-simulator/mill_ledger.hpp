#pragma once

#include "services/plc-simulator/plant_memory.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

// What was done to the mill and what the mill did, for tests and people.

namespace millrace::plc_sim {

/// A queue's batch, copied from its WRITE slot.
struct taken_batch {
  recipe ordered;
  instant at{};
  /// A power cycle with cleared memory ended it unmade: taking the order again
  /// is right.
  bool lost = false;
};

/// A batch that came to its end, well or badly.
struct produced_batch {
  recipe ordered;
  report final_report;
  instant started{};
  instant ended{};
  /// When the middleware set status_read_data of this report.
  std::optional<instant> acknowledged;
};

/// Something that the middleware must never do.
struct violation {
  /// overwritten_unacknowledged, taken_twice, between_slots, read_area,
  /// early_acknowledge, status_set, changed_before_taken, foreign_words,
  /// wrong_point_id or wrong_batch_number.
  std::string kind;
  std::string detail;
  instant at{};
};

/// One FINS request as it arrived.
struct seen_request {
  instant at{};
  std::string transport;
  /// As on the wire: 0x0101 reads, 0x0102 writes.
  int command = 0;
  int address = 0;
  int count = 0;
  /// The end code of the answer, 0 for success.
  int end_code = 0;
};

struct mill_ledger {
  std::vector<taken_batch> taken;
  std::vector<produced_batch> produced;
  std::vector<violation> violations;

  std::uint64_t reads = 0;
  std::uint64_t writes = 0;
  /// Frames that are no FINS request: not answered.
  std::uint64_t ignored = 0;
  /// Refused requests by end code.
  std::map<int, std::uint64_t> refused;
  /// The latest, oldest first.
  std::deque<seen_request> requests;

  void note(seen_request request);
};

} // namespace millrace::plc_sim
