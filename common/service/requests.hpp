#pragma once

#include "common/domain/result.hpp"
#include "common/events/messages.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace millrace::service {

/// Requests that wait for an answer. Each ends exactly once: answered, failed
/// or overdue. Has a thread for what is overdue. Thread safe.
class requests {
public:
  using answer = result<events::command_result>;
  using callback = std::function<void(answer)>;
  /// More than so many at once are refused.
  static constexpr std::size_t most = 10'000;

  requests();
  /// Ends all that are left with an error.
  ~requests();
  requests(const requests&) = delete;
  requests& operator=(const requests&) = delete;

  /// False, without calling back, when too many wait already.
  bool add(const std::string& correlation, std::chrono::milliseconds time_out,
           callback answered);
  /// Calls back; false when nobody waits for it (any more).
  bool finish(const std::string& correlation, answer outcome);

private:
  using clock = std::chrono::steady_clock;
  struct waiting {
    clock::time_point deadline;
    std::chrono::milliseconds time_out;
    callback answered;
  };

  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::map<std::string, waiting> waiting_;
  /// By deadline; may name requests that have ended.
  std::multimap<clock::time_point, std::string> deadlines_;
  std::thread timer_;
};

} // namespace millrace::service
