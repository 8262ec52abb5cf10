#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

namespace millrace::test {

/// Long enough for a loaded machine; nothing waits so long when all is right.
inline constexpr std::chrono::milliseconds patience{20'000};

/// Asks again and again until `condition` holds; false when it did not in time.
/// For the state of other processes; for our own threads use inbox.
bool wait_until(const std::function<bool()>& condition,
                std::chrono::milliseconds limit = patience);

/// Collects what callbacks bring and lets the test wait for it.
template <class T>
class inbox {
public:
  void put(T item) {
    const std::lock_guard lock{mutex_};
    items_.push_back(std::move(item));
    changed_.notify_all();
  }
  std::vector<T> items() const {
    const std::lock_guard lock{mutex_};
    return items_;
  }
  void clear() {
    const std::lock_guard lock{mutex_};
    items_.clear();
  }
  /// Until `condition` holds for the items; false when it did not in time.
  bool wait_for(const std::function<bool(const std::vector<T>&)>& condition,
                std::chrono::milliseconds limit = patience) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, limit, [&] { return condition(items_); });
  }
  bool wait_for_count(std::size_t count,
                      std::chrono::milliseconds limit = patience) {
    return wait_for([&](const auto& all) { return all.size() >= count; },
                    limit);
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> items_;
};

} // namespace millrace::test
