#include "services/notifier/courier.hpp"

namespace millrace::notifier {

courier::courier(attempt carry, told ended)
  : attempt_(std::move(carry)), ended_(std::move(ended)),
    thread_([this](const std::stop_token& stop) { work(stop); }) {
}

void courier::carry(note one) {
  {
    const std::lock_guard lock{mutex_};
    next_ = std::move(one);
  }
  changed_.notify_one();
}

void courier::work(const std::stop_token& stop) {
  while (true) {
    std::unique_lock lock{mutex_};
    if (!changed_.wait(lock, stop, [this] { return next_.has_value(); }))
      return;
    const auto one = std::move(*next_);
    next_.reset();
    lock.unlock();
    ended_(one, attempt_(one));
  }
}

} // namespace millrace::notifier
