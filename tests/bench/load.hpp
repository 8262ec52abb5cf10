#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::bench {

struct figures {
  std::uint64_t answers = 0;
  /// Anything but a complete 200.
  std::uint64_t failures = 0;
  std::chrono::nanoseconds spent{0};
  /// From sending a request to the last byte of its answer.
  std::vector<std::chrono::nanoseconds> latencies;

  double per_second() const;
  std::chrono::nanoseconds latency_at(double share);
  void add(const figures& more);
};

/// Asks over so many kept connections to 127.0.0.1, on this thread: each
/// connection sends its next request when its answer is complete. `seen` gets
/// each body.
figures load(std::uint16_t port, const std::string& request,
             std::size_t connections, std::chrono::milliseconds duration,
             const std::function<void(std::string_view body)>& seen);

} // namespace millrace::bench
