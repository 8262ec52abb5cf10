#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// An HTTP/1.1 client over Beast for one origin: keep-alive, TLS, time-outs,
// size limits. Beast stays in client.cpp.

namespace millrace::http {

/// What became of a call. Only `answered` says what the server did.
enum class call_outcome {
  answered,
  /// No connection (refused, no route, name not found, TLS): nothing was sent.
  not_connected,
  /// The request may have reached the server, no complete answer came.
  lost,
  /// As lost, because the time was up.
  timed_out,
  /// The answer is no HTTP or larger than allowed.
  malformed
};

struct call_result {
  call_outcome outcome = call_outcome::not_connected;
  /// Valid when answered.
  int status = 0;
  std::map<std::string, std::string> headers; // names in lower case
  /// All Set-Cookie values.
  std::vector<std::string> set_cookies;
  std::string body;
  /// In words, when not answered.
  std::string text;
};

struct client_options {
  /// http://host[:port][/prefix] or https://...
  std::string base_url;
  std::chrono::milliseconds connect_time_out{5'000};
  /// From sending to the last byte of the answer.
  std::chrono::milliseconds answer_time_out{30'000};
  std::size_t max_body_bytes = 16 * 1024 * 1024;
  /// PEM; empty: the system's authorities. The certificate is always checked.
  std::string ca_file;
};

/// Whether base_url can be used; the error names what is wrong with it.
std::string check_base_url(std::string_view url);

/// Blocking, one call at a time: for a detached actor or a thread of its own.
/// A kept connection that the server had closed before any byte of the answer
/// came is replaced and the call repeated once only if nothing was received and
/// `repeatable` says that a second execution is harmless.
class client {
public:
  /// Throws std::invalid_argument for a base_url that check_base_url refuses
  /// and for a ca_file that cannot be read.
  explicit client(client_options chosen);
  ~client();
  call_result call(const std::string& method, const std::string& path,
                   const std::map<std::string, std::string>& headers,
                   const std::string& body, bool repeatable);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace millrace::http
