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

  /// Asked right before each frame that writes.
  using permission = std::function<bool()>;

  plc_channel(boost::asio::io_context& io, std::string line,
              exchange::options timing, std::unique_ptr<transport> carrier,
              permission may_write);

  /// Before the first send().
  void answer_to(answered callback);
  void open();
  /// A step sent while another is under way, or while closed, is answered as
  /// unanswered.
  void send(std::uint64_t number, const step& asked);
  /// What is under way is answered as unanswered.
  void close();

private:
  void begin();
  void act(exchange::reaction what);
  void finish(answer got);
  void arm();
  void expired();
  /// Why the step must not be sent (again) now.
  std::optional<answer::kind> forbidden() const;
  void count_exchange();
  void count_end_code(const answer& got);

  std::string line_;
  std::chrono::milliseconds time_out_;
  exchange exchange_;
  std::unique_ptr<transport> carrier_;
  permission may_write_;
  boost::asio::steady_timer timer_;
  answered answered_;
  bool open_ = false;
  bool busy_ = false;
  /// Waiting for the transport to open.
  bool waiting_ = false;
  std::uint64_t number_ = 0;
  step step_;
  exchange::counters reported_;
};

} // namespace millrace::plc
