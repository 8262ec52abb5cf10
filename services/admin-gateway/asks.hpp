#pragma once

#include "common/domain/result.hpp"
#include "common/events/messages.hpp"

#include <functional>
#include <string>

namespace millrace::admin {

/// What others can be asked for. Each calls back exactly once, from any
/// thread, at the latest when its time is up.
struct asks {
  using answered = std::function<void(result<events::command_result>)>;

  std::function<bool()> connected;
  std::function<void(events::store_query, answered)> query;
  std::function<void(events::retry_push, answered)> retry;
  std::function<void(events::batch_decide, answered)> decide;
  std::function<void(events::queue_clear, answered)> clear;
  std::function<void(events::alert_acknowledge, answered)> acknowledge;
  std::function<void(std::string line, events::task_kind, answered)> trigger;
  std::function<void(bool enabled, answered)> toggle;
  std::function<void(events::plc_inspect, answered)> inspect;
};

} // namespace millrace::admin
