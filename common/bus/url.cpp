#include "common/bus/url.hpp"

#include "common/domain/host.hpp"

#include <charconv>
#include <optional>

namespace millrace::bus {

namespace {

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return {};
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    const auto high
      = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::optional<int>{};
    const auto low = high ? hex_digit(text[i + 2]) : std::optional<int>{};
    if (!low)
      return {};
    plain += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return plain;
}

std::optional<std::uint16_t> port_number(std::string_view text) {
  std::uint16_t port = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, port);
  if (problem != std::errc{} || rest != end || port == 0)
    return {};
  return port;
}

/// Empty when right, else what is wrong.
std::string read_user(std::string_view text, broker_url& url) {
  const auto colon = text.find(':');
  const auto user = percent_decoded(text.substr(0, colon));
  const auto password
    = percent_decoded(colon == std::string_view::npos ? std::string_view{}
                                                      : text.substr(colon + 1));
  if (!user || !password)
    return "has a % in user or password that two hex digits do not follow";
  if (user->empty())
    return "has no user before the @";
  url.user = *user;
  url.password = *password;
  return {};
}

std::string read_host_and_port(std::string_view text, broker_url& url) {
  std::string_view after_host;
  if (text.starts_with('[')) {
    const auto bracket = text.find(']');
    if (bracket == std::string_view::npos)
      return "has a [ without ]";
    url.host = text.substr(1, bracket - 1);
    after_host = text.substr(bracket + 1);
    if (url.host.find(':') == std::string::npos || !is_ip_address(url.host))
      return "has no IPv6 address between [ and ]";
  } else {
    const auto colon = text.find(':');
    url.host = text.substr(0, colon);
    after_host = colon == std::string_view::npos ? std::string_view{}
                                                 : text.substr(colon);
    if (after_host.find(':', 1) != std::string_view::npos)
      return "has more than one colon; an IPv6 address stands in [ ]";
  }
  if (!is_host(url.host))
    return url.host.empty() ? "names no host" : "has a host that is no name";
  if (after_host.empty())
    return {};
  // What stands there could be a password whose "@host" was forgotten.
  const auto port = after_host.starts_with(':')
                      ? port_number(after_host.substr(1))
                      : std::nullopt;
  if (!port)
    return "has a port that is not 1..65535";
  url.port = *port;
  return {};
}

} // namespace

result<broker_url> parse_url(std::string_view text) {
  broker_url url;
  if (text.starts_with("mqtts://"))
    url.tls = true;
  else if (!text.starts_with("mqtt://"))
    return error{"does not begin with mqtt:// or mqtts://"};
  url.port = url.tls ? 8883 : 1883;
  auto rest = text.substr(text.find("://") + 3);
  const auto at = rest.rfind('@');
  if (at != std::string_view::npos) {
    if (auto wrong = read_user(rest.substr(0, at), url); !wrong.empty())
      return error{std::move(wrong)};
    rest.remove_prefix(at + 1);
  }
  if (rest.ends_with('/'))
    rest.remove_suffix(1);
  if (auto wrong = read_host_and_port(rest, url); !wrong.empty())
    return error{std::move(wrong)};
  return url;
}

} // namespace millrace::bus
