#include "common/http/streamed_answer.hpp"

#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"

#include <boost/asio/write.hpp>

#include <charconv>
#include <utility>

namespace millrace::http {

namespace {

/// Of a body, written at once.
constexpr std::size_t portion_bytes = 64 * 1024;
/// What a peer may say while it is answered.
constexpr std::size_t most_ignored_bytes = 4 * 1024 * 1024;

} // namespace

streamed_answer::streamed_answer(stream& way, boost::asio::steady_timer& timer,
                                 server_parts& parts, std::weak_ptr<void> owner,
                                 std::function<void(error_code)> over)
  : stream_(way), timer_(timer), parts_(parts), owner_(std::move(owner)),
    over_(std::move(over)) {
  ++parts_.streams;
  pieces_ = std::make_shared<piece_queue>(
    parts_.options.max_unsent_bytes,
    [this, way = parts_.to_server, weak = owner_] {
      way->post([this, weak] {
        if (const auto keep = weak.lock())
          write_piece();
      });
    });
}

streamed_answer::~streamed_answer() {
  closed_ = true;
  pieces_->close();
}

void streamed_answer::close() {
  if (std::exchange(closed_, true))
    return;
  --parts_.streams;
  pieces_->close();
}

void streamed_answer::begin(
  std::string head, bool chunked, bool head_only,
  const std::function<void(std::shared_ptr<outflow>)>& opened) {
  head_only_ = head_only;
  chunked_ = chunked;
  if (!head_only_ && !open(opened))
    return over_(boost::asio::error::fault);
  send(0, std::move(head));
  watch();
}

bool streamed_answer::open(
  const std::function<void(std::shared_ptr<outflow>)>& opened) {
  const auto let_go = [queue = pieces_](outflow*) {
    queue->abandon();
  };
  try {
    opened({pieces_.get(), let_go});
    return true;
  } catch (const std::exception& e) {
    log::error("http.handler_threw", {{"error", e.what()}});
    return false;
  }
}

void streamed_answer::limit_writing() {
  writing_ = true;
  timer_.expires_after(parts_.options.write_time_out);
  timer_.async_wait([this, keep = owner_.lock()](error_code ec) {
    if (!ec && writing_)
      lose(boost::asio::error::timed_out);
  });
}

void streamed_answer::write_piece() {
  if (closed_ || complete_)
    return;
  if (pieces_->is_broken_off())
    return lose(boost::asio::error::no_buffer_space);
  if (writing_)
    return;
  const auto piece = pieces_->take(portion_bytes);
  if (!piece.empty())
    return send(piece.size(), in_frame(piece));
  if (!pieces_->is_complete())
    return pieces_->tell_writable();
  if (!chunked_ || std::exchange(last_chunk_sent_, true))
    return end();
  send(0, "0\r\n\r\n");
}

/// A chunk (RFC 9112 7.1), or the bytes as they are.
std::string streamed_answer::in_frame(const std::string& piece) const {
  if (!chunked_)
    return piece;
  std::array<char, 16> size{};
  const auto end
    = std::to_chars(size.data(), size.data() + size.size(), piece.size(), 16);
  return std::string{size.data(), end.ptr} + "\r\n" + piece + "\r\n";
}

void streamed_answer::send(std::size_t bytes, std::string frame) {
  frame_ = std::move(frame);
  limit_writing();
  boost::asio::async_write(
    stream_, boost::asio::buffer(frame_),
    [this, keep = owner_.lock(), bytes](error_code ec, std::size_t) {
      piece_written(ec, bytes);
    });
}

void streamed_answer::piece_written(error_code ec, std::size_t bytes) {
  writing_ = false;
  timer_.cancel();
  if (closed_)
    return;
  if (ec)
    return over_(ec);
  if (head_only_)
    return end();
  pieces_->written(bytes);
  write_piece();
}

void streamed_answer::watch() {
  watching_ = true;
  stream_.async_read_some(
    boost::asio::buffer(ignored_),
    [this, keep = owner_.lock()](error_code ec, std::size_t bytes) {
      watching_ = false;
      ignored_bytes_ += bytes;
      if (closed_)
        return;
      if (complete_)
        return over_({});
      if (ec || ignored_bytes_ > most_ignored_bytes)
        return over_(ec ? ec : boost::asio::error::message_size);
      watch();
    });
}

void streamed_answer::end() {
  complete_ = true;
  if (watching_) // over when that read has ended
    stream_.tcp().cancel();
  else
    over_({});
}

void streamed_answer::lose(error_code why) {
  metrics::count("millrace_http_broken_streams_total",
                 "Streamed answers that were broken off: the reader was "
                 "too slow, or they could not be completed");
  over_(why);
}

} // namespace millrace::http
