#pragma once

#include <cstdint>

namespace millrace::test {

/// A port of 127.0.0.1 that nobody listens on. Another program could take it
/// before it is used; where a server can bind port 0 itself, prefer that.
std::uint16_t free_tcp_port();
std::uint16_t free_udp_port();

} // namespace millrace::test
