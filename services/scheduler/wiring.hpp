#pragma once

#include "common/service/service.hpp"
#include "services/scheduler/settings.hpp"

#include <chrono>
#include <memory>

namespace millrace::scheduler {

/// The clock and the actor system that it lives in, tied to the bus.
class running_scheduler {
public:
  running_scheduler(const settings& chosen, service::surroundings& around);
  ~running_scheduler();
  /// Says good-bye to everybody who waits. Blocking, for a moment.
  void stop();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace millrace::scheduler
