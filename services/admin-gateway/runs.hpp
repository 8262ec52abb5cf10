#pragma once

#include "common/domain/result.hpp"
#include "common/events/messages.hpp"
#include "common/http/server.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace millrace::admin {

/// What became of a triggered run, by line.
using run_answers = std::map<std::string, result<events::command_result>>;

/// One response for the runs of all lines: 200 when each ended well, 503 when
/// a scheduler did not answer, 502 when a run failed. data.runs[] tells each.
http::response runs_response(const run_answers& answers);

/// The same for cleared queues: data.deleted_count is their sum, data.lines[]
/// tells each; 409 when one was refused.
http::response clears_response(const run_answers& answers);

/// Waits for the answers of so many lines and then responds once. Thread safe.
class gathered_runs {
public:
  using wording = std::function<http::response(const run_answers&)>;
  gathered_runs(std::size_t expected, http::responder respond,
                wording words = runs_response);
  void answer(const std::string& line, result<events::command_result> said);

private:
  std::mutex mutex_;
  std::size_t expected_;
  http::responder respond_;
  wording words_;
  run_answers answers_;
};

} // namespace millrace::admin
