#include "common/bus/no_delay.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <doctest/doctest.h>

using boost::asio::ip::tcp;

namespace {

/// A connection over the loopback, with nothing set.
struct connection {
  connection()
    : listening(io, {boost::asio::ip::address_v4::loopback(), 0}), client(io),
      served(io) {
    client.connect(listening.local_endpoint());
    listening.accept(served);
  }
  std::uint16_t port() const {
    return listening.local_endpoint().port();
  }
  bool sends_at_once() {
    tcp::no_delay set;
    client.get_option(set);
    return set.value();
  }

  boost::asio::io_context io;
  tcp::acceptor listening;
  tcp::socket client;
  tcp::socket served;
};

} // namespace

TEST_SUITE("no delay") {
  TEST_CASE("connections to the port send at once, others stay as they are") {
    connection ours;
    connection other;
    millrace::bus::send_at_once(ours.port());
    CHECK(ours.sends_at_once());
    CHECK_FALSE(other.sends_at_once());
  }

  TEST_CASE("nothing connected to the port is no trouble") {
    millrace::bus::send_at_once(1);
  }
}
