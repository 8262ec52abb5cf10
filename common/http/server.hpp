#pragma once

#include "common/http/outflow.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

// A small HTTP/1.1 server over Beast: one thread, keep-alive, time-outs, size
// limits. Beast stays in connection.cpp.

namespace millrace::http {

struct request {
  std::string method;
  /// Percent-decoded, without the query; always starts with '/'.
  std::string path;
  /// As sent, undecoded.
  std::string raw_path;
  /// Decoded; of a repeated name the last counts.
  std::map<std::string, std::string> query;
  /// Names in lower case.
  std::map<std::string, std::string> headers;
  std::string body;
  std::string remote_address;
};

struct response {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  /// Header values must not come from outside unchecked: CR and LF are
  /// replaced.
  std::map<std::string, std::string> headers;
  /// Set: sent in place of `body`, which counts for nothing then. For what is
  /// given out many times.
  std::shared_ptr<const std::string> shared_body = nullptr;
  /// Closes the connection after so many bytes of the body; 0: without any
  /// answer. For simulators of faults.
  std::optional<std::size_t> cut_after = std::nullopt;
  /// Set: `body` counts for nothing, and the body is what the outflow is given
  /// (chunked with HTTP/1.1, up to the connection's end with 1.0; no answer
  /// time-out). Called on the server's thread: must not block. Never called for
  /// HEAD, nor when max_streams are under way (the answer is 503 then).
  std::function<void(std::shared_ptr<outflow>)> opened = nullptr;

  const std::string& sent_body() const {
    return shared_body ? *shared_body : body;
  }
};

/// Answers once, from any thread. A request that is never answered gets 504
/// after the answer time-out.
using responder = std::function<void(response)>;
/// Runs on the server's thread: must not block.
using handler = std::function<void(request, responder)>;

struct server_options {
  std::string bind = "127.0.0.1";
  /// 0: any free port, see port().
  std::uint16_t port = 0;
  /// PEM, the certificate with its chain, the key without a password. Both:
  /// TLS (1.2 and later) only; none: plain HTTP only.
  std::string certificate_file;
  std::string key_file;
  std::size_t max_header_bytes = 8 * 1024;
  std::size_t max_body_bytes = 1024 * 1024;
  /// When they are used up, a new client gets the place of the one that has let
  /// us wait the longest for its request; it is told 503 (with TLS: closed)
  /// only when all of them are being answered.
  std::size_t max_connections = 1000;
  /// Of these for one network_of() an address, by the same rule: whoever uses
  /// them up does so at their own cost only. 0: no limit but max_connections.
  std::size_t max_connections_per_address = 0;
  /// Streamed answers at once.
  std::size_t max_streams = 600;
  /// Of one streamed answer, waiting for a slow reader.
  std::size_t max_unsent_bytes = 1024 * 1024;
  /// For a request to arrive completely.
  std::chrono::milliseconds read_time_out{10'000};
  /// Between requests on a kept connection.
  std::chrono::milliseconds idle_time_out{60'000};
  /// For the handler to answer.
  std::chrono::milliseconds answer_time_out{60'000};
  /// For the reader of a streamed answer to take 64 KiB that wait for it.
  std::chrono::milliseconds write_time_out{30'000};
  /// On every answer, also on those that the server gives itself, unless the
  /// answer has a header of that name. Not to be changed by what comes from
  /// outside.
  std::map<std::string, std::string> headers;
};

/// Empty when these two can be used, or both are empty; else what is wrong.
std::string check_tls_files(const std::string& certificate_file,
                            const std::string& key_file);

class server {
public:
  /// Throws std::runtime_error naming address and port when it cannot listen,
  /// the file when TLS is not possible with it.
  server(server_options chosen, handler handle);
  ~server();
  void start();
  std::uint16_t port() const;
  /// Closes the listener, lets running answers finish until `grace`, ends. Not
  /// from a handler.
  void stop(std::chrono::milliseconds grace = std::chrono::milliseconds{2000});

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace millrace::http
