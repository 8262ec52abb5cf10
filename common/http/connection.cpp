#include "common/http/connection.hpp"

#include "common/http/field_text.hpp"
#include "common/http/piece_queue.hpp"
#include "common/http/url.hpp"
#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <array>
#include <charconv>
#include <optional>

namespace millrace::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using boost::system::error_code;

/// How long and how much we go on reading after an error answer, so that the
/// kernel does not reset the connection before the peer has read it.
constexpr std::chrono::seconds linger_time{2};
constexpr std::size_t linger_bytes = 4 * 1024 * 1024;
/// Of a streamed answer, written at once.
constexpr std::size_t portion_bytes = 64 * 1024;

/// Body texts are ours, so they need no escaping.
response refusal(int status, const std::string& text) {
  return {status,
          R"({"status":"error","message":")" + text + R"(","data":{}})",
          "application/json",
          {}};
}

class accepted : public connection,
                 public std::enable_shared_from_this<accepted> {
public:
  accepted(asio::ip::tcp::socket socket, server_parts& parts)
    : stream_(std::move(socket)), timer_(stream_.get_executor()), parts_(parts),
      options_(parts.options) {
    error_code ec;
    const auto peer = stream_.socket().remote_endpoint(ec);
    remote_ = ec ? std::string{} : peer.address().to_string();
    stream_.socket().set_option(asio::ip::tcp::no_delay(true), ec);
  }

  ~accepted() override {
    if (pieces_) // a stop that had no time to close
      pieces_->close();
  }

  void start() override {
    // The first request must come as fast as any other; only between requests
    // is a client allowed to be idle.
    await_request(options_.read_time_out);
  }

  void refuse() override {
    metrics::count("millrace_http_refused_connections_total",
                   "Connections above max_connections, answered 503");
    fail(503, "too many connections");
  }

  void finish() override {
    finishing_ = true;
    if (state_ == state::idle || state_ == state::streaming)
      close();
  }

private:
  enum class state {
    idle,
    reading,
    answering,
    writing,
    streaming,
    lingering,
    closed
  };

  // ---- reading ------------------------------------------------------------

  /// Cancels what is being read when the time is up. (The stream's own expiry
  /// would close the socket, and a 408 could not be sent any more.)
  void allow(std::chrono::milliseconds patience) {
    stream_.expires_never();
    overdue_ = false;
    timer_.expires_after(patience);
    timer_.async_wait([self = shared_from_this()](error_code ec) {
      if (ec || (self->state_ != state::idle && self->state_ != state::reading))
        return;
      self->overdue_ = true;
      self->stream_.cancel();
    });
  }

  void await_request(std::chrono::milliseconds patience) {
    state_ = state::idle;
    parser_.emplace();
    parser_->header_limit(
      static_cast<std::uint32_t>(options_.max_header_bytes));
    parser_->body_limit(options_.max_body_bytes);
    if (buffer_.size() > 0) // pipelined behind the last request
      return read_header();
    allow(patience);
    stream_.async_read_some(
      buffer_.prepare(4096),
      [self = shared_from_this()](error_code ec, std::size_t bytes) {
        if (ec)
          return self->close();
        self->buffer_.commit(bytes);
        self->read_header();
      });
  }

  void read_header() {
    state_ = state::reading;
    // One deadline for the whole request, however slowly it drips.
    allow(options_.read_time_out);
    wire::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](error_code ec, std::size_t) {
        if (ec)
          return self->unreadable(ec);
        self->header_arrived();
      });
  }

  void header_arrived() {
    const auto& head = parser_->get();
    using wire::verb;
    if (head.method() == verb::unknown || head.method() == verb::connect
        || head.method() == verb::trace)
      return fail(501, "this method is not implemented");
    if (head.count(wire::field::transfer_encoding) && !parser_->chunked())
      return fail(501, "this transfer encoding is not implemented");
    if (head.version() >= 11 && head.count(wire::field::host) != 1)
      return fail(400, "exactly one Host header is required");
    if (beast::iequals(head[wire::field::expect], "100-continue")
        && !parser_->is_done())
      return invite_body();
    read_body();
  }

  /// curl waits for this before it sends a large body.
  void invite_body() {
    invitation_ = {wire::status::continue_, 11};
    wire::async_write(stream_, invitation_,
                      [self = shared_from_this()](error_code ec, std::size_t) {
                        if (ec)
                          return self->close();
                        self->read_body();
                      });
  }

  void read_body() {
    if (overdue_) // the time was up between two reads
      return unreadable(asio::error::operation_aborted);
    wire::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](error_code ec, std::size_t) {
                       if (ec)
                         return self->unreadable(ec);
                       self->request_arrived();
                     });
  }

  void unreadable(error_code ec) {
    if (overdue_)
      return fail(408, "the request did not arrive in time");
    if (ec == wire::error::body_limit)
      return fail(413, "the body is larger than allowed");
    if (ec == wire::error::header_limit)
      return parser_->get().target().empty()
               ? fail(414, "the request line is longer than allowed")
               : fail(431, "the header is larger than allowed");
    if (ec == wire::error::partial_message)
      return fail(400, "the request is incomplete");
    if (ec == wire::error::end_of_stream
        || ec.category() != make_error_code(wire::error::bad_method).category())
      return close(); // nobody is there to read an answer
    fail(400, "malformed request: " + ec.message());
  }

  // ---- answering ----------------------------------------------------------

  void request_arrived() {
    auto message = parser_->release();
    keep_alive_ = message.keep_alive();
    head_only_ = message.method() == wire::verb::head;
    version_ = message.version();
    auto where = parse_target(view(message.target()));
    if (!where)
      return fail(400, where.why());
    request asked;
    asked.method = std::string(view(message.method_string()));
    asked.path = std::move(where->path);
    asked.raw_path = std::move(where->raw_path);
    asked.query = std::move(where->query);
    asked.headers = headers_of(message);
    asked.body = std::move(message.body());
    asked.remote_address = remote_;
    ask_handler(std::move(asked));
  }

  template <class Message>
  static std::map<std::string, std::string> headers_of(const Message& message) {
    std::map<std::string, std::string> headers;
    for (const auto& field : message) {
      const auto name = lower(view(field.name_string()));
      const auto value = view(field.value());
      const auto [at, is_new] = headers.try_emplace(name, value);
      if (!is_new)
        at->second.append(name == "cookie" ? "; " : ", ").append(value);
    }
    return headers;
  }

  void ask_handler(request asked) {
    state_ = state::answering;
    stream_.expires_never();
    const auto number = ++request_number_;
    const auto respond = [way = parts_.to_server, weak = weak_from_this(),
                          number](response answer) {
      way->post([weak, number, answer = std::move(answer)]() mutable {
        if (const auto self = weak.lock())
          self->deliver(number, std::move(answer));
      });
    };
    timer_.expires_after(options_.answer_time_out);
    timer_.async_wait([self = shared_from_this(), number](error_code ec) {
      if (!ec)
        self->deliver(number, refusal(504, "no answer in time"));
    });
    try {
      parts_.handle(std::move(asked), respond);
    } catch (const std::exception& e) {
      log::error("http.handler_threw", {{"error", e.what()}});
      deliver(number, refusal(500, "internal error"));
    }
  }

  /// The first answer to a request counts, later ones are dropped.
  void deliver(std::uint64_t number, response answer) {
    if (number != request_number_ || state_ != state::answering)
      return;
    write(std::move(answer), keep_alive_ && !finishing_);
  }

  void fail(int status, const std::string& text) {
    metrics::count("millrace_http_bad_requests_total",
                   "Requests that the HTTP server refused itself",
                   {{"code", std::to_string(status)}});
    write(refusal(status, text), false);
  }

  void write(response answer, bool keep) {
    if (answer.cut_after == 0)
      return close();
    if (answer.opened && !head_only_ && parts_.streams >= options_.max_streams)
      answer = refusal(503, "too many streams");
    if (answer.opened)
      return write_stream(std::move(answer));
    state_ = state::writing;
    timer_.cancel();
    if (answer.status < 200 || answer.status > 599)
      answer = refusal(500, "internal error");
    const bool no_body = answer.status == 204 || answer.status == 304;
    reply_ = {static_cast<wire::status>(answer.status), version_};
    set_headers(reply_, answer);
    if (no_body)
      reply_.erase(wire::field::content_type);
    else
      reply_.body() = std::move(answer.body);
    if (answer.cut_after)
      keep = false;
    reply_.keep_alive(keep);
    reply_.prepare_payload();
    // The header still promises the whole body.
    if (answer.cut_after && *answer.cut_after < reply_.body().size())
      reply_.body().resize(*answer.cut_after);
    serializer_.emplace(reply_);
    stream_.expires_after(options_.read_time_out);
    const auto written
      = [self = shared_from_this(), keep](error_code ec, std::size_t) {
          self->answer_written(ec, keep);
        };
    if (head_only_)
      wire::async_write_header(stream_, *serializer_, written);
    else
      wire::async_write(stream_, *serializer_, written);
  }

  template <class Message>
  static void set_headers(Message& message, const response& answer) {
    for (const auto& [name, value] : answer.headers)
      if (is_token(name))
        message.set(name, one_line(value));
    message.set(wire::field::content_type, one_line(answer.content_type));
  }

  void answer_written(error_code ec, bool keep) {
    serializer_.reset();
    head_only_ = false;
    if (ec)
      return close();
    if (!keep || finishing_)
      return linger();
    await_request(options_.idle_time_out);
  }

  // ---- streaming ----------------------------------------------------------

  /// The connection ends with the body: then what the peer sends meanwhile
  /// needs no place, and one read is always there to notice that it has gone.
  void write_stream(response answer) {
    state_ = state::streaming;
    timer_.cancel();
    stream_head_ = {static_cast<wire::status>(answer.status), version_};
    set_headers(stream_head_, answer);
    stream_head_.keep_alive(false);
    stream_head_.chunked(version_ >= 11);
    stream_head_serializer_.emplace(stream_head_);
    if (!head_only_)
      open(answer.opened);
    if (state_ != state::streaming)
      return;
    stream_.expires_never();
    limit_writing();
    wire::async_write_header(
      stream_, *stream_head_serializer_,
      [self = shared_from_this()](error_code ec, std::size_t) {
        self->piece_written(ec, 0);
      });
    watch();
  }

  void limit_writing() {
    writing_piece_ = true;
    timer_.expires_after(options_.write_time_out);
    timer_.async_wait([self = shared_from_this()](error_code ec) {
      if (!ec && self->writing_piece_)
        self->close();
    });
  }

  void open(const std::function<void(std::shared_ptr<outflow>)>& opened) {
    ++parts_.streams;
    pieces_ = std::make_shared<piece_queue>(
      options_.max_unsent_bytes,
      [way = parts_.to_server, weak = weak_from_this()] {
        way->post([weak] {
          if (const auto self = weak.lock())
            self->write_piece();
        });
      });
    const auto let_go = [queue = pieces_](outflow*) {
      queue->abandon();
    };
    try {
      opened({pieces_.get(), let_go});
    } catch (const std::exception& e) {
      log::error("http.handler_threw", {{"error", e.what()}});
      close();
    }
  }

  void write_piece() {
    if (state_ != state::streaming)
      return;
    if (pieces_->is_broken_off()) {
      metrics::count("millrace_http_broken_streams_total",
                     "Streamed answers that were broken off: the reader was "
                     "too slow, or they could not be completed");
      return close();
    }
    if (writing_piece_)
      return;
    const auto piece = pieces_->take(portion_bytes);
    if (!piece.empty())
      return send_piece(piece.size(), in_frame(piece));
    if (!pieces_->is_complete())
      return pieces_->tell_writable();
    if (version_ < 11 || std::exchange(last_chunk_sent_, true))
      return linger();
    send_piece(0, "0\r\n\r\n");
  }

  /// A chunk (RFC 9112 7.1), or the bytes as they are.
  std::string in_frame(const std::string& piece) const {
    if (version_ < 11)
      return piece;
    std::array<char, 16> size{};
    const auto end
      = std::to_chars(size.data(), size.data() + size.size(), piece.size(), 16);
    return std::string{size.data(), end.ptr} + "\r\n" + piece + "\r\n";
  }

  void send_piece(std::size_t bytes, std::string frame) {
    frame_ = std::move(frame);
    limit_writing();
    asio::async_write(
      stream_, asio::buffer(frame_),
      [self = shared_from_this(), bytes](error_code ec, std::size_t) {
        self->piece_written(ec, bytes);
      });
  }

  void piece_written(error_code ec, std::size_t bytes) {
    writing_piece_ = false;
    timer_.cancel();
    if (ec)
      return close();
    if (state_ != state::streaming)
      return;
    if (!pieces_)
      return linger();
    pieces_->written(bytes);
    write_piece();
  }

  /// Reads and forgets until the peer closes.
  void watch() {
    watching_ = true;
    stream_.async_read_some(
      asio::buffer(drained_),
      [self = shared_from_this()](error_code ec, std::size_t bytes) {
        self->watching_ = false;
        self->drained_bytes_ += bytes;
        if (self->state_ == state::lingering)
          return self->linger();
        if (ec || self->drained_bytes_ > linger_bytes)
          return self->close();
        self->watch();
      });
  }

  // ---- ending -------------------------------------------------------------

  void linger() {
    state_ = state::lingering;
    if (watching_)
      return stream_.cancel(); // goes on when that read has ended
    error_code ec;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ec);
    stream_.expires_after(linger_time);
    drain();
  }

  void drain() {
    stream_.async_read_some(
      asio::buffer(drained_),
      [self = shared_from_this()](error_code ec, std::size_t bytes) {
        self->drained_bytes_ += bytes;
        if (ec || self->drained_bytes_ > linger_bytes)
          return self->close();
        self->drain();
      });
  }

  void close() {
    if (state_ == state::closed)
      return;
    state_ = state::closed;
    timer_.cancel();
    stream_.close();
    if (pieces_) {
      --parts_.streams;
      pieces_->close();
    }
    parts_.ended(this);
  }

  beast::tcp_stream stream_;
  asio::steady_timer timer_;
  server_parts& parts_;
  const server_options& options_;

  state state_ = state::idle;
  std::string remote_;
  beast::flat_buffer buffer_;
  std::optional<wire::request_parser<wire::string_body>> parser_;
  wire::response<wire::empty_body> invitation_;
  wire::response<wire::string_body> reply_;
  std::optional<wire::response_serializer<wire::string_body>> serializer_;
  wire::response<wire::empty_body> stream_head_;
  std::optional<wire::response_serializer<wire::empty_body>>
    stream_head_serializer_;
  std::shared_ptr<piece_queue> pieces_;
  std::string frame_;
  bool writing_piece_ = false;
  bool last_chunk_sent_ = false;
  bool watching_ = false;
  std::array<char, 4096> drained_{};
  std::size_t drained_bytes_ = 0;
  std::uint64_t request_number_ = 0;
  unsigned version_ = 11;
  bool keep_alive_ = false;
  bool head_only_ = false;
  bool finishing_ = false;
  bool overdue_ = false;
};

} // namespace

std::shared_ptr<connection> make_connection(asio::ip::tcp::socket socket,
                                            server_parts& parts) {
  return std::make_shared<accepted>(std::move(socket), parts);
}

} // namespace millrace::http
