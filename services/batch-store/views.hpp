#pragma once

#include "common/domain/result.hpp"
#include "common/events/messages.hpp"
#include "services/batch-store/decisions.hpp"
#include "services/batch-store/repository.hpp"

#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace millrace::store {

/// What questions are answered from.
struct scene {
  repository& rows;
  const rules& plant;
  const std::vector<std::string>& lines; // those served here
  std::chrono::system_clock::time_point now;
};

/// Answers with the `data` of the admin API (FACTS 6). The data of a refusal
/// is {"not_found":true} or {"bad_parameter":true} where the question is at
/// fault.
events::command_result answer_query(const scene& here,
                                    const events::store_query& question);

/// The question's filters, with times as the database has them: `from` and `to`
/// are UTC times or dates, a date as `to` is meant with its whole day. The
/// error names field and value.
result<history_filter> read_filter(const events::store_query& question);

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
