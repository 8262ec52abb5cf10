#include "services/odoo-simulator/delayed_calls.hpp"

namespace millrace::odoo_sim {

delayed_calls::delayed_calls() : thread_([this] { run(); }) {
}

delayed_calls::~delayed_calls() {
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void delayed_calls::after(std::chrono::milliseconds delay,
                          std::function<void()> work) {
  {
    const std::lock_guard lock{mutex_};
    waiting_.emplace(std::chrono::steady_clock::now() + delay, std::move(work));
  }
  changed_.notify_one();
}

void delayed_calls::run() {
  std::unique_lock lock{mutex_};
  while (!ending_) {
    if (waiting_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto first = waiting_.begin();
    if (const auto due = first->first; due > std::chrono::steady_clock::now()) {
      changed_.wait_until(lock, due);
      continue;
    }
    const auto work = std::move(first->second);
    waiting_.erase(first);
    lock.unlock();
    work();
    lock.lock();
  }
}

} // namespace millrace::odoo_sim
