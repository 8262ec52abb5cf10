#pragma once

#include "common/http/server.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace millrace::admin {

/// Keeps for a moment what many ask for all the time, ready to be sent. Many
/// askers at once make one question. Only answers 200 are kept. Thread safe.
class fresh_answers {
public:
  using clock = std::chrono::steady_clock;
  /// Counted from when the question was asked, so what is given out is never
  /// older, whenever the asked one looked. With the time that an answer takes
  /// to its client it stays below 250 ms.
  static constexpr std::chrono::milliseconds lifetime{200};

  explicit fresh_answers(std::function<clock::time_point()> now = clock::now);

  /// Answers with what is kept under `key`, or when the question that is under
  /// way is answered, or asks: `ask` is called now or never, and answers once,
  /// from any thread.
  void give(const std::string& key, bool gzip,
            const std::function<void(http::responder)>& ask,
            http::responder respond);
  /// Something has changed: whoever asks from now on gets what was asked from
  /// now on.
  void drop();

private:
  using both_forms = std::array<std::optional<http::response>, 2>;
  struct waiter {
    http::responder respond;
    bool gzip;
  };
  /// One question and its answer; dropped from by_key, it still answers those
  /// who wait for it.
  struct flight {
    clock::time_point asked_at;
    std::vector<waiter> waiting;
    std::optional<http::response> answer;
    both_forms forms;
  };
  static const http::response& form_of(flight& one, bool gzip);
  void answered(const std::shared_ptr<flight>& one, http::response answer);

  static constexpr std::size_t most_keys = 64;

  std::function<clock::time_point()> now_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<flight>> by_key_;
};

} // namespace millrace::admin
