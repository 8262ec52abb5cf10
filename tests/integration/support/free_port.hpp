#pragma once

#include <cstdint>

namespace millrace::test {

/// A port of 127.0.0.1 that nobody listens on. This process holds the same port
/// of 127.0.0.2 as long as it lives: no other test (see also
/// deploy/demo/plant.py) gets it meanwhile.
std::uint16_t free_tcp_port();
std::uint16_t free_udp_port();

} // namespace millrace::test
