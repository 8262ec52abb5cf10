#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/container/static_vector.hpp>

#include <functional>
#include <memory>
#include <utility>

// Internal to the server.

namespace millrace::http {

/// One accepted TCP connection, plain or with TLS: an asynchronous stream for
/// Asio and Beast. One type for both, and handlers are erased here, because
/// each operation that is compiled for a TLS stream costs seconds. On the
/// server's thread.
class stream {
public:
  using executor_type = boost::beast::tcp_stream::executor_type;
  using error_code = boost::system::error_code;
  using transferred = std::function<void(error_code, std::size_t)>;

  /// `tls`: null for plain TCP.
  stream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls);
  ~stream();

  executor_type get_executor();
  bool is_tls() const;
  /// TCP alone: time-outs, addresses and its end.
  boost::beast::tcp_stream& tcp();
  /// With TLS.
  void async_handshake(std::function<void(error_code)> done);
  /// Tells the peer that nothing follows. With TLS.
  void async_shutdown(std::function<void(error_code)> done);

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    return boost::asio::async_initiate<Handler, void(error_code, std::size_t)>(
      [this](auto done, boost::asio::mutable_buffer into) {
        read_some(into, erased(std::move(done)));
      },
      handler, first_of(buffers));
  }

  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    return boost::asio::async_initiate<Handler, void(error_code, std::size_t)>(
      [this](auto done, few_buffers from) {
        write_some(from, erased(std::move(done)));
      },
      handler, few_of(buffers));
  }

private:
  /// So many pieces go out with one system call: a head and a body.
  using few_buffers
    = boost::container::static_vector<boost::asio::const_buffer, 2>;

  template <class Buffers>
  static boost::asio::mutable_buffer first_of(const Buffers& buffers) {
    const auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end; ++at)
      if (const boost::asio::mutable_buffer one{*at}; one.size() > 0)
        return one;
    return {};
  }

  template <class Buffers>
  static few_buffers few_of(const Buffers& buffers) {
    few_buffers few;
    const auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto at = boost::asio::buffer_sequence_begin(buffers);
         at != end && few.size() < few.capacity(); ++at)
      if (const boost::asio::const_buffer one{*at}; one.size() > 0)
        few.push_back(one);
    return few;
  }

  /// Handlers can be moved only, std::function wants copies.
  template <class Handler>
  static transferred erased(Handler handler) {
    return [kept = std::make_shared<Handler>(std::move(handler))](
             error_code ec, std::size_t bytes) {
      std::move (*kept)(ec, bytes);
    };
  }

  void read_some(boost::asio::mutable_buffer into, transferred done);
  void write_some(const few_buffers& from, transferred done);

  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace millrace::http
