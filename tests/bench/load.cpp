#include "tests/bench/load.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace millrace::bench {

namespace {

using steady = std::chrono::steady_clock;

int dial(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address)
      != 0)
    throw std::runtime_error("cannot connect");
  return fd;
}

class asker {
public:
  asker(std::uint16_t port, const std::string& request)
    : fd_(dial(port)), request_(request) {
  }
  asker(const asker&) = delete;
  ~asker() {
    close(fd_);
  }
  int descriptor() const {
    return fd_;
  }
  void ask() {
    seen_.clear();
    whole_ = 0;
    sent_at_ = steady::now();
    if (::send(fd_, request_.data(), request_.size(), MSG_NOSIGNAL)
        != static_cast<ssize_t>(request_.size()))
      throw std::runtime_error("cannot send");
  }
  /// True when the answer is complete.
  bool read() {
    char chunk[65536];
    const auto n = recv(fd_, chunk, sizeof chunk, 0);
    if (n <= 0)
      throw std::runtime_error("the connection was closed");
    seen_.append(chunk, static_cast<std::size_t>(n));
    if (whole_ == 0)
      read_head();
    return whole_ > 0 && seen_.size() >= whole_;
  }
  bool was_good() const {
    return seen_.starts_with("HTTP/1.1 200 ");
  }
  std::string_view body() const {
    return std::string_view{seen_}.substr(body_at_);
  }
  std::chrono::nanoseconds took() const {
    return steady::now() - sent_at_;
  }

private:
  void read_head() {
    constexpr std::string_view mark = "Content-Length: ";
    const auto end = seen_.find("\r\n\r\n");
    if (end == std::string::npos)
      return;
    const auto at = seen_.find(mark);
    body_at_ = end + 4;
    whole_ = body_at_
             + (at < end ? std::stoul(seen_.substr(at + mark.size(), 12)) : 0);
  }

  int fd_;
  const std::string& request_;
  std::string seen_;
  std::size_t body_at_ = 0;
  std::size_t whole_ = 0;
  steady::time_point sent_at_;
};

} // namespace

double figures::per_second() const {
  return static_cast<double>(answers)
         / std::chrono::duration<double>(spent).count();
}

std::chrono::nanoseconds figures::latency_at(double share) {
  if (latencies.empty())
    return {};
  const auto at = latencies.begin()
                  + static_cast<std::ptrdiff_t>(
                    share * static_cast<double>(latencies.size() - 1));
  std::nth_element(latencies.begin(), at, latencies.end());
  return *at;
}

void figures::add(const figures& more) {
  answers += more.answers;
  failures += more.failures;
  spent += more.spent;
  latencies.insert(latencies.end(), more.latencies.begin(),
                   more.latencies.end());
}

figures load(std::uint16_t port, const std::string& request,
             std::size_t connections, std::chrono::milliseconds duration,
             const std::function<void(std::string_view body)>& seen) {
  const int waiting = epoll_create1(0);
  std::vector<std::unique_ptr<asker>> askers;
  for (std::size_t i = 0; i < connections; ++i) {
    askers.push_back(std::make_unique<asker>(port, request));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = askers.back().get();
    epoll_ctl(waiting, EPOLL_CTL_ADD, askers.back()->descriptor(), &event);
  }
  figures all;
  const auto begin = steady::now();
  for (const auto& each : askers)
    each->ask();
  while (steady::now() - begin < duration) {
    epoll_event events[64];
    const int n = epoll_wait(waiting, events, 64, 1'000);
    for (int i = 0; i < n; ++i) {
      auto& one = *static_cast<asker*>(events[i].data.ptr);
      if (!one.read())
        continue;
      all.latencies.push_back(one.took());
      ++(one.was_good() ? all.answers : all.failures);
      seen(one.body());
      one.ask();
    }
  }
  all.spent = steady::now() - begin;
  close(waiting);
  return all;
}

} // namespace millrace::bench
