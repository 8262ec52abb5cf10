#pragma once

#include "common/domain/result.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

// URLs as far as our client and server need them (RFC 3986, RFC 9112 3.2).

namespace millrace::http {

/// What client_options::base_url says.
struct base_url {
  bool tls = false;
  /// Without the brackets of an IPv6 address.
  std::string host;
  std::uint16_t port = 80;
  /// Empty, or "/odoo": begins with '/', does not end with one.
  std::string prefix;
};

/// The error names what is wrong, never a password that somebody put there.
result<base_url> parse_base_url(std::string_view url);

/// Value of the Host header: the port only where it is not the scheme's own.
std::string host_header(const base_url& origin);

/// The target of a request line, taken apart and decoded.
struct target {
  std::string path;
  std::string raw_path;
  std::map<std::string, std::string> query;
};

/// Origin form ("/a?b=c") or absolute form ("http://host/a"). The error says
/// what is wrong: no path, bad percent encoding, NUL in the path.
result<target> parse_target(std::string_view text);

/// "%2F" is "/"; none for a '%' without two hex digits behind it.
std::optional<std::string> percent_decode(std::string_view text);

} // namespace millrace::http
