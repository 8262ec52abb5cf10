#include "services/plc-simulator/network.hpp"

#include "common/telemetry/log.hpp"
#include "services/plc-simulator/fins_tcp.hpp"
#include "services/plc-simulator/sockets.hpp"

#include <algorithm>
#include <poll.h>
#include <variant>

namespace millrace::plc_sim {

namespace {

/// How often the program runs when nothing else happens.
constexpr std::chrono::milliseconds idle_step{10};
/// An answer that waits for the next one goes out at last after this.
constexpr std::chrono::milliseconds longest_reorder{500};

/// Where an answer goes: a UDP sender or the number of a TCP connection.
using destination = std::variant<sockaddr_in, int>;

struct waiting_answer {
  instant due{};
  bytes frame;
  destination to;
  bool after_next = false;
};

struct client {
  client(descriptor accepted, int number, node_table& nodes)
    : fd(std::move(accepted)), session(number, nodes) {
  }
  descriptor fd;
  tcp_session session;
  bytes outgoing;
  /// Close when `outgoing` has gone.
  bool closing = false;
};

} // namespace

struct network::impl {
  impl(network_settings chosen, simulated_plc& behind,
       std::function<instant()> time)
    : settings(std::move(chosen)), plc(behind), clock(std::move(time)),
      listening(listen_on(settings.bind, settings.port)),
      nodes(settings.node, settings.tcp_slots) {
  }

  bool serve_once(int stop);
  std::vector<pollfd> watched(int stop) const;
  int patience() const;
  void receive_udp();
  void accept_clients();
  void receive_tcp(int number, client& from);
  void act(int number, client& from, const tcp_session::outcome& outcome);
  void schedule(std::vector<delivery> answers, const destination& to);
  void send_due();
  void send(const waiting_answer& answer);
  void release_held();
  void flush(int number, client& to);
  void drop(int number);
  void follow_power();

  network_settings settings;
  simulated_plc& plc;
  std::function<instant()> clock;
  listeners listening;
  node_table nodes;
  std::map<int, client> clients;
  int last_client = 0;
  std::vector<waiting_answer> waiting;
  int seen_power_cycles = 0;
};

/// False when it is time to stop.
bool network::impl::serve_once(int stop) {
  auto sockets = watched(stop);
  poll(sockets.data(), sockets.size(), patience());
  if (sockets[0].revents != 0)
    return false;
  follow_power();
  if (sockets[1].revents != 0)
    receive_udp();
  if (sockets[2].revents != 0)
    accept_clients();
  for (std::size_t i = 3; i < sockets.size(); ++i) {
    const auto found
      = std::find_if(clients.begin(), clients.end(), [&](const auto& entry) {
          return entry.second.fd.get() == sockets[i].fd;
        });
    if (found == clients.end() || sockets[i].revents == 0)
      continue;
    const int number = found->first;
    if ((sockets[i].revents & POLLOUT) != 0)
      flush(number, found->second);
    if (clients.contains(number) && (sockets[i].revents & ~POLLOUT) != 0)
      receive_tcp(number, found->second);
  }
  plc.step(clock());
  send_due();
  return true;
}

std::vector<pollfd> network::impl::watched(int stop) const {
  std::vector<pollfd> sockets{{stop, POLLIN, 0},
                              {listening.udp.get(), POLLIN, 0},
                              {listening.tcp.get(), POLLIN, 0}};
  for (const auto& [number, each] : clients) {
    const int out = each.outgoing.empty() ? 0 : POLLOUT;
    sockets.push_back({each.fd.get(), static_cast<short>(POLLIN | out), 0});
  }
  return sockets;
}

int network::impl::patience() const {
  auto shortest = idle_step;
  const auto now = clock();
  for (const auto& answer : waiting)
    shortest = std::min(shortest, std::max(instant{0}, answer.due - now));
  return static_cast<int>(shortest.count());
}

void network::impl::receive_udp() {
  bytes datagram;
  sockaddr_in sender{};
  while (receive_datagram(listening.udp, datagram, sender))
    schedule(plc.on_frame(datagram, "udp", clock()), sender);
}

void network::impl::accept_clients() {
  for (;;) {
    auto accepted = accept_on(listening.tcp);
    if (accepted.get() < 0)
      return;
    if (plc.unreachable())
      continue;
    const int number = ++last_client;
    clients.try_emplace(number, std::move(accepted), number, nodes);
  }
}

void network::impl::receive_tcp(int number, client& from) {
  bytes received;
  const bool alive = receive_stream(from.fd, received);
  if (!alive)
    return drop(number);
  act(number, from, from.session.feed(received));
}

void network::impl::act(int number, client& from,
                        const tcp_session::outcome& outcome) {
  for (const auto& frame : outcome.frames)
    schedule(plc.on_frame(frame, "tcp", clock()), number);
  if (outcome.probe && clients.contains(*outcome.probe)) {
    auto& old = clients.at(*outcome.probe);
    const auto probe = probe_frame();
    old.outgoing.insert(old.outgoing.end(), probe.begin(), probe.end());
    flush(*outcome.probe, old);
  }
  from.outgoing.insert(from.outgoing.end(), outcome.send.begin(),
                       outcome.send.end());
  from.closing = from.closing || outcome.close;
  flush(number, from);
}

void network::impl::schedule(std::vector<delivery> answers,
                             const destination& to) {
  const auto now = clock();
  for (auto& each : answers) {
    auto due = now + each.delay;
    if (settings.cycle.count() > 0)
      due = (due / settings.cycle + 1) * settings.cycle;
    if (each.after_next)
      due += longest_reorder;
    waiting.push_back({due, std::move(each.frame), to, each.after_next});
  }
}

void network::impl::send_due() {
  const auto now = clock();
  std::vector<waiting_answer> due;
  const auto later = std::stable_partition(
    waiting.begin(), waiting.end(),
    [&](const auto& answer) { return answer.due > now; });
  std::move(later, waiting.end(), std::back_inserter(due));
  waiting.erase(later, waiting.end());
  std::stable_sort(due.begin(), due.end(),
                   [](const auto& a, const auto& b) { return a.due < b.due; });
  for (const auto& answer : due)
    send(answer);
  if (!due.empty())
    release_held();
}

void network::impl::send(const waiting_answer& answer) {
  if (plc.unreachable())
    return;
  if (const auto* sender = std::get_if<sockaddr_in>(&answer.to)) {
    send_datagram(listening.udp, answer.frame, *sender);
    return;
  }
  const auto found = clients.find(std::get<int>(answer.to));
  if (found == clients.end())
    return;
  auto& outgoing = found->second.outgoing;
  const auto wrapped = tcp_envelope(answer.frame);
  outgoing.insert(outgoing.end(), wrapped.begin(), wrapped.end());
  flush(found->first, found->second);
}

/// An answer has gone out: those that waited for it follow.
void network::impl::release_held() {
  const auto held = std::stable_partition(
    waiting.begin(), waiting.end(),
    [](const auto& answer) { return !answer.after_next; });
  const std::vector<waiting_answer> released(held, waiting.end());
  waiting.erase(held, waiting.end());
  for (const auto& answer : released)
    send(answer);
}

void network::impl::flush(int number, client& to) {
  const bool alive = send_stream(to.fd, to.outgoing);
  if (!alive || (to.closing && to.outgoing.empty()))
    drop(number);
}

void network::impl::drop(int number) {
  nodes.release(number);
  clients.erase(number);
}

/// Without power, or off the network, the unit forgets its connections.
void network::impl::follow_power() {
  const int cycles = plc.power_cycles();
  if (cycles == seen_power_cycles && !plc.unreachable())
    return;
  seen_power_cycles = cycles;
  waiting.clear();
  while (!clients.empty())
    drop(clients.begin()->first);
}

network::network(network_settings chosen, simulated_plc& plc,
                 std::function<instant()> clock)
  : impl_(std::make_unique<impl>(std::move(chosen), plc, std::move(clock))) {
}

network::~network() = default;

std::uint16_t network::port() const {
  return impl_->listening.port;
}

void network::serve_until(int stop) {
  while (impl_->serve_once(stop)) {
    // Until somebody tells us to stop.
  }
}

} // namespace millrace::plc_sim
