#pragma once

#include <cstdint>

namespace millrace::bus {

/// Sets TCP_NODELAY on this process's TCP connections to a peer's `port`.
///
/// Paho (C, 1.3.12) neither sets it nor tells its socket. Without it a message
/// that follows an acknowledgement of ours waits in the kernel until the broker
/// has acknowledged that one, which a Linux broker puts off for 40 ms: measured
/// at each step of a batch's way. What cannot be set is left as it is.
void send_at_once(std::uint16_t port);

} // namespace millrace::bus
