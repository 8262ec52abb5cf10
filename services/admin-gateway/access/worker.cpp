#include "services/admin-gateway/access/worker.hpp"

#include "common/telemetry/log.hpp"

#include <exception>

namespace millrace::admin::access {

namespace {

void carry_out(const worker::task& work) {
  try {
    work();
  } catch (const std::exception& e) {
    log::error("admin.access_worker", {{"error", e.what()}});
  }
}

} // namespace

worker::worker(std::size_t longest_queue, std::chrono::milliseconds rhythm,
               task regularly)
  : longest_queue_(longest_queue), rhythm_(rhythm),
    regularly_(std::move(regularly)), thread_([this] { run(); }) {
}

worker::~worker() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool worker::post(task work) {
  {
    const std::lock_guard lock{mutex_};
    if (stopping_ || waiting_.size() >= longest_queue_)
      return false;
    waiting_.push_back(std::move(work));
  }
  changed_.notify_all();
  return true;
}

void worker::run() {
  auto due = std::chrono::steady_clock::now() + rhythm_;
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    changed_.wait_until(lock, due,
                        [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_)
      return;
    task next = regularly_;
    if (std::chrono::steady_clock::now() >= due) {
      due = std::chrono::steady_clock::now() + rhythm_;
    } else if (!waiting_.empty()) {
      next = std::move(waiting_.front());
      waiting_.pop_front();
    } else {
      continue;
    }
    lock.unlock();
    carry_out(next);
    lock.lock();
  }
}

} // namespace millrace::admin::access
