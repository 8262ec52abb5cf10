#pragma once

#include "common/http/server.hpp"

#include <string>
#include <string_view>

namespace millrace::admin::access {

/// What is told by the headers that a browser sets and a page cannot: Origin
/// (RFC 6454), Sec-Fetch-Site (W3C Fetch Metadata) and, where something is to
/// be changed and there is no Origin, Referer. Programs send none of them.
/// `public_url` is another name for this server (behind a proxy), or empty;
/// with `tls` a page without TLS counts as another site.
bool is_from_another_site(const http::request& request,
                          std::string_view public_url, bool tls);

/// Whether the header Host is a name or address of this machine itself; true
/// without one, which no browser leaves out. A name of somebody else that
/// leads here is an attack (DNS rebinding).
bool is_for_loopback(const http::request& request);

} // namespace millrace::admin::access
