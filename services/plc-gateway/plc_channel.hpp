#pragma once

#include "services/plc-gateway/exchange.hpp"
#include "services/plc-gateway/transport.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <string>

namespace millrace::plc {

/// One PLC's exchange on its transport, with timer and metrics. On the link's
/// thread only.
class plc_channel {
public:
  using answered = std::function<void(std::uint64_t number, answer got)>;

  plc_channel(boost::asio::io_context& io, std::string line,
              exchange::options timing, std::unique_ptr<transport> carrier);

  void open(answered callback);
  /// A step sent while another is under way is answered as unanswered.
  void send(std::uint64_t number, const step& asked);
  void close();

private:
  void begin();
  void act(exchange::reaction what);
  void finish(answer got);
  void arm();
  void count_exchange();
  void count_end_code(const answer& got);

  std::string line_;
  std::chrono::milliseconds time_out_;
  exchange exchange_;
  std::unique_ptr<transport> carrier_;
  boost::asio::steady_timer timer_;
  answered answered_;
  bool busy_ = false;
  /// Waiting for the transport to open.
  bool waiting_ = false;
  std::uint64_t number_ = 0;
  step step_;
  exchange::counters reported_;
};

} // namespace millrace::plc
