#pragma once

#include "services/plc-gateway/transport.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>

namespace millrace::plc {

/// FINS/UDP: one long-lived socket for this PLC, on a fixed local port where
/// wished, because the PLC answers to the port that it saw last (RELIABILITY
/// A.7). Frames from any other address are dropped. The host is looked up again
/// after each unanswered request.
std::unique_ptr<transport> make_udp_transport(boost::asio::io_context& io,
                                              std::string host, int port,
                                              int local_port);

} // namespace millrace::plc
