// Many simulated PLCs in one process and one thread, FINS over UDP on
// consecutive ports of 127.0.0.1: the other side of the measure "scale".
// Usage: plc-farm FIRST_PORT COUNT BATCH_SECONDS
// Prints "plc-farm ready" and, at SIGTERM, "produced=N violations=N".

#include "services/plc-simulator/simulated_plc.hpp"
#include "services/plc-simulator/sockets.hpp"

#include <array>
#include <charconv>
#include <csignal>
#include <deque>
#include <iostream>
#include <stdexcept>
#include <string>
#include <sys/epoll.h>
#include <sys/signalfd.h>

namespace {

using namespace millrace::plc_sim;
using namespace std::chrono_literals;

constexpr auto program_cycle = 100ms;

struct post {
  post(std::uint16_t port, const plc_settings& settings)
    : listening(listen_on("127.0.0.1", port)), plc(settings) {
  }
  listeners listening;
  simulated_plc plc;
};

instant now() {
  using std::chrono::duration_cast;
  static const auto start = duration_cast<instant>(
    std::chrono::system_clock::now().time_since_epoch());
  static const auto begun = std::chrono::steady_clock::now();
  return start
         + duration_cast<instant>(std::chrono::steady_clock::now() - begun);
}

int number(const char* text, int low, int high) {
  const std::string_view given{text};
  int value = 0;
  const auto [end, bad]
    = std::from_chars(given.data(), given.data() + given.size(), value);
  if (bad != std::errc{} || end != given.data() + given.size() || value < low
      || value > high)
    throw std::invalid_argument(std::string{given} + " is not within "
                                + std::to_string(low) + ".."
                                + std::to_string(high));
  return value;
}

/// Readable as soon as SIGTERM or SIGINT has come.
descriptor stop_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return descriptor{signalfd(-1, &signals, SFD_CLOEXEC)};
}

void watch(const descriptor& epoll, int fd, post* owner) {
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  wanted.data.ptr = owner;
  if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &wanted) != 0)
    throw std::runtime_error("epoll_ctl failed");
}

void answer(post& at) {
  bytes datagram;
  sockaddr_in sender{};
  while (receive_datagram(at.listening.udp, datagram, sender))
    for (const auto& each : at.plc.on_frame(datagram, "udp", now()))
      send_datagram(at.listening.udp, each.frame, sender);
}

void serve(std::deque<post>& posts, const descriptor& epoll) {
  auto next_step = now();
  for (;;) {
    std::array<epoll_event, 256> ready{};
    const auto patience = std::max(instant{0}, next_step - now());
    const int count = epoll_wait(epoll.get(), ready.data(), ready.size(),
                                 static_cast<int>(patience.count()));
    for (int i = 0; i < count; ++i) {
      if (ready[i].data.ptr == nullptr)
        return;
      answer(*static_cast<post*>(ready[i].data.ptr));
    }
    if (now() < next_step)
      continue;
    for (auto& each : posts)
      each.plc.step(now());
    next_step = now() + program_cycle;
  }
}

void run(int first_port, int count, std::chrono::milliseconds batch_time) {
  const auto stop = stop_signal();
  const descriptor epoll{epoll_create1(EPOLL_CLOEXEC)};
  plc_settings settings;
  settings.mill.batch_time = batch_time;
  settings.ready = true;
  std::deque<post> posts;
  watch(epoll, stop.get(), nullptr);
  for (int i = 0; i < count; ++i) {
    auto& made = posts.emplace_back(static_cast<std::uint16_t>(first_port + i),
                                    settings);
    watch(epoll, made.listening.udp.get(), &made);
  }
  std::cout << "plc-farm ready" << std::endl;
  serve(posts, epoll);
  std::size_t produced = 0;
  std::size_t violations = 0;
  for (const auto& each : posts) {
    const auto ledger = each.plc.ledger();
    produced += ledger.produced.size();
    violations += ledger.violations.size();
  }
  std::cout << "produced=" << produced << " violations=" << violations
            << std::endl;
}

} // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 4)
      throw std::invalid_argument(
        "usage: plc-farm FIRST_PORT COUNT BATCH_SECONDS");
    const int first = number(argv[1], 1, 65535);
    run(first, number(argv[2], 1, 65536 - first),
        std::chrono::seconds{number(argv[3], 1, 86400)});
  } catch (const std::exception& wrong) {
    std::cerr << "plc-farm: " << wrong.what() << '\n';
    return 2;
  }
  return 0;
}
