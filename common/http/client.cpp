#include "common/http/client.hpp"

#include "common/http/field_text.hpp"
#include "common/http/url.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <algorithm>
#include <cctype>
#include <optional>
#include <stdexcept>

namespace millrace::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using steady = std::chrono::steady_clock;

constexpr std::uint32_t max_answer_header_bytes = 64 * 1024;

bool is_clean(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c > 0x20 && c != 0x7F; });
}

call_result failed(call_outcome outcome, std::string text) {
  call_result r;
  r.outcome = outcome;
  r.text = std::move(text);
  return r;
}

using tls_stream = beast::ssl_stream<beast::tcp_stream>;
using request_message = wire::request<wire::string_body>;
using answer_parser = wire::response_parser<wire::string_body>;

} // namespace

/// Each step starts one asynchronous operation and runs the io_context until it
/// has ended: only asynchronous operations obey Beast's time-outs.
struct client::impl {
  explicit impl(client_options chosen) : options(std::move(chosen)) {
    auto parsed = parse_base_url(options.base_url);
    if (!parsed)
      throw std::invalid_argument("base URL: " + parsed.why());
    origin = std::move(*parsed);
    if (origin.tls)
      prepare_tls();
    // The loop's own descriptors come with its first socket. Now rather than at
    // the first call, so that their number tells a leak from a busy hour.
    tcp::socket{io};
  }

  void prepare_tls() {
    tls.emplace(asio::ssl::context::tls_client);
    tls->set_options(
      asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2
      | asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1
      | asio::ssl::context::no_tlsv1_1);
    error_code ec;
    if (options.ca_file.empty())
      tls->set_default_verify_paths(ec);
    else
      tls->load_verify_file(options.ca_file, ec);
    if (ec)
      throw std::invalid_argument("cannot use the authorities in '"
                                  + options.ca_file + "': " + ec.message());
    tls->set_verify_mode(asio::ssl::verify_peer);
  }

  // ---- connecting ---------------------------------------------------------

  /// Runs until `done`, which the operation's completion sets. True when it
  /// came before the deadline; without a deadline the operation has its own.
  bool run_until(const std::shared_ptr<bool>& done,
                 std::optional<steady::time_point> deadline = {}) {
    io.restart();
    while (!*done) {
      const auto ran = deadline ? io.run_one_until(*deadline) : io.run_one();
      if (ran == 0)
        break;
    }
    return *done;
  }

  /// A look-up cannot be interrupted: one that takes too long is left behind
  /// and owns all that it touches.
  std::optional<tcp::resolver::results_type>
  resolve(steady::time_point deadline, std::string& why) {
    struct look_up {
      tcp::resolver resolver;
      error_code ec;
      tcp::resolver::results_type found;
    };
    const auto state
      = std::make_shared<look_up>(look_up{tcp::resolver{io}, {}, {}});
    const auto done = std::make_shared<bool>(false);
    state->resolver.async_resolve(
      origin.host, std::to_string(origin.port),
      [state, done](error_code ec, tcp::resolver::results_type found) {
        state->ec = ec;
        state->found = std::move(found);
        *done = true;
      });
    if (!run_until(done, deadline)) {
      state->resolver.cancel();
      why = "the name was not resolved in time";
      return {};
    }
    why = state->ec.message();
    if (state->ec)
      return {};
    return state->found;
  }

  beast::tcp_stream& socket() {
    return secure ? beast::get_lowest_layer(*secure) : *plain;
  }

  /// None, or why there is no connection.
  std::optional<std::string> connect() {
    drop();
    const auto deadline = steady::now() + options.connect_time_out;
    std::string why;
    const auto where = resolve(deadline, why);
    if (!where)
      return why;
    if (tls)
      secure.emplace(io, *tls);
    else
      plain.emplace(io);
    if (auto failure = connect_tcp(*where, deadline))
      return failure;
    return secure ? handshake() : std::nullopt;
  }

  std::optional<std::string>
  connect_tcp(const tcp::resolver::results_type& where,
              steady::time_point deadline) {
    const auto done = std::make_shared<bool>(false);
    error_code ec;
    socket().expires_at(deadline);
    socket().async_connect(where,
                           [&ec, done](error_code e, const tcp::endpoint&) {
                             ec = e;
                             *done = true;
                           });
    run_until(done);
    if (ec)
      return ec.message();
    socket().socket().set_option(tcp::no_delay(true), ec);
    return {};
  }

  std::optional<std::string> handshake() {
    secure->set_verify_callback(asio::ssl::host_name_verification(origin.host));
    error_code ignored;
    asio::ip::make_address(origin.host, ignored);
    if (ignored) // a name, no address: tell it (SNI)
      SSL_set_tlsext_host_name(secure->native_handle(), origin.host.c_str());
    const auto done = std::make_shared<bool>(false);
    error_code ec;
    secure->async_handshake(asio::ssl::stream_base::client,
                            [&ec, done](error_code e) {
                              ec = e;
                              *done = true;
                            });
    run_until(done);
    if (ec)
      return "TLS: " + ec.message();
    return {};
  }

  void drop() {
    plain.reset();
    secure.reset();
    buffer.clear();
  }

  bool is_open() {
    return plain || secure;
  }

  /// Whether the server has closed the kept connection, or has sent what nobody
  /// asked for.
  bool is_stale() {
    error_code ec;
    auto& raw = socket().socket();
    raw.non_blocking(true, ec);
    char byte = 0;
    raw.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, ec);
    return ec != asio::error::would_block;
  }

  // ---- one exchange -------------------------------------------------------

  struct progress {
    bool wrote = false;
    bool received = false;
    error_code ec;
  };

  template <class Stream>
  progress exchange(Stream& stream, request_message& message,
                    std::optional<answer_parser>& parser) {
    progress so_far;
    socket().expires_after(options.answer_time_out);
    so_far.ec = write(stream, message);
    if (so_far.ec)
      return so_far;
    so_far.wrote = true;
    do { // 1xx answers only announce the real one
      parser.emplace();
      parser->header_limit(max_answer_header_bytes);
      parser->body_limit(options.max_body_bytes);
      parser->skip(message.method() == wire::verb::head);
      so_far.ec = read(stream, *parser);
      so_far.received
        = so_far.received || parser->got_some() || buffer.size() > 0;
    } while (!so_far.ec && parser->get().result_int() / 100 == 1);
    return so_far;
  }

  template <class Stream>
  error_code write(Stream& stream, request_message& message) {
    const auto done = std::make_shared<bool>(false);
    error_code ec;
    wire::async_write(stream, message, [&ec, done](error_code e, std::size_t) {
      ec = e;
      *done = true;
    });
    run_until(done);
    return ec;
  }

  template <class Stream>
  error_code read(Stream& stream, answer_parser& parser) {
    const auto done = std::make_shared<bool>(false);
    error_code ec;
    wire::async_read(stream, buffer, parser,
                     [&ec, done](error_code e, std::size_t) {
                       ec = e;
                       *done = true;
                     });
    run_until(done);
    return ec;
  }

  call_result judge(const progress& so_far, answer_parser* parser) {
    const auto& ec = so_far.ec;
    if (!ec && parser->get().result_int() >= 100)
      return answered(*parser);
    drop();
    if (!ec)
      return failed(call_outcome::malformed,
                    "the answer's status is not from 100 to 999");
    if (ec == beast::error::timeout)
      return failed(call_outcome::timed_out,
                    "no complete answer within "
                      + std::to_string(options.answer_time_out.count())
                      + " ms");
    if (ec == wire::error::body_limit || ec == wire::error::header_limit)
      return failed(call_outcome::malformed,
                    "the answer is larger than allowed");
    if (ec == wire::error::end_of_stream)
      return failed(call_outcome::lost,
                    "the connection was closed before the answer");
    if (ec == wire::error::partial_message)
      return failed(call_outcome::lost,
                    "the connection was closed in the middle of the answer");
    if (ec.category() == make_error_code(wire::error::bad_method).category())
      return failed(call_outcome::malformed,
                    "the answer is no HTTP: " + ec.message());
    return failed(call_outcome::lost, ec.message());
  }

  call_result answered(answer_parser& parser) {
    const bool keep = parser.keep_alive() && buffer.size() == 0;
    auto message = parser.release();
    call_result r;
    r.outcome = call_outcome::answered;
    r.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
      const auto name = lower(view(field.name_string()));
      if (name == "set-cookie")
        r.set_cookies.emplace_back(view(field.value()));
      r.headers.insert_or_assign(name, std::string(view(field.value())));
    }
    r.body = std::move(message.body());
    if (!keep)
      drop();
    return r;
  }

  request_message compose(const std::string& method, const std::string& path,
                          const std::map<std::string, std::string>& headers,
                          const std::string& body) const {
    request_message message;
    message.version(11);
    message.method_string(method);
    message.target(origin.prefix + path);
    message.set(wire::field::host, host_header(origin));
    message.set(wire::field::user_agent, "millrace/" MILLRACE_VERSION);
    for (const auto& [name, value] : headers)
      message.set(one_line(name), one_line(value));
    message.body() = body;
    message.prepare_payload();
    return message;
  }

  call_result call(request_message message, bool repeatable) {
    bool kept = is_open() && !is_stale();
    for (;;) {
      if (!kept)
        if (const auto why = connect()) {
          drop();
          return failed(call_outcome::not_connected, "cannot connect to "
                                                       + host_header(origin)
                                                       + ": " + *why);
        }
      std::optional<answer_parser> parser;
      const auto so_far = secure ? exchange(*secure, message, parser)
                                 : exchange(*plain, message, parser);
      const bool closed_meanwhile = so_far.ec && kept && !so_far.received
                                    && so_far.ec != beast::error::timeout;
      if (!closed_meanwhile || !repeatable)
        return judge(so_far, parser ? &*parser : nullptr);
      kept = false; // once: the next connection is a new one
    }
  }

  client_options options;
  base_url origin;
  asio::io_context io{1};
  std::optional<asio::ssl::context> tls;
  std::optional<beast::tcp_stream> plain;
  std::optional<tls_stream> secure;
  beast::flat_buffer buffer;
};

client::client(client_options chosen)
  : impl_(std::make_unique<impl>(std::move(chosen))) {
}

client::~client() = default;

call_result client::call(const std::string& method, const std::string& path,
                         const std::map<std::string, std::string>& headers,
                         const std::string& body, bool repeatable) {
  if (method.empty() || !is_clean(method) || !path.starts_with('/')
      || !is_clean(path))
    return failed(call_outcome::not_connected,
                  "method or path cannot be sent: they contain a blank or "
                  "control character");
  try {
    return impl_->call(impl_->compose(method, path, headers, body), repeatable);
  } catch (const std::exception& e) {
    impl_->drop();
    return failed(call_outcome::lost, e.what());
  }
}

} // namespace millrace::http
