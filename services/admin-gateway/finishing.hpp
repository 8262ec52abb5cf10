#pragma once

#include "common/domain/result.hpp"
#include "common/http/server.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What every answer of the admin API gets on its way out, whoever made it:
// ETag and 304, gzip, CORS, problem+json. Pure.

namespace millrace::admin {

struct finishing_options {
  /// "https://host[:port]", compared as they are.
  std::vector<std::string> cors_origins;
};

/// What a request wants to be done to its answer.
struct wishes {
  std::string method;
  /// If-None-Match; empty: none.
  std::string known_tags;
  /// Empty: none, or not an allowed one.
  std::string origin;
  bool gzip = false;
  /// The request's id, when errors are wanted as application/problem+json.
  std::optional<std::string> problem_about;
};
wishes wishes_of(const http::request& request,
                 const finishing_options& options);

/// Gives a body of 200 its strong ETag and, where gzip is accepted and worth
/// it, its compressed form. One that has been through it is left as it is: so
/// what is given out often is compressed once.
void represent(http::response& answer, bool gzip);
/// Whether Accept-Encoding allows gzip (RFC 9110 12.5.3).
bool accepts_gzip(const http::request& request);

http::response finish(const wishes& of, http::response answer,
                      const finishing_options& options);

/// What the HTTP server puts on all its answers; `tls` adds
/// Strict-Transport-Security.
std::map<std::string, std::string> security_headers(bool tls);

/// The answer to OPTIONS for a path with these methods ("GET, POST"), and to a
/// CORS preflight.
http::response options_answer(std::string_view methods, const wishes& of);

/// Each of HTTP_CORS_ORIGINS is scheme, host and perhaps port: no path, no "*".
result<std::string> check_origins(std::string_view text);
std::vector<std::string> origins_in(std::string_view text);

/// All of it around a handler: HEAD is asked as GET, OPTIONS is answered with
/// what `methods_of` says of a path (empty: there is none, the handler says
/// so).
http::handler
finished(http::handler handle, finishing_options options,
         std::function<std::string(std::string_view raw_path)> methods_of);

} // namespace millrace::admin
