#pragma once

#include "common/http/messages.hpp"
#include "common/http/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// Internal to the server: one accepted connection.

namespace millrace::http {

/// The way from any thread to the server's thread. Open until the server ends;
/// afterwards what is posted is dropped.
class gate {
public:
  explicit gate(boost::asio::io_context& io) : io_(&io) {
  }
  template <class F>
  void post(F work) {
    const std::lock_guard guard{mutex_};
    if (io_)
      boost::asio::post(*io_, std::move(work));
  }
  void shut() {
    const std::lock_guard guard{mutex_};
    io_ = nullptr;
  }

private:
  std::mutex mutex_;
  boost::asio::io_context* io_;
};

/// Reads requests one after the other and writes their answers. All methods on
/// the server's thread.
class connection {
public:
  virtual ~connection() = default;
  virtual void start() = 0;
  /// Answers 503 without reading and closes.
  virtual void refuse() = 0;
  /// Since when it waits for its peer to ask; none while it answers.
  virtual std::optional<std::chrono::steady_clock::time_point>
  waits_since() const = 0;
  /// network_of() the peer's address; empty when it was gone at once.
  virtual const std::string& network() const = 0;
  virtual void close() = 0;
  /// Takes no further request: closes now when idle, else after the answer in
  /// hand.
  virtual void finish() = 0;
};

/// What all connections of a server share. On the server's thread.
struct server_parts {
  server_options options;
  handler handle;
  std::shared_ptr<gate> to_server;
  /// Called once by each connection, when it is closed.
  std::function<void(connection*)> ended;
  /// Of options.headers.
  std::vector<standing_header> standing = {};
  /// Streamed answers that are under way.
  std::size_t streams = 0;
  /// Null: plain HTTP.
  std::shared_ptr<boost::asio::ssl::context> tls = nullptr;
};

/// `parts` must outlive the connection's last step.
std::shared_ptr<connection> make_connection(boost::asio::ip::tcp::socket socket,
                                            server_parts& parts);

} // namespace millrace::http
