#pragma once

#include "common/config/lines.hpp"
#include "common/events/messages.hpp"

#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace millrace::scheduler {

/// One of the four tasks as the settings describe it.
struct task_settings {
  bool enabled = true;
  /// 50 ms to 7 days.
  std::chrono::milliseconds interval{0};
};

struct settings {
  using minutes = std::chrono::minutes;

  config::lines_setting lines;
  bool enabled = true;
  /// By task_kind.
  std::array<task_settings, 4> tasks{{{true, minutes{60}},
                                      {true, minutes{5}},
                                      {true, minutes{3}},
                                      {true, minutes{10}}}};
  bool sync_when_queue_empties = true;
  bool process_when_batch_completes = true;
  std::chrono::milliseconds task_timeout = minutes{2};

  const task_settings& of(events::task_kind task) const {
    return tasks[static_cast<std::size_t>(task)];
  }
};

/// Declares all of them; `into` must outlive the loading.
void declare(config::binder& binder, settings& into);

} // namespace millrace::scheduler
