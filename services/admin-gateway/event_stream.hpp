#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace millrace::admin {

/// GET /api/events: what is said on the broker, as server-sent events (WHATWG
/// HTML, 9.2). `id` is the CloudEvents id, so that a browser may go on with any
/// admin-gateway that heard the same. Thread safe.
class event_stream {
public:
  /// Sends bytes to a listener; false: it is gone or too slow, and will not be
  /// used again.
  using sink = std::function<bool(std::string)>;

  /// `most_kept`: how many of the newest events a listener can catch up with.
  explicit event_stream(std::size_t most_kept = 1'000) : most_kept_(most_kept) {
  }

  /// `last_event_id`: of the header, empty for none. One that is not kept (any
  /// more) makes the stream begin with the event "reset": read everything anew.
  void listen(std::string_view last_event_id, sink to);
  /// `message` is a CloudEvent without line ends. A repeated id is not sent
  /// again.
  void saw(std::string_view type, const std::string& id,
           std::string_view message);
  /// A comment, so that nobody between us takes the connection for dead.
  void beat();
  std::size_t listeners() const;

private:
  struct kept {
    std::string id;
    std::string text;
  };
  void send_all(const std::string& text);

  std::size_t most_kept_;
  mutable std::mutex mutex_;
  std::deque<kept> kept_;
  std::unordered_set<std::string> ids_;
  std::vector<sink> listeners_;
};

} // namespace millrace::admin
