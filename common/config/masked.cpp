#include "common/config/masked.hpp"

#include <algorithm>

namespace millrace::config {

namespace {

/// "user:secret" where "@host" was forgotten looks like a host with a port that
/// is no number.
bool looks_like_port(std::string_view text) {
  return text.find_first_not_of("0123456789") >= text.find_first_of("/?#");
}

} // namespace

std::string masked(std::string_view value) {
  const auto scheme_end = value.find("://");
  if (scheme_end == std::string_view::npos)
    return std::string(value);
  const auto begin = scheme_end + 3;
  const auto at = value.rfind('@');
  const bool has_user = at != std::string_view::npos && at >= begin;
  // An IPv6 address has colons of its own, in brackets.
  const auto bracket
    = has_user ? std::string_view::npos : value.find(']', begin);
  const auto colon
    = value.find(':', bracket == std::string_view::npos ? begin : bracket);
  if (has_user)
    return std::string(value.substr(0, std::min(colon, at)))
           + (colon < at ? ":***" : "") + std::string(value.substr(at));
  if (colon == std::string_view::npos
      || looks_like_port(value.substr(colon + 1)))
    return std::string(value);
  return std::string(value.substr(0, colon)) + ":***";
}

} // namespace millrace::config
