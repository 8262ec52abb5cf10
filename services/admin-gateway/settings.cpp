#include "services/admin-gateway/settings.hpp"

#include "common/config/checks.hpp"
#include "common/http/client.hpp"
#include "common/http/server.hpp"
#include "common/service/service.hpp"
#include "services/admin-gateway/finishing.hpp"

namespace millrace::admin {

namespace {

result<std::string> check_public_url(std::string_view text) {
  if (const auto why = http::check_base_url(text); !why.empty())
    return error{why};
  return std::string{text};
}

void declare_access(config::binder& binder, settings& into) {
  using namespace std::chrono_literals;
  binder.choice({"ADMIN_AUTH"}, into.auth, {"on", "off"},
                "off: whoever reaches the API may do everything; only with a "
                "loopback HTTP_BIND");
  binder.text({"ADMIN_USERS_FILE"}, into.users_file,
              "users and tokens; without it a one-time link to make the first "
              "admin is logged at start",
              "file in a folder that can be written");
  binder.choice({"ADMIN_GUESTS"}, into.guests, {"off", "viewer"},
                "viewer: who has not logged in may see everything but users "
                "and tokens");
  binder.text({"ADMIN_PUBLIC_URL"}, into.public_url,
              "how browsers reach the page, where that is not HTTP_BIND "
              "(behind a proxy)",
              "http:// or https:// URL", check_public_url);
  binder.duration("ADMIN_SESSION_IDLE", "", 0ms, into.session_idle, 10s, 24h,
                  "a session ends when it is not used for so long");
  binder.duration("ADMIN_SESSION_MAX", "", 0ms, into.session_max, 10s, 720h,
                  "a session ends after so long in any case");
}

} // namespace

namespace {

void declare_http(config::binder& binder, settings& into) {
  binder.number({"HTTP_PORT"}, into.http_port, 0, 65'535,
                "port of the admin API; 0: any free one, the log tells it");
  binder.text({"HTTP_BIND"}, into.http_bind,
              "address that the admin API listens on; without TLS leave it "
              "at loopback or put a proxy with TLS before it",
              "IPv4 or IPv6 address", config::check_ip_address);
  binder.text({"HTTP_TLS_CERTIFICATE_FILE"}, into.http_tls_certificate_file,
              "certificate of the admin API with its chain (PEM); with it the "
              "API speaks TLS only; empty: plain HTTP",
              "file", config::check_readable_file);
  binder.text({"HTTP_TLS_KEY_FILE"}, into.http_tls_key_file,
              "key of HTTP_TLS_CERTIFICATE_FILE (PEM, without a password)",
              "file", config::check_readable_file);
  binder.text({"HTTP_CORS_ORIGINS"}, into.http_cors_origins,
              "web pages of other origins that may read the admin API; empty: "
              "none",
              "origins divided by commas, each http(s)://host[:port]",
              check_origins);
  binder.number({"HTTP_MAX_CONNECTIONS"}, into.http_max_connections, 10, 20'000,
                "connections to the admin API at once; when they are used up, "
                "the one that has been silent the longest is closed");
  binder.number({"HTTP_MAX_CONNECTIONS_PER_ADDRESS"},
                into.http_max_connections_per_address, 10, 20'000,
                "of these for one address (IPv6: one /64), so that nobody "
                "uses up those of others; more for a proxy that many people "
                "come through");
}

/// Empty, or what is wrong.
std::string wrong_about_tls(const settings& chosen) {
  const auto& certificate = chosen.http_tls_certificate_file;
  const auto& key = chosen.http_tls_key_file;
  if (certificate.empty() != key.empty())
    return "HTTP_TLS_CERTIFICATE_FILE and HTTP_TLS_KEY_FILE: only one of them "
           "is given; TLS needs both";
  const auto wrong = http::check_tls_files(certificate, key);
  return wrong.empty()
           ? wrong
           : "HTTP_TLS_CERTIFICATE_FILE, HTTP_TLS_KEY_FILE: " + wrong;
}

/// Whether who listens on `wide` takes the port of `address` as well.
bool covers(const std::string& wide, const std::string& address) {
  const bool six = address.find(':') != std::string::npos;
  return wide == address || wide == (six ? "::" : "0.0.0.0");
}

/// Empty, or that both want the same port; 0 takes none or any free one.
std::string wrong_about_ports(const settings& chosen,
                              const service::common_settings& common) {
  const bool same = chosen.http_port != 0
                    && chosen.http_port == common.metrics_port
                    && (covers(chosen.http_bind, common.metrics_bind)
                        || covers(common.metrics_bind, chosen.http_bind));
  const auto port = "\"" + std::to_string(chosen.http_port) + "\"";
  return same ? "HTTP_PORT=" + port + " (HTTP_BIND=\"" + chosen.http_bind
                  + "\") and METRICS_PORT=" + port + " (METRICS_BIND=\""
                  + common.metrics_bind
                  + "\") are the same port; allowed: two different ones"
              : std::string();
}

} // namespace

void declare(config::binder& binder, settings& into) {
  config::declare_lines(binder, into.lines);
  declare_http(binder, into);
  declare_access(binder, into);
}

std::vector<std::string>
contradictions(const settings& chosen, const service::common_settings& common) {
  std::vector<std::string> wrong;
  if (chosen.auth == "off" && !is_loopback(chosen.http_bind))
    wrong.push_back("ADMIN_AUTH=\"off\" would let everybody in who reaches "
                    "HTTP_BIND=\""
                    + chosen.http_bind
                    + "\"; allowed: on, or a loopback address");
  if (auto tls = wrong_about_tls(chosen); !tls.empty())
    wrong.push_back(std::move(tls));
  if (auto ports = wrong_about_ports(chosen, common); !ports.empty())
    wrong.push_back(std::move(ports));
  return wrong;
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}

} // namespace millrace::admin
