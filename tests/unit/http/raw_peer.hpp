#pragma once

#include <arpa/inet.h>
#include <cstdint>
#include <functional>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

// Plain sockets, so that the tests share no code with what they test.

namespace raw {

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// One TCP connection. Waits at most 5 s for anything, then gives up.
class peer {
public:
  explicit peer(int descriptor) : fd_(descriptor) {
  }
  /// `from`: which of this machine's addresses it comes from.
  static peer connected_to(std::uint16_t port, const char* from = "127.0.0.1") {
    peer p{socket(AF_INET, SOCK_STREAM, 0)};
    auto own = loopback(0);
    if (inet_pton(AF_INET, from, &own.sin_addr) != 1
        || bind(p.fd_, reinterpret_cast<const sockaddr*>(&own), sizeof own)
             != 0)
      throw std::runtime_error("cannot come from this address");
    const auto address = loopback(port);
    if (connect(p.fd_, reinterpret_cast<const sockaddr*>(&address),
                sizeof address)
        != 0)
      throw std::runtime_error("cannot connect");
    return p;
  }
  peer(peer&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), seen_(std::move(other.seen_)) {
  }
  ~peer() {
    close();
  }
  void close() {
    if (fd_ >= 0)
      ::close(std::exchange(fd_, -1));
  }
  void end_of_sending() {
    shutdown(fd_, SHUT_WR);
  }
  void send(std::string_view text) {
    while (!text.empty()) {
      const auto n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0)
        return;
      text.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  /// What came up to and with `mark`, or up to the end of the stream.
  std::string receive_until(std::string_view mark) {
    for (;;) {
      const auto at = seen_.find(mark);
      if (at != std::string::npos)
        return take(at + mark.size());
      if (!more())
        return take(seen_.size());
    }
  }
  std::string receive(std::size_t bytes) {
    while (seen_.size() < bytes && more()) {
    }
    return take(std::min(bytes, seen_.size()));
  }
  /// What comes within that time, if anything does.
  std::string receive_within(int milliseconds) {
    pollfd waiting{fd_, POLLIN, 0};
    if (seen_.empty() && poll(&waiting, 1, milliseconds) == 1)
      more();
    return take(seen_.size());
  }
  std::string receive_all() {
    while (more()) {
    }
    return take(seen_.size());
  }
  /// A request or answer with Content-Length.
  std::string receive_message() {
    auto text = receive_until("\r\n\r\n");
    const auto at = text.find("Content-Length: ");
    if (at != std::string::npos)
      text += receive(std::stoul(text.substr(at + 16)));
    return text;
  }

private:
  bool more() {
    pollfd waiting{fd_, POLLIN, 0};
    if (poll(&waiting, 1, 5000) != 1)
      return false;
    char chunk[4096];
    const auto n = recv(fd_, chunk, sizeof chunk, 0);
    if (n <= 0)
      return false;
    seen_.append(chunk, static_cast<std::size_t>(n));
    return true;
  }
  std::string take(std::size_t bytes) {
    auto text = seen_.substr(0, bytes);
    seen_.erase(0, bytes);
    return text;
  }

  int fd_;
  std::string seen_;
};

/// Listens on a free port; the n-th connection is served by the n-th script,
/// one after the other on one thread.
class scripted_server {
public:
  explicit scripted_server(std::vector<std::function<void(peer&)>> scripts)
    : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    auto address = loopback(0);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0
        || listen(listener_, 8) != 0)
      throw std::runtime_error("cannot listen");
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, steps = std::move(scripts)] {
      for (const auto& script : steps) {
        const int fd = accept(listener_, nullptr, nullptr);
        if (fd < 0)
          return;
        peer p{fd};
        script(p);
      }
    });
  }
  ~scripted_server() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
  }

private:
  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

} // namespace raw
