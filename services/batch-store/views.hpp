#pragma once

#include "common/events/messages.hpp"
#include "services/batch-store/repository.hpp"

#include <set>
#include <string>
#include <vector>

namespace millrace::store {

/// Answers with the `data` of the admin API (FACTS 6).
events::command_result answer_query(repository& rows,
                                    const events::store_query& question);

/// What plc-gateway could prove when it was asked to withdraw.
struct withdraw_proof {
  /// In the WRITE area, and provably not taken.
  std::set<std::string> not_taken;
  /// Nowhere in the PLC's memory.
  std::set<std::string> absent;
  /// A failed one may have changed the PLC.
  bool begun = false;
};
withdraw_proof read_proof(const events::command_result& answer);

/// The answer to queue.clear.
events::command_result
cleared_answer(const std::vector<std::string>& cleared,
               const std::vector<std::string>& come_again,
               const std::vector<std::string>& open_bookings);

} // namespace millrace::store
