#pragma once

#include "services/plc-gateway/line_work.hpp"

namespace millrace::plc {

/// What a finished write job has to tell.
struct told_write {
  line_event event;
  /// A metric's label: "written", "already_there", "deferred", "failed" or
  /// "looked".
  std::string_view outcome;
  std::string text;
  bool worry = false;
};
/// `job` has an outcome.
told_write written_event(const events::plc_write& command,
                         const write_job& job);

/// The answer to plc.withdraw: data.not_taken, data.absent, data.begun.
events::command_result withdraw_answer(const withdraw_job& job);
/// The same for one that was not begun.
events::command_result withdraw_refused(std::string_view why);

} // namespace millrace::plc
