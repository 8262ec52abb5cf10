#pragma once

#include "services/plc-gateway/transport.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>

namespace millrace::plc {

/// FINS/TCP: connects, exchanges node addresses, reconnects with backoff. After
/// our crash the PLC may refuse our fixed node for a second or two (0x21); that
/// is tried again. `client_node` 0: the PLC chooses. `time_out` bounds connect
/// and node exchange.
std::unique_ptr<transport>
make_tcp_transport(boost::asio::io_context& io, std::string host, int port,
                   std::uint8_t client_node,
                   std::chrono::milliseconds time_out);

} // namespace millrace::plc
