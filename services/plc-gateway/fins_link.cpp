#include "services/plc-gateway/fins_link.hpp"

#include "services/plc-gateway/plc_channel.hpp"
#include "services/plc-gateway/tcp_transport.hpp"
#include "services/plc-gateway/udp_transport.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <map>
#include <random>
#include <thread>

namespace millrace::plc {

namespace {

/// CLIENT_NODE 0 means "ask", which UDP cannot.
constexpr std::uint8_t default_client_node = 1;

exchange::options timing_of(const plc_endpoint& plc) {
  exchange::options timing;
  timing.client_node
    = plc.client_node == 0 ? default_client_node : plc.client_node;
  timing.plc_node = plc.plc_node;
  timing.time_out = plc.time_out;
  timing.retries = plc.retries;
  timing.first_sid = static_cast<std::uint8_t>(std::random_device{}());
  return timing;
}

std::unique_ptr<transport> transport_to(boost::asio::io_context& io,
                                        const plc_endpoint& plc) {
  if (plc.tcp)
    return make_tcp_transport(io, plc.host, plc.port, plc.client_node,
                              plc.time_out);
  return make_udp_transport(io, plc.host, plc.port, plc.local_port);
}

} // namespace

struct fins_link::impl {
  impl(const std::vector<plc_endpoint>& plcs,
       const std::function<bool()>& may_write) {
    for (const auto& plc : plcs)
      channels.emplace(plc.line, std::make_unique<plc_channel>(
                                   io, plc.line, timing_of(plc),
                                   transport_to(io, plc), may_write));
  }

  void each(void (plc_channel::*what)()) {
    boost::asio::post(io, [this, what] {
      for (auto& [line, channel] : channels)
        ((*channel).*what)();
    });
  }

  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
    io.get_executor()};
  std::map<std::string, std::unique_ptr<plc_channel>> channels;
  std::thread thread;
};

fins_link::fins_link(std::vector<plc_endpoint> plcs,
                     std::function<bool()> may_write)
  : impl_(std::make_unique<impl>(plcs, may_write)) {
}

fins_link::~fins_link() {
  stop();
}

void fins_link::start(answered callback) {
  for (auto& [line, channel] : impl_->channels)
    channel->answer_to(
      [callback, name = line](std::uint64_t number, answer got) {
        callback(name, number, std::move(got));
      });
  impl_->thread = std::thread([this] { impl_->io.run(); });
}

void fins_link::open() {
  impl_->each(&plc_channel::open);
}

void fins_link::close() {
  impl_->each(&plc_channel::close);
}

void fins_link::send(const std::string& line, std::uint64_t number,
                     step asked) {
  auto& channel = *impl_->channels.at(line);
  boost::asio::post(impl_->io, [&channel, number, asked = std::move(asked)] {
    channel.send(number, asked);
  });
}

void fins_link::stop() {
  if (!impl_->thread.joinable())
    return;
  boost::asio::post(impl_->io, [this] {
    for (auto& [line, channel] : impl_->channels)
      channel->close();
    impl_->work.reset();
    impl_->io.stop();
  });
  impl_->thread.join();
}

} // namespace millrace::plc
