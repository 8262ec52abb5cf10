#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace millrace::admin::access {

/// A thread for what takes its time (hashing, the disk), with a queue that has
/// an end.
class worker {
public:
  using task = std::function<void()>;

  /// `regularly` runs on the thread about every `rhythm`.
  worker(std::size_t longest_queue, std::chrono::milliseconds rhythm,
         task regularly);
  /// Finishes the task in hand; drops those that wait.
  ~worker();
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  /// False when the queue is full. Any thread.
  bool post(task work);

private:
  void run();

  std::size_t longest_queue_;
  std::chrono::milliseconds rhythm_;
  task regularly_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<task> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace millrace::admin::access
