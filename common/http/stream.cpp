#include "common/http/stream.hpp"

#include <boost/beast/ssl/ssl_stream.hpp>

#include <optional>

namespace millrace::http {

namespace asio = boost::asio;
namespace beast = boost::beast;

struct stream::impl {
  impl(asio::ip::tcp::socket socket, asio::ssl::context* tls) {
    if (tls)
      secure.emplace(std::move(socket), *tls);
    else
      plain.emplace(std::move(socket));
  }
  std::optional<beast::tcp_stream> plain;
  std::optional<beast::ssl_stream<beast::tcp_stream>> secure;
};

stream::stream(asio::ip::tcp::socket socket, asio::ssl::context* tls)
  : impl_(std::make_unique<impl>(std::move(socket), tls)) {
}

stream::~stream() = default;

stream::executor_type stream::get_executor() {
  return tcp().get_executor();
}

bool stream::is_tls() const {
  return impl_->secure.has_value();
}

beast::tcp_stream& stream::tcp() {
  return impl_->secure ? impl_->secure->next_layer() : *impl_->plain;
}

void stream::async_handshake(std::function<void(error_code)> done) {
  impl_->secure->async_handshake(asio::ssl::stream_base::server,
                                 std::move(done));
}

void stream::async_shutdown(std::function<void(error_code)> done) {
  impl_->secure->async_shutdown(std::move(done));
}

void stream::read_some(asio::mutable_buffer into, transferred done) {
  if (impl_->secure)
    impl_->secure->async_read_some(into, std::move(done));
  else
    impl_->plain->async_read_some(into, std::move(done));
}

void stream::write_some(const few_buffers& from, transferred done) {
  if (impl_->secure)
    impl_->secure->async_write_some(from, std::move(done));
  else
    impl_->plain->async_write_some(from, std::move(done));
}

} // namespace millrace::http
