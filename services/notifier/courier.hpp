#pragma once

#include "services/notifier/note.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace millrace::notifier {

/// One way's own thread, so that a server that is away delays no other way.
/// Carries one note at a time.
class courier {
public:
  /// Blocking; what went wrong.
  using attempt = std::function<std::optional<std::string>(const note&)>;
  /// On the courier's thread.
  using told
    = std::function<void(const note&, const std::optional<std::string>& wrong)>;

  courier(attempt carry, told ended);

  /// Only when the last one has ended.
  void carry(note one);

private:
  void work(const std::stop_token& stop);

  attempt attempt_;
  told ended_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<note> next_;
  std::jthread thread_; // last: ends first
};

} // namespace millrace::notifier
