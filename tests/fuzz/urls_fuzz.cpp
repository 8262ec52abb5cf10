// URLs and request targets: their kind in the first line, then the text. What
// is taken is complete, and no password comes back in what is shown.

#include "common/bus/url.hpp"
#include "common/config/masked.hpp"
#include "common/http/client.hpp"
#include "common/http/url.hpp"
#include "services/batch-store/dialect.hpp"
#include "tests/fuzz/property.hpp"

#include <stdexcept>

using namespace millrace;
using fuzz::require;

namespace {

void check_base(std::string_view text) {
  const auto url = http::parse_base_url(text);
  require(static_cast<bool>(url) == http::check_base_url(text).empty(),
          "both say the same");
  if (!url)
    return;
  require(!url->host.empty() && url->port > 0, "host and port are there");
  require(url->prefix.empty()
            || (url->prefix.front() == '/' && url->prefix.back() != '/'),
          "a prefix begins with / and does not end with one", url->prefix);
  const auto again
    = http::parse_base_url((url->tls ? "https://" : "http://")
                           + http::host_header(*url) + url->prefix);
  require(again && again->host == url->host && again->port == url->port
            && again->prefix == url->prefix && again->tls == url->tls,
          "a URL made of the parts is the same", text);
}

void check_target(std::string_view text) {
  const auto target = http::parse_target(text);
  if (!target)
    return require(!target.why().empty(), "a refusal says why");
  require(target->path.starts_with('/')
            && target->path.find('\0') == std::string::npos,
          "a path begins with / and has no NUL", target->path);
  require(http::percent_decode(target->raw_path) == target->path,
          "the path is the decoded raw path", target->raw_path);
}

void check_broker(std::string_view text) {
  const auto url = bus::parse_url(text);
  if (!url)
    return require(!url.why().empty(), "a refusal says why");
  require(!url->host.empty() && url->port > 0, "host and port are there");
  require(url->host.find_first_of(" /?#@[]") == std::string::npos,
          "a host has no marks of a URL", url->host);
  require(url->password.empty() || !url->user.empty(),
          "no password without a user");
}

void check_database(const std::string& text) {
  try {
    const auto where = store::parse_database_url(text);
    require(!where.connection.empty() && !where.shown.empty(),
            "an address can be used and shown");
    require(where.shown.find('@') == std::string::npos
              || where.kind == store::database_kind::sqlite,
            "no user and password are shown", where.shown);
  } catch (const std::invalid_argument& why) {
    require(*why.what() != '\0', "a refusal says why");
  }
}

/// A password that occurs nowhere else.
void check_masked(std::string_view text) {
  const std::string secret = "Zq7Zq7Zq7";
  if (text.find(secret) != text.npos)
    return; // libFuzzer has put it elsewhere
  const auto at = text.find("://");
  const auto scheme = text.substr(0, at);
  const auto rest = at == text.npos ? std::string_view{} : text.substr(at + 3);
  if (rest.find('@') != rest.npos || scheme.find('@') != scheme.npos)
    return;
  const auto url
    = std::string(scheme) + "://user:" + secret + "@" + std::string(rest);
  require(config::masked(url).find(secret) == std::string::npos,
          "a password is never shown", config::masked(url));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto [kind, text] = fuzz::first_line(fuzz::text_of(data, size));
  if (kind == "odoo")
    check_base(text);
  else if (kind == "target")
    check_target(text);
  else if (kind == "mqtt")
    check_broker(text);
  else if (kind == "database")
    check_database(std::string(text));
  else
    return -1;
  check_masked(text);
  return 0;
}
