#pragma once

#include "common/domain/result.hpp"
#include "common/http/server.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Internal to the server: our requests and responses from and to Beast's.

namespace millrace::http {

/// An error of the server itself. `text` is ours: it is not escaped.
response refusal(int status, const std::string& text);

/// The error says what is wrong with the target.
result<request>
request_of(boost::beast::http::request<boost::beast::http::string_body> message,
           const std::string& remote_address);

/// Why a request could not be read: status and text of the answer. None when
/// nobody is there to read one.
struct reading_failure {
  int status;
  std::string text;
};
std::optional<reading_failure> wrong_with_reading(boost::system::error_code ec,
                                                  bool has_target);

/// Whether its body's length is told by "chunked" and by nothing else: other
/// codings we do not know, and an HTTP/1.0 peer none at all (RFC 9112 6.1).
bool is_plainly_chunked(
  const boost::beast::http::request<boost::beast::http::string_body>& head);

/// What the head of an answer says of the connection.
struct framing {
  std::string_view request_id;
  /// 10 or 11.
  unsigned version = 11;
  bool keep_alive = false;
  /// None: chunked (1.1), or it ends with the connection (1.0).
  std::optional<std::size_t> length;
  /// 204 and 304 have neither body nor length.
  bool no_body = false;
};
/// Headers that a server puts on all its answers, each as it is sent.
struct standing_header {
  std::string name;
  std::string line;
};
/// In the order of their names; those that are no names are left out.
std::vector<standing_header>
standing_headers(const std::map<std::string, std::string>& headers);

/// Everything up to the body. A standing header gives way to the answer's own;
/// none can end its line.
std::string head_of(const response& answer,
                    const std::vector<standing_header>& standing,
                    const framing& how);

} // namespace millrace::http
