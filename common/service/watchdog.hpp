#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace millrace::service {

/// Ends the process with code 1 when it lives longer than `limit`: a stop that
/// hangs must not keep a service from being started again.
class watchdog {
public:
  explicit watchdog(std::chrono::milliseconds limit);
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread thread_;
};

} // namespace millrace::service
