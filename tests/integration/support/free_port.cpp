#include "tests/integration/support/free_port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <random>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace millrace::test {

namespace {

// Below the ports that the kernel gives to outgoing connections.
constexpr std::uint16_t lowest = 20'000;
constexpr std::uint16_t highest = 31'999;

/// A socket bound there, or -1.
int bound_to(int kind, const char* host, std::uint16_t port) {
  const int fd = ::socket(AF_INET, kind | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, host, &address.sin_addr);
  if (fd >= 0
      && ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address))
           == 0)
    return fd;
  if (fd >= 0)
    ::close(fd);
  return -1;
}

std::uint16_t free_port(int kind) {
  std::random_device any;
  std::uniform_int_distribution<std::uint16_t> ports{lowest, highest};
  for (int tries = 0; tries < 1'000; ++tries) {
    const auto port = ports(any);
    const int claim = bound_to(kind, "127.0.0.2", port);
    if (claim < 0)
      continue;
    if (const int probe = bound_to(kind, "127.0.0.1", port); probe >= 0) {
      ::close(probe);
      return port; // the claim stays open
    }
    ::close(claim);
  }
  throw std::runtime_error("no free port on 127.0.0.1");
}

} // namespace

std::uint16_t free_tcp_port() {
  return free_port(SOCK_STREAM);
}

std::uint16_t free_udp_port() {
  return free_port(SOCK_DGRAM);
}

} // namespace millrace::test
