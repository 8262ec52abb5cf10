#include "services/plc-simulator/sockets.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace millrace::plc_sim {

namespace {

/// Larger than every FINS message and every UDP datagram.
constexpr std::size_t largest_datagram = 65536;
/// Ports to try until one is free for UDP and TCP.
constexpr int port_attempts = 50;
/// Answers that a client does not take are not collected without end.
constexpr std::size_t most_waiting = 1024 * 1024;

sockaddr_in address_of(const std::string& address, std::uint16_t port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  if (inet_pton(AF_INET, address.c_str(), &where.sin_addr) != 1)
    throw std::runtime_error("not an IPv4 address: \"" + address + "\"");
  return where;
}

descriptor bound(int type, const sockaddr_in& where) {
  descriptor fd{socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const int on = 1;
  if (type == SOCK_STREAM)
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto* address = reinterpret_cast<const sockaddr*>(&where);
  if (fd.get() < 0 || bind(fd.get(), address, sizeof where) != 0)
    return descriptor{};
  return fd;
}

std::uint16_t port_of(const descriptor& fd) {
  sockaddr_in where{};
  socklen_t size = sizeof where;
  getsockname(fd.get(), reinterpret_cast<sockaddr*>(&where), &size);
  return ntohs(where.sin_port);
}

bool later() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

} // namespace

descriptor::~descriptor() {
  if (fd_ >= 0)
    close(fd_);
}

listeners listen_on(const std::string& address, std::uint16_t port) {
  const int attempts = port == 0 ? port_attempts : 1;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    listeners both;
    both.tcp = bound(SOCK_STREAM, address_of(address, port));
    if (both.tcp.get() < 0)
      continue;
    both.port = port_of(both.tcp);
    both.udp = bound(SOCK_DGRAM, address_of(address, both.port));
    if (both.udp.get() >= 0 && listen(both.tcp.get(), SOMAXCONN) == 0)
      return both;
  }
  throw std::runtime_error("cannot listen on " + address + ":"
                           + std::to_string(port) + ": "
                           + std::strerror(errno));
}

descriptor accept_on(const descriptor& listener) {
  descriptor client{
    accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
  const int on = 1;
  if (client.get() >= 0)
    setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return client;
}

bool receive_datagram(const descriptor& udp, bytes& datagram,
                      sockaddr_in& sender) {
  datagram.resize(largest_datagram);
  socklen_t size = sizeof sender;
  const auto got = recvfrom(udp.get(), datagram.data(), datagram.size(), 0,
                            reinterpret_cast<sockaddr*>(&sender), &size);
  datagram.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return got >= 0;
}

void send_datagram(const descriptor& udp, const bytes& datagram,
                   const sockaddr_in& to) {
  // A full buffer loses the datagram, as the network may.
  [[maybe_unused]] const auto sent
    = sendto(udp.get(), datagram.data(), datagram.size(), 0,
             reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

bool receive_stream(const descriptor& connection, bytes& received) {
  std::array<std::uint8_t, 16384> chunk;
  const auto got = recv(connection.get(), chunk.data(), chunk.size(), 0);
  if (got > 0)
    received.insert(received.end(), chunk.begin(), chunk.begin() + got);
  return got > 0 || (got < 0 && later());
}

bool send_stream(const descriptor& connection, bytes& waiting) {
  while (!waiting.empty()) {
    const auto sent
      = send(connection.get(), waiting.data(), waiting.size(), MSG_NOSIGNAL);
    if (sent < 0)
      return later() && waiting.size() < most_waiting;
    waiting.erase(waiting.begin(), waiting.begin() + sent);
  }
  return true;
}

} // namespace millrace::plc_sim
