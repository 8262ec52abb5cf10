#pragma once

#include "services/plc-simulator/fins_frame.hpp"

#include <map>
#include <optional>

// FINS/TCP as the server side of an Ethernet unit speaks it (RELIABILITY A.2;
// OMRON W421 section 7-4). Pure: bytes in, what to do out.

namespace millrace::plc_sim {

/// Wraps one FINS frame for FINS/TCP (command 2).
bytes tcp_envelope(const bytes& frame);

/// The nodes of connected clients; one for the whole unit. A connection is
/// known by a number of the caller's.
class node_table {
public:
  struct grant {
    /// 0 when refused.
    int node = 0;
    /// Error field of the answer.
    std::uint32_t error = 0;
    /// The connection that holds the wished node, to be probed.
    std::optional<int> holder;
  };

  /// `slots`: connections at the same time, 1..16.
  node_table(int server_node, int slots);

  /// `wished` 0: any of 239..254.
  grant claim(int connection, std::uint32_t wished);
  void release(int connection);
  int server_node() const {
    return server_node_;
  }

private:
  int server_node_;
  std::size_t slots_;
  /// Connection by node.
  std::map<int, int> holders_;
};

/// One connection's stream.
class tcp_session {
public:
  /// What the bytes that came demand, in this order.
  struct outcome {
    /// To this client at once.
    bytes send;
    /// Complete FINS frames to be answered.
    std::vector<bytes> frames;
    /// Then close.
    bool close = false;
    /// Send a connection confirmation (probe_frame) to that connection.
    std::optional<int> probe;
  };

  /// `nodes` outlives the session.
  tcp_session(int connection, node_table& nodes);
  outcome feed(byte_view received);

private:
  bool take_frame(outcome& out);
  void obey(std::uint32_t command, byte_view body, outcome& out);
  void shake_hands(byte_view body, outcome& out);

  int connection_;
  node_table& nodes_;
  bytes pending_;
  bool greeted_ = false;
};

/// FINS/TCP command 6, by which the unit finds out whether an old connection
/// still lives.
bytes probe_frame();

} // namespace millrace::plc_sim
