#include "common/service/watchdog.hpp"

#include "common/telemetry/log.hpp"

#include <cstdlib>

namespace millrace::service {

watchdog::watchdog(std::chrono::milliseconds limit)
  : thread_([this, limit] {
      std::unique_lock lock{mutex_};
      if (changed_.wait_for(lock, limit, [this] { return over_; }))
        return;
      log::error("service.stop_hangs", {{"limit_ms", limit.count()}});
      std::_Exit(1);
    }) {
}

watchdog::~watchdog() {
  {
    const std::lock_guard lock{mutex_};
    over_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

} // namespace millrace::service
