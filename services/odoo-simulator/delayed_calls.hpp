#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace millrace::odoo_sim {

/// Calls functions later, on a thread of its own. What is still waiting at the
/// end is never called.
class delayed_calls {
public:
  delayed_calls();
  ~delayed_calls();
  /// From any thread. `work` must not throw.
  void after(std::chrono::milliseconds delay, std::function<void()> work);

private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  std::multimap<std::chrono::steady_clock::time_point, std::function<void()>>
    waiting_;
  std::thread thread_;
};

} // namespace millrace::odoo_sim
