#include "services/plc-gateway/fins_link.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include <array>
#include <future>
#include <thread>

// The link against sockets on loopback that play a PLC with octets written out
// by hand. Waits are bounded; nothing is measured.

using namespace millrace;
using namespace millrace::plc;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using boost::asio::ip::udp;
using fins::octets;

namespace {

const auto loopback = boost::asio::ip::address_v4::loopback();

plc_endpoint endpoint(int port, bool over_tcp) {
  plc_endpoint plc;
  plc.line = "PLC01";
  plc.host = "127.0.0.1";
  plc.port = port;
  plc.tcp = over_tcp;
  plc.client_node = 10;
  plc.plc_node = 2;
  plc.time_out = 5s;
  plc.retries = 0;
  return plc;
}

bool always() {
  return true;
}

/// Sends one step and waits for its answer.
answer ask(fins_link& link, const step& wanted) {
  std::promise<answer> promise;
  auto coming = promise.get_future();
  link.start([&](const std::string& line, std::uint64_t number, answer got) {
    if (line == "PLC01" && number == 42)
      promise.set_value(std::move(got));
  });
  link.open();
  link.send("PLC01", 42, wanted);
  answer got;
  got.how = answer::kind::unanswered;
  got.detail = "test gave up";
  if (coming.wait_for(20s) == std::future_status::ready)
    got = coming.get();
  link.stop();
  return got;
}

/// 0x1234 0xABCD for a read of two words.
octets read_reply(std::uint8_t plc_node, std::uint8_t client_node,
                  std::uint8_t sid) {
  return {0xC0, 0x00, 0x02, 0x00, client_node, 0x00, 0x00, plc_node, 0x00,
          sid,  0x01, 0x01, 0x00, 0x00,        0x12, 0x34, 0xAB,     0xCD};
}

octets receive(tcp::socket& socket, std::size_t size) {
  octets data(size);
  boost::asio::read(socket, boost::asio::buffer(data));
  return data;
}

void reply(tcp::socket& socket, const octets& data) {
  boost::asio::write(socket, boost::asio::buffer(data));
}

octets node_answer(std::uint8_t error) {
  return {0x46, 0x49, 0x4E, 0x53,  0, 0, 0, 0x10, 0, 0, 0, 1,
          0,    0,    0,    error, 0, 0, 0, 10,   0, 0, 0, 7};
}

octets wrapped(const octets& frame) {
  octets packet{0x46, 0x49, 0x4E, 0x53,
                0,    0,    0,    static_cast<std::uint8_t>(8 + frame.size()),
                0,    0,    0,    2,
                0,    0,    0,    0};
  // Not insert(): g++ 12 at -O2 sees a copy beyond the end that is not there.
  for (const auto octet : frame)
    packet.push_back(octet);
  return packet;
}

} // namespace

TEST_CASE("UDP: a foreign, a late and the right answer") {
  boost::asio::io_context io;
  udp::socket plc(io, {loopback, 0});
  udp::socket stranger(io, {loopback, 0});
  octets seen;
  std::thread server([&] {
    std::array<std::uint8_t, 2048> buffer{};
    udp::endpoint client;
    const auto size = plc.receive_from(boost::asio::buffer(buffer), client);
    seen.assign(buffer.begin(), buffer.begin() + static_cast<long>(size));
    auto answer = read_reply(2, 10, seen[9]);
    auto forged = answer;
    forged[14] = 0x66;
    stranger.send_to(boost::asio::buffer(forged), client);
    auto late = forged;
    late[9] ^= 0x80;
    plc.send_to(boost::asio::buffer(late), client);
    plc.send_to(boost::asio::buffer(answer), client);
  });
  fins_link link({endpoint(plc.local_endpoint().port(), false)}, always);
  const auto got = ask(link, step::read({6000, 2}));
  server.join();
  CHECK(got.detail == "");
  CHECK(got.data == words{0x1234, 0xABCD});
  REQUIRE(seen.size() == 18);
  seen[9] = 0;
  CHECK(seen
        == octets{0x80, 0x00, 0x02, 0x00, 0x02, 0x00, 0x00, 0x0A, 0x00, 0x00,
                  0x01, 0x01, 0x82, 0x17, 0x70, 0x00, 0x00, 0x02});
}

TEST_CASE("TCP: node exchange, a confirmation between, an answer in pieces") {
  boost::asio::io_context io;
  tcp::acceptor acceptor(io, {loopback, 0});
  octets greeting, seen;
  std::thread server([&] {
    auto socket = acceptor.accept();
    greeting = receive(socket, 20);
    reply(socket, node_answer(0));
    seen = receive(socket, 34);
    reply(socket, {0x46, 0x49, 0x4E, 0x53, 0, 0, 0, 8, 0, 0, 0, 6, 0, 0, 0, 0});
    const auto packet = wrapped(read_reply(7, 10, seen[25]));
    reply(socket, octets(packet.begin(), packet.begin() + 5));
    reply(socket, octets(packet.begin() + 5, packet.end()));
    // Until the client is done.
    boost::system::error_code closed;
    std::array<std::uint8_t, 1> one{};
    boost::asio::read(socket, boost::asio::buffer(one), closed);
  });
  fins_link link({endpoint(acceptor.local_endpoint().port(), true)}, always);
  const auto got = ask(link, step::read({6000, 2}));
  server.join();
  CHECK(got.detail == "");
  CHECK(got.data == words{0x1234, 0xABCD});
  CHECK(greeting == octets{0x46, 0x49, 0x4E, 0x53, 0, 0, 0, 0x0C, 0, 0,
                           0,    0,    0,    0,    0, 0, 0, 0,    0, 10});
  REQUIRE(seen.size() == 34);
  // The nodes that the PLC named, not those of the settings.
  CHECK(seen[16 + 4] == 7);
  CHECK(seen[16 + 7] == 10);
}

TEST_CASE("TCP: a node that is still connected is tried again") {
  boost::asio::io_context io;
  tcp::acceptor acceptor(io, {loopback, 0});
  int connections = 0;
  std::thread server([&] {
    {
      auto refused = acceptor.accept();
      ++connections;
      receive(refused, 20);
      reply(refused, node_answer(0x21));
    }
    auto socket = acceptor.accept();
    ++connections;
    receive(socket, 20);
    reply(socket, node_answer(0));
    const auto seen = receive(socket, 34);
    reply(socket, wrapped(read_reply(7, 10, seen[25])));
    boost::system::error_code closed;
    std::array<std::uint8_t, 1> one{};
    boost::asio::read(socket, boost::asio::buffer(one), closed);
  });
  fins_link link({endpoint(acceptor.local_endpoint().port(), true)}, always);
  const auto got = ask(link, step::read({6000, 2}));
  server.join();
  CHECK(got.ok());
  CHECK(connections == 2);
}

TEST_CASE("TCP: without a PLC the answer says why") {
  boost::asio::io_context io;
  tcp::acceptor closed(io, {loopback, 0});
  auto nobody = endpoint(closed.local_endpoint().port(), true);
  closed.close();
  nobody.time_out = 100ms;
  fins_link link({nobody}, always);
  const auto got = ask(link, step::read({6000, 2}));
  CHECK(got.how == answer::kind::unanswered);
  CHECK(got.attempts == 0);
  CHECK(got.detail == "Connection refused");
}

TEST_CASE("UDP: silence is unanswered after the attempts") {
  boost::asio::io_context io;
  udp::socket plc(io, {loopback, 0});
  auto silent = endpoint(plc.local_endpoint().port(), false);
  silent.time_out = 20ms;
  silent.retries = 2;
  fins_link link({silent}, always);
  const auto got = ask(link, step::read({6000, 2}));
  CHECK(got.how == answer::kind::unanswered);
  CHECK(got.attempts == 3);
}

TEST_CASE("nothing is written to a line that is not ours, nor too late") {
  boost::asio::io_context io;
  udp::socket plc(io, {loopback, 0});
  const auto silent = endpoint(plc.local_endpoint().port(), false);
  const auto nothing_came = [&] {
    plc.non_blocking(true);
    std::array<std::uint8_t, 100> buffer{};
    udp::endpoint client;
    boost::system::error_code none;
    plc.receive_from(boost::asio::buffer(buffer), client, 0, none);
    return none == boost::asio::error::would_block;
  };
  const auto flag = step::write(7076, {0}, false);
  {
    fins_link link({silent}, [] { return false; });
    const auto got = ask(link, flag);
    CHECK(got.how == answer::kind::not_ours);
    CHECK(got.attempts == 0);
  }
  {
    fins_link link({silent}, always);
    auto late = flag;
    late.not_after = std::chrono::steady_clock::now();
    const auto got = ask(link, late);
    CHECK(got.how == answer::kind::outdated);
    CHECK(got.attempts == 0);
  }
  CHECK(nothing_came());
}

TEST_CASE("a write is not repeated once the line is another's") {
  boost::asio::io_context io;
  udp::socket plc(io, {loopback, 0});
  auto silent = endpoint(plc.local_endpoint().port(), false);
  silent.time_out = 20ms;
  silent.retries = 2;
  int asked = 0;
  fins_link link({silent}, [&] { return ++asked == 1; });
  const auto got = ask(link, step::write(7000, {1, 2}));
  CHECK(got.how == answer::kind::unanswered);
  CHECK(got.attempts == 1);
}

TEST_CASE("a link that was let go of answers at once and opens again") {
  boost::asio::io_context io;
  udp::socket plc(io, {loopback, 0});
  std::promise<void> arrived;
  std::thread server([&] {
    std::array<std::uint8_t, 2048> buffer{};
    udp::endpoint client;
    plc.receive_from(boost::asio::buffer(buffer), client);
    arrived.set_value();
    plc.receive_from(boost::asio::buffer(buffer), client);
    plc.send_to(boost::asio::buffer(read_reply(2, 10, buffer[9])), client);
  });
  fins_link link({endpoint(plc.local_endpoint().port(), false)}, always);
  std::array<std::promise<answer>, 3> got;
  link.start([&](const std::string&, std::uint64_t number, answer one) {
    got.at(number).set_value(std::move(one));
  });
  const auto wait = [&](std::size_t number) {
    auto coming = got.at(number).get_future();
    REQUIRE(coming.wait_for(20s) == std::future_status::ready);
    return coming.get();
  };
  link.open();
  link.send("PLC01", 0, step::read({6000, 2})); // no answer comes
  arrived.get_future().wait();
  link.close();
  CHECK(wait(0).how == answer::kind::unanswered);
  link.send("PLC01", 1, step::read({6000, 2}));
  CHECK(wait(1).detail == "this instance stands by");
  link.open();
  link.send("PLC01", 2, step::read({6000, 2}));
  CHECK(wait(2).ok());
  link.stop();
  server.join();
}
