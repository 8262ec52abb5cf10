#include "services/plc-gateway/tcp_transport.hpp"

#include "common/fins/tcp.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <random>

namespace millrace::plc {

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

constexpr milliseconds first_pause{200};
constexpr milliseconds longest_pause{5000};
/// A PLC that still holds our old connection has let it go by then.
constexpr milliseconds pause_when_node_connected{1500};

class tcp_transport final : public transport {
public:
  tcp_transport(boost::asio::io_context& io, std::string host, int port,
                std::uint8_t client_node, milliseconds time_out)
    : resolver_(io), socket_(io), timer_(io), host_(std::move(host)),
      port_(port), client_node_(client_node), time_out_(time_out),
      random_(std::random_device{}()) {
  }

  void open(callbacks back) override {
    back_ = std::move(back);
    closed_ = false;
    connect();
  }
  bool ready() const override {
    return ready_;
  }
  void send(fins::octets frame) override {
    if (ready_)
      write(fins::tcp::encode_frame(frame));
  }
  void suspect() override {
    if (ready_)
      lost("an answer did not come", first_pause);
  }
  std::string trouble() const override {
    return trouble_;
  }
  void close() override {
    closed_ = true;
    drop_connection();
    resolver_.cancel();
    timer_.cancel();
  }

private:
  /// Handlers of an earlier connection must not touch the present one.
  template <class Next>
  auto of_this_connection(Next next) {
    return [ this, mine = generation_, next ](
      error_code failed,
      auto&&... rest) requires std::invocable<const Next&, error_code,
                                              decltype(rest)...> {
      if (!closed_ && mine == generation_)
        next(failed, rest...);
    };
  }

  void connect() {
    stream_ = {};
    // One limit for look-up, connect and node exchange.
    timer_.expires_after(time_out_);
    timer_.async_wait(of_this_connection([this](error_code failed) {
      if (!failed)
        lost("no connection within the time-out");
    }));
    resolver_.async_resolve(
      host_, std::to_string(port_),
      of_this_connection(
        [this](error_code failed, const tcp::resolver::results_type& found) {
          if (failed)
            return lost(failed.message());
          connect_to(found);
        }));
  }

  void connect_to(const tcp::resolver::results_type& found) {
    boost::asio::async_connect(
      socket_, found,
      of_this_connection([this](error_code failed, const tcp::endpoint&) {
        if (failed)
          return lost(failed.message());
        error_code ignored;
        socket_.set_option(tcp::no_delay(true), ignored);
        receive();
        write(fins::tcp::encode_node_request(client_node_));
      }));
  }

  void write(fins::octets packet) {
    const auto kept = std::make_shared<fins::octets>(std::move(packet));
    boost::asio::async_write(
      socket_, boost::asio::buffer(*kept),
      of_this_connection([this, kept](error_code failed, std::size_t) {
        if (failed)
          lost(failed.message());
      }));
  }

  void receive() {
    socket_.async_read_some(
      boost::asio::buffer(buffer_),
      of_this_connection([this](error_code failed, std::size_t size) {
        if (failed)
          return lost(failed.message());
        stream_.feed(std::span(buffer_).first(size));
        const auto mine = generation_;
        while (mine == generation_ && take_packet()) {
        }
        if (mine == generation_)
          receive();
      }));
  }

  /// True when there may be another.
  bool take_packet() {
    auto next = stream_.next();
    if (!next)
      return false;
    if (!*next) {
      back_.dropped("stream");
      lost(next->why());
      return false;
    }
    handle(**next);
    return true;
  }

  void handle(const fins::tcp::packet& packet) {
    using fins::tcp::command;
    if (packet.command
        == static_cast<std::uint32_t>(command::connection_confirmation))
      return;
    if (packet.command
        == static_cast<std::uint32_t>(command::error_notification))
      return lost("PLC closed the connection: "
                  + fins::tcp::describe_error(packet.error));
    if (!ready_)
      return take_nodes(packet);
    if (packet.command == static_cast<std::uint32_t>(command::frame))
      back_.received(packet.body);
    else
      back_.dropped("stream");
  }

  void take_nodes(const fins::tcp::packet& packet) {
    const auto nodes = fins::tcp::decode_node_answer(packet);
    if (!nodes)
      return lost(nodes.why(), packet.error == fins::tcp::error_node_connected
                                 ? pause_when_node_connected
                                 : longest_pause);
    timer_.cancel();
    ready_ = true;
    trouble_.clear();
    pause_ = first_pause;
    back_.opened(nodes->client, nodes->server);
  }

  void lost(std::string why) {
    lost(std::move(why), pause_);
    pause_ = std::min(pause_ * 2, longest_pause);
  }

  void lost(std::string why, milliseconds pause) {
    trouble_ = std::move(why);
    drop_connection();
    // Spread, so that many lines do not come back in step.
    const auto half = pause.count() / 2;
    const milliseconds wait{
      half + std::uniform_int_distribution<long>(0, half)(random_)};
    timer_.expires_after(wait);
    timer_.async_wait(of_this_connection([this](error_code failed) {
      if (!failed)
        connect();
    }));
  }

  void drop_connection() {
    ++generation_;
    ready_ = false;
    error_code ignored;
    // What was not delivered must not arrive later: a handshake would.
    socket_.set_option(tcp::socket::linger(true, 0), ignored);
    socket_.close(ignored);
  }

  tcp::resolver resolver_;
  tcp::socket socket_;
  boost::asio::steady_timer timer_;
  std::string host_;
  int port_;
  std::uint8_t client_node_;
  milliseconds time_out_;
  callbacks back_;
  fins::tcp::reassembly stream_;
  std::array<std::uint8_t, 4096> buffer_{};
  std::uint64_t generation_ = 0;
  bool ready_ = false;
  bool closed_ = false;
  milliseconds pause_ = first_pause;
  std::string trouble_;
  std::minstd_rand random_;
};

} // namespace

std::unique_ptr<transport> make_tcp_transport(boost::asio::io_context& io,
                                              std::string host, int port,
                                              std::uint8_t client_node,
                                              milliseconds time_out) {
  return std::make_unique<tcp_transport>(io, std::move(host), port, client_node,
                                         time_out);
}

} // namespace millrace::plc
