#include "services/plc-gateway/udp_transport.hpp"

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>

namespace millrace::plc {

namespace {

using boost::asio::ip::udp;
using boost::system::error_code;

constexpr std::chrono::seconds pause_between_tries{1};

class udp_transport final : public transport {
public:
  udp_transport(boost::asio::io_context& io, std::string host, int port,
                int local_port)
    : resolver_(io), socket_(io), timer_(io), host_(std::move(host)),
      port_(port), local_port_(local_port) {
  }

  void open(callbacks back) override {
    back_ = std::move(back);
    closed_ = false;
    look_up();
  }
  bool ready() const override {
    return ready_;
  }
  void send(fins::octets frame) override {
    if (!ready_)
      return;
    error_code failed;
    socket_.send_to(boost::asio::buffer(frame), plc_, 0, failed);
    // Not fatal: without an answer the exchange repeats it.
    trouble_ = failed ? "send: " + failed.message() : "";
  }
  void suspect() override {
    if (!resolving_)
      look_up();
  }
  std::string trouble() const override {
    return trouble_;
  }
  void close() override {
    closed_ = true;
    ready_ = false;
    error_code ignored;
    resolver_.cancel();
    timer_.cancel();
    socket_.close(ignored);
  }

private:
  void look_up() {
    resolving_ = true;
    resolver_.async_resolve(
      host_, std::to_string(port_),
      [this](error_code failed, const udp::resolver::results_type& found) {
        resolving_ = false;
        if (closed_)
          return;
        if (!failed)
          failed = use(*found.begin());
        if (failed)
          try_again(host_ + ": " + failed.message());
      });
  }

  error_code use(const udp::endpoint& plc) {
    plc_ = plc;
    if (socket_.is_open())
      return {};
    error_code failed;
    socket_.open(plc.protocol(), failed);
    if (!failed)
      socket_.bind({plc.protocol(), static_cast<unsigned short>(local_port_)},
                   failed);
    if (failed) {
      error_code ignored;
      socket_.close(ignored);
      return failed;
    }
    trouble_.clear();
    ready_ = true;
    receive();
    back_.opened(0, 0);
    return {};
  }

  void try_again(std::string why) {
    if (ready_)
      return;
    trouble_ = std::move(why);
    timer_.expires_after(pause_between_tries);
    timer_.async_wait([this](error_code failed) {
      if (!failed && !closed_)
        look_up();
    });
  }

  void receive() {
    socket_.async_receive_from(
      boost::asio::buffer(buffer_), sender_,
      [this](error_code failed, std::size_t size) {
        if (closed_ || failed == boost::asio::error::operation_aborted)
          return;
        if (!failed) {
          if (sender_ == plc_)
            back_.received(std::span(buffer_).first(size));
          else
            back_.dropped("foreign");
        }
        receive();
      });
  }

  udp::resolver resolver_;
  udp::socket socket_;
  boost::asio::steady_timer timer_;
  std::string host_;
  int port_;
  int local_port_;
  callbacks back_;
  udp::endpoint plc_, sender_;
  /// One octet more than any frame, so that a longer datagram shows.
  std::array<std::uint8_t, fins::longest_frame + 1> buffer_{};
  bool resolving_ = false;
  bool ready_ = false;
  bool closed_ = false;
  std::string trouble_;
};

} // namespace

std::unique_ptr<transport> make_udp_transport(boost::asio::io_context& io,
                                              std::string host, int port,
                                              int local_port) {
  return std::make_unique<udp_transport>(io, std::move(host), port, local_port);
}

} // namespace millrace::plc
