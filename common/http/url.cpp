#include "common/http/url.hpp"

#include "common/domain/host.hpp"
#include "common/http/client.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace millrace::http {

namespace {

bool is_visible(char c) {
  return static_cast<unsigned char>(c) > 0x20
         && static_cast<unsigned char>(c) < 0x7F;
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return out;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  unsigned value = 0;
  const auto [end, ec]
    = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size() || value == 0
      || value > 65'535)
    return {};
  return static_cast<std::uint16_t>(value);
}

/// "host", "host:8070", "[::1]:8070".
result<base_url> parse_authority(std::string_view text, base_url url) {
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos)
      return error{"the IPv6 address lacks its closing ']'"};
    url.host = text.substr(1, end - 1);
    const auto rest = text.substr(end + 1);
    if (!rest.empty() && rest.front() != ':')
      return error{"behind ']' only a port may follow"};
    has_port = !rest.empty();
    port = has_port ? rest.substr(1) : rest;
  } else {
    const auto colon = text.find(':');
    has_port = colon != std::string_view::npos;
    url.host = text.substr(0, colon);
    port = has_port ? text.substr(colon + 1) : std::string_view{};
  }
  if (url.host.empty())
    return error{"the host is missing"};
  if (text.starts_with('[') ? !is_ip_address(url.host) : !is_host(url.host))
    return error{"the host is neither an address nor a name"};
  if (has_port) {
    const auto number = parse_port(port);
    if (!number)
      return error{"port '" + std::string(port) + "' is not 1..65535"};
    url.port = *number;
  }
  return url;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

/// In a query '+' is a space.
std::optional<std::string> query_decode(std::string_view text) {
  std::string spaced{text};
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return percent_decode(spaced);
}

result<std::map<std::string, std::string>> parse_query(std::string_view text) {
  std::map<std::string, std::string> query;
  while (!text.empty()) {
    const auto amp = text.find('&');
    const auto pair = text.substr(0, amp);
    text = amp == std::string_view::npos ? std::string_view{}
                                         : text.substr(amp + 1);
    if (pair.empty())
      continue;
    const auto equals = pair.find('=');
    const auto name = query_decode(pair.substr(0, equals));
    const auto value = equals == std::string_view::npos
                         ? std::string{}
                         : query_decode(pair.substr(equals + 1));
    if (!name || !value)
      return error{"bad percent encoding in the query"};
    query[*name] = *value;
  }
  return query;
}

/// Of "http://host/path" what follows the host.
std::string_view without_origin(std::string_view text) {
  const auto scheme = lower(text.substr(0, 8));
  if (!scheme.starts_with("http://") && !scheme.starts_with("https://"))
    return text;
  const auto path = text.find_first_of("/?", text.find("//") + 2);
  return path == std::string_view::npos ? std::string_view{"/"}
                                        : text.substr(path);
}

} // namespace

result<base_url> parse_base_url(std::string_view text) {
  if (!std::all_of(text.begin(), text.end(), is_visible))
    return error{"it contains a blank or control character"};
  base_url url;
  const auto scheme = lower(text.substr(0, 8));
  if (scheme.starts_with("https://")) {
    url.tls = true;
    url.port = 443;
    text.remove_prefix(8);
  } else if (scheme.starts_with("http://")) {
    text.remove_prefix(7);
  } else {
    return error{"it must begin with http:// or https://"};
  }
  if (text.find_first_of("?#") != std::string_view::npos)
    return error{"it must not have a query or fragment"};
  const auto slash = text.find('/');
  const auto authority = text.substr(0, slash);
  if (authority.find('@') != std::string_view::npos)
    return error{"it must not hold user or password"};
  if (slash != std::string_view::npos)
    url.prefix = text.substr(slash);
  while (url.prefix.ends_with('/'))
    url.prefix.pop_back();
  return parse_authority(authority, std::move(url));
}

std::string check_base_url(std::string_view url) {
  const auto parsed = parse_base_url(url);
  return parsed ? std::string{} : parsed.why();
}

std::string host_header(const base_url& origin) {
  const bool v6 = origin.host.find(':') != std::string::npos;
  const auto host = v6 ? "[" + origin.host + "]" : origin.host;
  return origin.port == (origin.tls ? 443 : 80)
           ? host
           : host + ":" + std::to_string(origin.port);
}

result<target> parse_target(std::string_view text) {
  text = without_origin(text);
  const auto mark = text.find('?');
  const auto raw = text.substr(0, mark);
  target parsed;
  parsed.raw_path = raw.empty() && mark == 0 ? "/" : std::string(raw);
  if (!parsed.raw_path.starts_with('/'))
    return error{"the path must begin with '/'"};
  const auto path = percent_decode(parsed.raw_path);
  if (!path)
    return error{"bad percent encoding in the path"};
  if (path->find('\0') != std::string::npos)
    return error{"NUL in the path"};
  parsed.path = *path;
  if (mark == std::string_view::npos)
    return parsed;
  auto query = parse_query(text.substr(mark + 1));
  if (!query)
    return error{query.why()};
  parsed.query = std::move(*query);
  return parsed;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0)
      return {};
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

} // namespace millrace::http
