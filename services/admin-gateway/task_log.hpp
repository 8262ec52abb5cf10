#pragma once

#include "common/events/messages.hpp"

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>

namespace millrace::admin {

/// GET /api/tasks/log: how the last runs of the tasks ended, as far as this
/// process has heard. Thread safe.
class task_log {
public:
  explicit task_log(std::size_t most_kept = 500) : most_kept_(most_kept) {
  }
  /// `at`: UTC. A run that is told of twice counts once.
  void saw(const events::task_finished& run, const std::string& at);
  /// {"runs":[...]} with the newest `most`, newest first; as JSON text.
  std::string newest(std::size_t most) const;

private:
  struct entry {
    events::task_finished run;
    std::string at;
  };
  std::size_t most_kept_;
  mutable std::mutex mutex_;
  std::deque<entry> entries_; // newest first
};

} // namespace millrace::admin
