#include "common/bus/no_delay.hpp"

#include <arpa/inet.h>
#include <charconv>
#include <filesystem>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <system_error>

namespace millrace::bus {

namespace {

/// None for what is no connection over IP.
std::optional<std::uint16_t> peer_port(int descriptor) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  auto* address = reinterpret_cast<sockaddr*>(&peer);
  if (::getpeername(descriptor, address, &size) != 0)
    return {};
  if (peer.ss_family == AF_INET)
    return ntohs(reinterpret_cast<const sockaddr_in&>(peer).sin_port);
  if (peer.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6&>(peer).sin6_port);
  return {};
}

} // namespace

void send_at_once(std::uint16_t port) {
  std::error_code unreadable;
  std::filesystem::directory_iterator descriptors{"/proc/self/fd", unreadable};
  while (!unreadable && descriptors != std::filesystem::directory_iterator{}) {
    const auto name = descriptors->path().filename().string();
    int descriptor = -1;
    std::from_chars(name.data(), name.data() + name.size(), descriptor);
    const int yes = 1;
    if (peer_port(descriptor) == port)
      ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    descriptors.increment(unreadable);
  }
}

} // namespace millrace::bus
