#pragma once

#include "common/http/connection.hpp"
#include "common/http/piece_queue.hpp"
#include "common/http/stream.hpp"

#include <boost/asio/steady_timer.hpp>

#include <array>
#include <string>

// Internal to the server.

namespace millrace::http {

/// Writes the head and then what comes through an outflow. The connection ends
/// with the body: then what the peer sends meanwhile needs no place, and one
/// read is always there to notice that it has gone. On the server's thread.
class streamed_answer {
public:
  using error_code = boost::system::error_code;

  /// Part of the connection `owner`, which is kept while an operation runs.
  /// `over` is called when nothing runs any more after a complete body or, with
  /// an error, when the peer has gone or is too slow.
  streamed_answer(stream& way, boost::asio::steady_timer& timer,
                  server_parts& parts, std::weak_ptr<void> owner,
                  std::function<void(error_code)> over);
  ~streamed_answer();

  /// `opened` is not called when only the head is asked for.
  void begin(std::string head, bool chunked, bool head_only,
             const std::function<void(std::shared_ptr<outflow>)>& opened);
  /// The connection is closed.
  void close();

private:
  bool open(const std::function<void(std::shared_ptr<outflow>)>& opened);
  void limit_writing();
  void write_piece();
  std::string in_frame(const std::string& piece) const;
  void send(std::size_t bytes, std::string frame);
  void piece_written(error_code ec, std::size_t bytes);
  /// Reads and forgets until the peer closes.
  void watch();
  void end();
  void lose(error_code why);

  stream& stream_;
  boost::asio::steady_timer& timer_;
  server_parts& parts_;
  std::weak_ptr<void> owner_;
  std::function<void(error_code)> over_;
  std::shared_ptr<piece_queue> pieces_;
  std::string frame_;
  std::array<char, 4096> ignored_{};
  std::size_t ignored_bytes_ = 0;
  bool head_only_ = false;
  bool chunked_ = false;
  bool writing_ = false;
  bool watching_ = false;
  bool last_chunk_sent_ = false;
  bool complete_ = false;
  bool closed_ = false;
};

} // namespace millrace::http
