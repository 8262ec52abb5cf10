#pragma once

#include "common/http/server.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace millrace::admin {

/// Answers that are kept under the Idempotency-Key of their request, so that a
/// client which has lost an answer can ask again without acting twice. In
/// memory: a restart forgets them. Thread safe.
class kept_answers {
public:
  using clock = std::chrono::steady_clock;
  static constexpr std::size_t most = 10'000;
  static constexpr std::chrono::hours lifetime{24};

  explicit kept_answers(std::function<clock::time_point()> now = clock::now);

  /// Who is to answer the request: `respond` itself without a key; with one, a
  /// responder that also keeps what is said, if that is final. None when the
  /// request has been answered: with the kept answer (header
  /// Idempotency-Replayed), 400 for a key that is not 1 to 128 printable ASCII
  /// characters, 409 while the first is under way, 422 when the key came with
  /// another body. `caller` tells callers apart: their keys have nothing to do
  /// with each other.
  std::optional<http::responder> admit(const http::request& request,
                                       const std::string& caller,
                                       http::responder respond);

private:
  struct entry {
    std::string body_digest;
    clock::time_point since;
    std::optional<http::response> answer;
  };
  /// Shared with answers that come when the rest is gone.
  struct entries {
    std::mutex mutex;
    std::unordered_map<std::string, entry> by_key;
    /// Oldest first; may name what is gone.
    std::deque<std::pair<clock::time_point, std::string>> ages;
  };
  static void settle(entries& all, const std::string& key,
                     const http::response& answer);
  /// What is too old, and the oldest until so many are left.
  static void drop_old(entries& all, clock::time_point now, std::size_t leave);

  std::function<clock::time_point()> now_;
  std::shared_ptr<entries> all_ = std::make_shared<entries>();
};

} // namespace millrace::admin
