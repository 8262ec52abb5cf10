#pragma once

#include "services/plc-simulator/simulated_plc.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

// The PLC's Ethernet unit: FINS over UDP and TCP on one port number. One thread
// with poll(2).

namespace millrace::plc_sim {

struct network_settings {
  std::string bind = "127.0.0.1";
  /// Of both transports; 0: any that is free for both.
  std::uint16_t port = 9600;
  /// TCP connections at the same time.
  int tcp_slots = 16;
  /// The unit's node, 1..254.
  int node = 2;
  /// Answers go out at the end of a cycle of this length; 0: at once.
  std::chrono::milliseconds cycle{0};
};

class network {
public:
  /// Throws std::runtime_error naming address and port when it cannot listen.
  /// `plc` outlives the network.
  network(network_settings chosen, simulated_plc& plc,
          std::function<instant()> clock);
  ~network();

  std::uint16_t port() const;
  /// Serves until `stop` becomes readable, and lets the PLC's program run
  /// meanwhile.
  void serve_until(int stop);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace millrace::plc_sim
