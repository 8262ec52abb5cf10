#include "services/admin-gateway/access/origin.hpp"

#include "common/domain/host.hpp"
#include "services/admin-gateway/settings.hpp"

#include <algorithm>
#include <cctype>

namespace millrace::admin::access {

namespace {

std::string lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return out;
}

std::string header(const http::request& request, const char* name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string{} : lower(found->second);
}

/// "host:8000" of "http://host:8000/path"; empty without scheme ("null").
std::string authority_of(std::string_view url) {
  const auto slashes = url.find("://");
  if (slashes == url.npos)
    return {};
  const auto rest = url.substr(slashes + 3);
  return lower(rest.substr(0, rest.find('/')));
}

/// Without port and the brackets of IPv6.
std::string host_of(const std::string& authority) {
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    return end == authority.npos ? std::string{} : authority.substr(1, end - 1);
  }
  return authority.substr(0, authority.find(':'));
}

} // namespace

bool is_from_another_site(const http::request& request,
                          std::string_view public_url, bool tls) {
  const auto site = header(request, "sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none")
    return true;
  const auto* const told = request.headers.contains("origin") ? "origin"
                           : request.method != "GET"          ? "referer"
                                                              : nullptr;
  if (!told || !request.headers.contains(told))
    return false;
  const auto page = header(request, told);
  if (tls && !page.starts_with("https://"))
    return true;
  const auto from = authority_of(page);
  return from.empty()
         || (from != header(request, "host")
             && from != authority_of(public_url));
}

bool is_for_loopback(const http::request& request) {
  if (!request.headers.contains("host"))
    return true;
  const auto host = host_of(header(request, "host"));
  return host == "localhost"
         || (is_ip_address(host) && admin::is_loopback(host));
}

} // namespace millrace::admin::access
