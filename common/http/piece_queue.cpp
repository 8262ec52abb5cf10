#include "common/http/piece_queue.hpp"

#include <algorithm>
#include <utility>

namespace millrace::http {

piece_queue::piece_queue(std::size_t max_unsent, std::function<void()> wake)
  : max_unsent_(max_unsent), wake_(std::move(wake)) {
}

bool piece_queue::send(std::string piece) {
  bool was_empty = false;
  {
    const std::lock_guard guard{mutex_};
    if (closed_ || ended_ || broken_off_)
      return false;
    if (piece.empty())
      return true;
    broken_off_ = unsent_ > 0 && unsent_ + piece.size() > max_unsent_;
    was_empty = unsent_ == 0;
    if (!broken_off_) {
      unsent_ += piece.size();
      if (waiting_.empty())
        waiting_ = std::move(piece);
      else
        waiting_ += piece;
    }
  }
  if (was_empty || is_broken_off())
    wake_();
  return !is_broken_off();
}

void piece_queue::end() {
  {
    const std::lock_guard guard{mutex_};
    ended_ = true;
    writable_callback_ = nullptr;
  }
  wake_();
}

void piece_queue::abandon() {
  {
    const std::lock_guard guard{mutex_};
    if (closed_ || ended_)
      return;
    broken_off_ = true;
  }
  wake_();
}

bool piece_queue::open() const {
  const std::lock_guard guard{mutex_};
  return !closed_ && !ended_ && !broken_off_;
}

std::size_t piece_queue::unsent() const {
  const std::lock_guard guard{mutex_};
  return unsent_;
}

void piece_queue::on_closed(std::function<void()> callback) {
  {
    const std::lock_guard guard{mutex_};
    if (!closed_) {
      closed_callback_ = std::move(callback);
      return;
    }
  }
  callback();
}

void piece_queue::when_writable(std::function<void()> callback) {
  {
    const std::lock_guard guard{mutex_};
    if (closed_ || ended_)
      return;
    writable_callback_ = std::move(callback);
  }
  wake_();
}

std::string piece_queue::take(std::size_t most) {
  const std::lock_guard guard{mutex_};
  const auto size = std::min(most, waiting_.size() - taken_);
  auto portion = taken_ == 0 && size == waiting_.size()
                   ? std::exchange(waiting_, {})
                   : waiting_.substr(taken_, size);
  taken_ += size;
  // Seldom enough to cost little, often enough to keep the memory small.
  if (taken_ * 2 >= waiting_.size()) {
    waiting_.erase(0, taken_);
    taken_ = 0;
  }
  return portion;
}

void piece_queue::written(std::size_t bytes) {
  const std::lock_guard guard{mutex_};
  unsent_ -= bytes;
}

bool piece_queue::is_complete() const {
  const std::lock_guard guard{mutex_};
  return ended_ && waiting_.empty();
}

bool piece_queue::is_broken_off() const {
  const std::lock_guard guard{mutex_};
  return broken_off_;
}

void piece_queue::tell_writable() {
  std::function<void()> callback;
  {
    const std::lock_guard guard{mutex_};
    if (unsent_ > 0 || closed_)
      return;
    callback = writable_callback_;
  }
  if (callback)
    callback();
}

void piece_queue::close() {
  std::function<void()> callback;
  // Both may hold the outflow itself.
  std::function<void()> dropped;
  {
    const std::lock_guard guard{mutex_};
    if (std::exchange(closed_, true))
      return;
    callback = std::exchange(closed_callback_, nullptr);
    dropped = std::exchange(writable_callback_, nullptr);
    waiting_.clear();
    taken_ = unsent_ = 0;
  }
  if (callback)
    callback();
}

} // namespace millrace::http
