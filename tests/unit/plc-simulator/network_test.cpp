#include "services/plc-simulator/network.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

// Does the unit answer real sockets? The bytes are the same as in the other
// tests; here only the way to and from them is the question.

using namespace millrace::plc_sim;
using namespace std::chrono_literals;

namespace {

/// A PLC on free ports of this machine.
struct plant {
  simulated_plc plc{{{}, {}, true}};
  network fins{{"127.0.0.1", 0, 2, 2, 0ms}, plc, [] {
                 return instant{5000};
               }};
  int stop = eventfd(0, EFD_CLOEXEC);
  std::thread serving{[this] {
    fins.serve_until(stop);
  }};

  ~plant() {
    eventfd_write(stop, 1);
    serving.join();
    close(stop);
  }
};

/// A blocking client that gives up after 10 s.
struct peer {
  int fd;

  peer(int type, std::uint16_t port) : fd(socket(AF_INET, type, 0)) {
    const timeval patience{10, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(fd, reinterpret_cast<sockaddr*>(&where), sizeof where)
            == 0);
  }
  ~peer() {
    close(fd);
  }
  void say(const bytes& what) const {
    send(fd, what.data(), what.size(), MSG_NOSIGNAL);
  }
  /// Exactly `size` bytes of a stream, or one datagram of at most that; fewer
  /// when the other side closed.
  bytes hear(std::size_t size, bool stream) const {
    errno = 0;
    bytes all(size);
    std::size_t got = 0;
    do {
      const auto more = recv(fd, all.data() + got, size - got, 0);
      if (more <= 0)
        break;
      got += static_cast<std::size_t>(more);
    } while (stream && got < size);
    all.resize(got);
    return all;
  }
};

/// Reads D7076 x 1.
const bytes look{0x80, 0x00, 0x02, 0x00, 0x02, 0x00, 0x00, 0x01, 0x00,
                 0x10, 0x01, 0x01, 0x82, 0x1B, 0xA4, 0x00, 0x00, 0x01};
const bytes answer{0xC0, 0x00, 0x02, 0x00, 0x01, 0x00, 0x00, 0x02,
                   0x00, 0x10, 0x01, 0x01, 0x00, 0x00, 0x00, 0x01};
const bytes hello{'F', 'I', 'N', 'S', 0, 0, 0, 0x0C, 0, 0,
                  0,   0,   0,   0,   0, 0, 0, 0,    0, 0};
const bytes welcome{'F', 'I', 'N', 'S', 0, 0, 0, 0x10, 0, 0, 0, 1,
                    0,   0,   0,   0,   0, 0, 0, 0xEF, 0, 0, 0, 2};

bytes wrapped(const bytes& frame) {
  bytes all(16 + frame.size());
  const bytes magic{'F', 'I', 'N', 'S'};
  std::copy(magic.begin(), magic.end(), all.begin());
  all[7] = static_cast<std::uint8_t>(8 + frame.size());
  all[11] = 2;
  std::copy(frame.begin(), frame.end(), all.begin() + 16);
  return all;
}

} // namespace

TEST_CASE_FIXTURE(plant, "a datagram is answered to its sender") {
  const peer one{SOCK_DGRAM, fins.port()};
  const peer two{SOCK_DGRAM, fins.port()};
  one.say(look);
  CHECK(one.hear(4096, false) == answer);
  two.say(look);
  CHECK(two.hear(4096, false) == answer);
}

TEST_CASE_FIXTURE(plant, "a TCP client shakes hands and is answered") {
  const peer client{SOCK_STREAM, fins.port()};
  client.say(hello);
  CHECK(client.hear(24, true) == welcome);
  client.say(wrapped(look));
  CHECK(client.hear(32, true) == wrapped(answer));
}

TEST_CASE_FIXTURE(plant, "an unreachable PLC hangs up") {
  const peer client{SOCK_STREAM, fins.port()};
  client.say(hello);
  CHECK(client.hear(24, true) == welcome);
  fault_settings faults;
  faults.unreachable = true;
  plc.set_faults(faults);
  CHECK(client.hear(1, true).empty());
  // Closed, not only silent until the patience ended.
  CHECK(errno != EAGAIN);
}

TEST_CASE_FIXTURE(plant, "a power cycle hangs up and frees the node") {
  const peer before{SOCK_STREAM, fins.port()};
  before.say(hello);
  CHECK(before.hear(24, true) == welcome);
  plc.power_cycle(false);
  CHECK(before.hear(1, true).empty());
  const peer after{SOCK_STREAM, fins.port()};
  after.say(hello);
  CHECK(after.hear(24, true) == welcome);
}

TEST_CASE_FIXTURE(plant, "an answer held back follows the next one") {
  fault_settings faults;
  faults.reorder = 1;
  faults.count = 1;
  plc.set_faults(faults);
  const peer client{SOCK_DGRAM, fins.port()};
  auto second = look;
  second[9] = 0x11;
  client.say(look);
  client.say(second);
  CHECK(client.hear(4096, false).at(9) == 0x11);
  CHECK(client.hear(4096, false).at(9) == 0x10);
}

TEST_CASE("a port that is taken is named") {
  const plant first;
  simulated_plc plc{{}};
  const auto port = first.fins.port();
  CHECK_THROWS_WITH((network{{"127.0.0.1", port, 2, 2, 0ms},
                             plc,
                             [] {
                               return instant{0};
                             }}),
                    doctest::Contains(std::to_string(port).c_str()));
}
