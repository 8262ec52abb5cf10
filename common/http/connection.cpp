#include "common/http/connection.hpp"

#include "common/domain/host.hpp"
#include "common/http/field_text.hpp"
#include "common/http/messages.hpp"
#include "common/http/request_id.hpp"
#include "common/http/stream.hpp"
#include "common/http/streamed_answer.hpp"
#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace millrace::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using boost::system::error_code;
using steady = std::chrono::steady_clock;

/// How long and how much we go on reading after an error answer, so that the
/// kernel does not reset the connection before the peer has read it.
constexpr std::chrono::seconds linger_time{2};
constexpr std::size_t linger_bytes = 4 * 1024 * 1024;

/// Beast puts no limit to chunk extensions and trailers of its own.
std::size_t most_buffered(const server_options& options) {
  return options.max_header_bytes + 64 * 1024;
}

class accepted : public connection,
                 public std::enable_shared_from_this<accepted> {
public:
  accepted(asio::ip::tcp::socket socket, server_parts& parts)
    : stream_(std::move(socket), parts.tls.get()),
      timer_(stream_.get_executor()), parts_(parts), options_(parts.options),
      buffer_(most_buffered(parts.options)) {
    error_code ec;
    const auto peer = stream_.tcp().socket().remote_endpoint(ec);
    remote_ = ec ? std::string{} : peer.address().to_string();
    network_ = network_of(remote_);
    stream_.tcp().socket().set_option(asio::ip::tcp::no_delay(true), ec);
  }

  void start() override {
    // The first request must come as fast as any other; only between requests
    // is a client allowed to be idle.
    if (stream_.is_tls())
      shake_hands();
    else
      await_request(options_.read_time_out);
  }

  void refuse() override {
    metrics::count("millrace_http_refused_connections_total",
                   "Connections above a limit of connections, answered 503");
    if (stream_.is_tls())
      close(); // a handshake would cost more than it tells
    else
      fail(503, "too many connections");
  }

  std::optional<steady::time_point> waits_since() const override {
    const bool waits = state_ == state::idle || state_ == state::reading
                       || state_ == state::lingering;
    return waits ? std::optional{waiting_since_} : std::nullopt;
  }

  const std::string& network() const override {
    return network_;
  }

  void close() override {
    if (state_ == state::closed)
      return;
    state_ = state::closed;
    timer_.cancel();
    stream_.tcp().close();
    if (streamed_)
      streamed_->close();
    parts_.ended(this);
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

  void shake_hands() {
    waiting_since_ = steady::now();
    stream_.tcp().expires_after(options_.read_time_out);
    stream_.async_handshake([self = shared_from_this()](error_code ec) {
      if (ec)
        return self->close();
      self->await_request(self->options_.read_time_out);
    });
  }

  // ---- reading ------------------------------------------------------------

  /// Cancels what is being read when the time is up. (The stream's own expiry
  /// would close the socket, and a 408 could not be sent any more.)
  void allow(std::chrono::milliseconds patience) {
    stream_.tcp().expires_never();
    overdue_ = false;
    timer_.expires_after(patience);
    timer_.async_wait([self = shared_from_this()](error_code ec) {
      if (ec || (self->state_ != state::idle && self->state_ != state::reading))
        return;
      self->overdue_ = true;
      self->stream_.tcp().cancel();
    });
  }

  void await_request(std::chrono::milliseconds patience) {
    state_ = state::idle;
    waiting_since_ = steady::now();
    parser_.emplace();
    parser_->header_limit(
      static_cast<std::uint32_t>(options_.max_header_bytes));
    parser_->body_limit(options_.max_body_bytes);
    parser_->eager(false);  // read_more_header() ends where the header does
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
    header_bytes_ = 0;
    read_more_header();
  }

  /// Piece by piece, since Beast limits each of them, not their sum.
  void read_more_header() {
    if (overdue_) // the time was up between two reads
      return unreadable(asio::error::operation_aborted);
    wire::async_read_some(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](error_code ec, std::size_t bytes) {
        self->header_bytes_ += bytes;
        if (!ec && self->header_bytes_ > self->options_.max_header_bytes)
          ec = wire::error::header_limit;
        if (ec)
          return self->unreadable(ec);
        if (self->parser_->is_header_done())
          self->header_arrived();
        else
          self->read_more_header();
      });
  }

  void header_arrived() {
    const auto& head = parser_->get();
    using wire::verb;
    head_only_ = head.method() == verb::head; // of refusals, too
    if (head.method() == verb::unknown || head.method() == verb::connect
        || head.method() == verb::trace)
      return fail(501, "this method is not implemented");
    if (head.count(wire::field::transfer_encoding) && !is_plainly_chunked(head))
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
    // A length beyond the limit is told before the header counts as done.
    head_only_ = parser_->get().method() == wire::verb::head;
    if (overdue_)
      return fail(408, "the request did not arrive in time");
    const auto why = wrong_with_reading(ec, !parser_->get().target().empty());
    why ? fail(why->status, why->text) : close();
  }

  // ---- answering ----------------------------------------------------------

  void request_arrived() {
    auto message = parser_->release();
    keep_alive_ = message.keep_alive();
    head_only_ = message.method() == wire::verb::head;
    version_ = message.version();
    auto asked = request_of(std::move(message), remote_);
    if (!asked)
      return fail(400, asked.why());
    ask_handler(std::move(*asked));
  }

  void ask_handler(request asked) {
    state_ = state::answering;
    auto& id = asked.headers["x-request-id"];
    if (!is_request_id(id))
      id = random_request_id();
    request_id_ = id;
    stream_.tcp().expires_never();
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
    if (state_ != state::answering) // there is no request yet
      request_id_ = random_request_id();
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
    if (answer.cut_after)
      keep = false;
    reply_ = std::move(answer);
    const auto& body = reply_.sent_body();
    reply_head_ = head_of(reply_, parts_.standing,
                          {request_id_, version_, keep, body.size(), no_body});
    // The head still promises the whole body.
    const auto bytes
      = head_only_ || no_body
          ? 0
          : std::min(body.size(), reply_.cut_after.value_or(body.size()));
    stream_.tcp().expires_after(options_.read_time_out);
    asio::async_write(
      stream_,
      std::array{asio::const_buffer(asio::buffer(reply_head_)),
                 asio::const_buffer(body.data(), bytes)},
      [self = shared_from_this(), keep](error_code ec, std::size_t) {
        self->answer_written(ec, keep);
      });
  }

  void answer_written(error_code ec, bool keep) {
    reply_ = {};
    head_only_ = false;
    if (ec)
      return close();
    if (!keep || finishing_)
      return linger();
    await_request(options_.idle_time_out);
  }

  /// The connection ends with the body.
  void write_stream(response answer) {
    state_ = state::streaming;
    timer_.cancel();
    stream_.tcp().expires_never();
    const auto over = [this](error_code ec) {
      ec ? close() : linger();
    };
    streamed_.emplace(stream_, timer_, parts_, weak_from_this(), over);
    streamed_->begin(
      head_of(answer, parts_.standing, {request_id_, version_, false, {}}),
      version_ >= 11, head_only_, answer.opened);
  }

  // ---- ending -------------------------------------------------------------

  void linger() {
    state_ = state::lingering;
    waiting_since_ = steady::now();
    stream_.tcp().expires_after(linger_time);
    if (stream_.is_tls())
      stream_.async_shutdown(
        [self = shared_from_this()](error_code) { self->end_sending(); });
    else
      end_sending();
  }

  void end_sending() {
    error_code ec;
    stream_.tcp().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ec);
    drain();
  }

  void drain() {
    stream_.tcp().async_read_some(
      asio::buffer(drained_),
      [self = shared_from_this()](error_code ec, std::size_t bytes) {
        self->drained_bytes_ += bytes;
        if (ec || self->drained_bytes_ > linger_bytes)
          return self->close();
        self->drain();
      });
  }

  stream stream_;
  asio::steady_timer timer_;
  server_parts& parts_;
  const server_options& options_;

  state state_ = state::idle;
  steady::time_point waiting_since_;
  std::string remote_;
  std::string network_;
  beast::flat_buffer buffer_;
  std::optional<wire::request_parser<wire::string_body>> parser_;
  wire::response<wire::empty_body> invitation_;
  response reply_;
  std::string reply_head_;
  std::optional<streamed_answer> streamed_;
  std::array<char, 4096> drained_{};
  std::size_t drained_bytes_ = 0;
  std::size_t header_bytes_ = 0;
  std::uint64_t request_number_ = 0;
  /// Its own or drawn: of the request that is being answered.
  std::string request_id_;
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
