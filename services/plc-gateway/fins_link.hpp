#pragma once

#include "services/plc-gateway/plc_map.hpp"
#include "services/plc-gateway/step.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millrace::plc {

/// How one line's PLC is reached.
struct plc_endpoint {
  std::string line;
  std::string host;
  int port = 9600;
  bool tcp = false;
  /// UDP; 0: any.
  int local_port = 0;
  std::uint8_t client_node = 1;
  std::uint8_t plc_node = 2;
  std::chrono::milliseconds time_out{2000};
  int retries = 2;
};

/// FINS with the PLCs of all lines, on one thread of its own. Each step that is
/// sent gets exactly one answer (unanswered at the latest after its time-outs),
/// unless the link is stopped before. One step at a time per line. Nothing is
/// connected before open().
class fins_link {
public:
  /// Called on the link's thread; must be quick.
  using answered = std::function<void(const std::string& line,
                                      std::uint64_t number, answer got)>;

  /// `may_write` is asked on the link's thread right before each frame that
  /// writes: whether this instance is the one that works.
  fins_link(std::vector<plc_endpoint> plcs, std::function<bool()> may_write);
  ~fins_link();
  void start(answered callback);
  /// Thread safe. Connects to the PLCs, lets go of them.
  void open();
  void close();
  /// Thread safe; returns at once. `line` is one of the endpoints'.
  void send(const std::string& line, std::uint64_t number, step asked);
  /// Blocking, for a moment. No callback runs after it.
  void stop();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace millrace::plc
