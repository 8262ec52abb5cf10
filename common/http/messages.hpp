#pragma once

#include "common/domain/result.hpp"
#include "common/http/server.hpp"

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <optional>
#include <string>

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

/// Headers and content type; none can end its line.
void set_headers(boost::beast::http::fields& fields, const response& answer);

} // namespace millrace::http
