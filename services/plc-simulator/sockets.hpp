#pragma once

#include "services/plc-simulator/fins_frame.hpp"

#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <utility>

// Non-blocking sockets with few words. Errors of single datagrams and
// connections are no errors: networks lose things.

namespace millrace::plc_sim {

/// Closes what it owns.
class descriptor {
public:
  explicit descriptor(int owned = -1) : fd_(owned) {
  }
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {
  }
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor();
  int get() const {
    return fd_;
  }

private:
  int fd_;
};

/// The two listening sockets of one port number.
struct listeners {
  descriptor udp;
  descriptor tcp;
  std::uint16_t port = 0;
};

/// `port` 0: any that is free for both. Throws std::runtime_error naming
/// address and port.
listeners listen_on(const std::string& address, std::uint16_t port);

/// A client's connection; -1 in it when there is none.
descriptor accept_on(const descriptor& listener);

/// One datagram; false when none is there.
bool receive_datagram(const descriptor& udp, bytes& datagram,
                      sockaddr_in& sender);
void send_datagram(const descriptor& udp, const bytes& datagram,
                   const sockaddr_in& to);

/// Appends what has come; false when the connection has ended.
bool receive_stream(const descriptor& connection, bytes& received);
/// Sends from the front of `waiting` and removes what went; false when the
/// connection has ended.
bool send_stream(const descriptor& connection, bytes& waiting);

} // namespace millrace::plc_sim
