#include "common/http/server.hpp"

#include "common/http/connection.hpp"
#include "common/http/tls.hpp"
#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>

namespace millrace::http {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// Connections above max_connections that are told so; further ones are closed
/// without a word.
constexpr std::size_t refused_at_once = 100;
/// Before accepting again when the system has no file descriptors left.
constexpr std::chrono::milliseconds accept_pause{100};

tcp::acceptor listen(asio::io_context& io, const std::string& address,
                     std::uint16_t port) {
  try {
    tcp::resolver resolver{io};
    const tcp::endpoint where
      = *resolver.resolve(address, std::to_string(port), tcp::resolver::passive)
           .begin();
    return tcp::acceptor{io, where, true};
  } catch (const boost::system::system_error& e) {
    throw std::runtime_error("cannot listen on " + address + ":"
                             + std::to_string(port) + ": "
                             + e.code().message());
  }
}

} // namespace

struct server::impl {
  impl(server_options chosen, handler how)
    : parts{std::move(chosen),
            std::move(how),
            std::make_shared<gate>(io),
            [this](connection* ended) { remove(ended); },
            {}},
      acceptor(listen(io, parts.options.bind, parts.options.port)),
      port(acceptor.local_endpoint().port()), pause(io) {
    parts.standing = standing_headers(parts.options.headers);
    parts.tls
      = server_tls(parts.options.certificate_file, parts.options.key_file);
  }

  void accept() {
    acceptor.async_accept([this](error_code ec, tcp::socket socket) {
      if (stopping)
        return;
      if (ec)
        return accept_later(ec);
      admit(std::move(socket));
      accept();
    });
  }

  void accept_later(error_code why) {
    log::warn("http.accept_failed", {{"error", why.message()}});
    if (why == asio::error::no_descriptors)
      drop_longest_waiting();
    pause.expires_after(accept_pause);
    pause.async_wait([this](error_code ec) {
      if (!ec && !stopping)
        accept();
    });
  }

  void admit(tcp::socket socket) {
    auto fresh = make_connection(std::move(socket), parts);
    const auto& network = fresh->network();
    const auto theirs = count_of(network);
    const auto most = parts.options.max_connections;
    const auto each = parts.options.max_connections_per_address;
    const auto most_each = each > 0 ? std::min(each, most) : most;
    if (connections.size() >= most + refused_at_once
        || theirs >= most_each + refused_at_once)
      return;
    const bool has_place = theirs >= most_each ? drop_longest_waiting(&network)
                                               : connections.size() < most
                                                   || drop_longest_waiting();
    connections.emplace(fresh.get(), fresh);
    ++of_network[network];
    has_place ? fresh->start() : fresh->refuse();
  }

  std::size_t count_of(const std::string& network) const {
    const auto found = of_network.find(network);
    return found == of_network.end() ? 0 : found->second;
  }

  /// Clients that are idle or do not come to the point must not keep others
  /// out. False when all of them (of the network, if one is given) are being
  /// answered.
  bool drop_longest_waiting(const std::string* network = nullptr) {
    std::shared_ptr<connection> longest;
    for (const auto& [key, each] : connections)
      if (each->waits_since() && (!network || each->network() == *network)
          && (!longest || *each->waits_since() < *longest->waits_since()))
        longest = each;
    if (!longest)
      return false;
    metrics::count("millrace_http_dropped_connections_total",
                   "Connections that waited for their peer and were closed to "
                   "make place for a new one");
    longest->close();
    return true;
  }

  void remove(connection* ended) {
    const auto theirs = of_network.find(ended->network());
    if (theirs != of_network.end() && --theirs->second == 0)
      of_network.erase(theirs);
    connections.erase(ended);
    if (stopping && connections.empty())
      io.stop();
  }

  /// On the server's thread.
  void begin_stop() {
    stopping = true;
    error_code ec;
    acceptor.close(ec);
    pause.cancel();
    const auto copy = connections;
    for (const auto& [key, each] : copy)
      each->finish();
    if (connections.empty())
      io.stop();
  }

  void run() {
    for (;;) {
      try {
        io.run();
        return;
      } catch (const std::exception& e) {
        log::error("http.server_thread", {{"error", e.what()}});
      }
    }
  }

  asio::io_context io{1};
  server_parts parts;
  tcp::acceptor acceptor;
  std::uint16_t port;
  asio::steady_timer pause;
  std::unordered_map<connection*, std::shared_ptr<connection>> connections;
  std::unordered_map<std::string, std::size_t> of_network;
  bool stopping = false;
  std::promise<void> ended;
  std::thread thread;
};

server::server(server_options chosen, handler handle)
  : impl_(std::make_unique<impl>(std::move(chosen), std::move(handle))) {
}

server::~server() {
  stop();
  impl_->parts.to_server->shut();
}

void server::start() {
  impl_->accept();
  impl_->thread = std::thread([this] {
    impl_->run();
    impl_->ended.set_value();
  });
}

std::uint16_t server::port() const {
  return impl_->port;
}

void server::stop(std::chrono::milliseconds grace) {
  if (!impl_->thread.joinable())
    return;
  impl_->parts.to_server->post([this] { impl_->begin_stop(); });
  impl_->ended.get_future().wait_for(grace);
  impl_->io.stop();
  impl_->thread.join();
}

} // namespace millrace::http
