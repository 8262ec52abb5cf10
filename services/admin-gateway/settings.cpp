#include "services/admin-gateway/settings.hpp"

#include "common/config/checks.hpp"
#include "common/domain/lines.hpp"
#include "common/http/client.hpp"

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

std::vector<std::string> settings::line_codes() const {
  return *parse_lines(lines);
}

void declare(config::binder& binder, settings& into) {
  binder.text({"LINES"}, into.lines,
              "lines whose tasks are triggered, by Odoo equipment code",
              "codes divided by commas, each once", config::check_lines);
  binder.number({"HTTP_PORT"}, into.http_port, 0, 65'535,
                "port of the admin API; 0: any free one, the log tells it");
  binder.text({"HTTP_BIND"}, into.http_bind,
              "address that the admin API listens on; without TLS leave it "
              "at loopback or put a proxy with TLS before it",
              "IPv4 or IPv6 address", config::check_ip_address);
  declare_access(binder, into);
}

std::vector<std::string> contradictions(const settings& chosen) {
  std::vector<std::string> wrong;
  if (chosen.auth == "off" && !is_loopback(chosen.http_bind))
    wrong.push_back("ADMIN_AUTH=\"off\" would let everybody in who reaches "
                    "HTTP_BIND=\""
                    + chosen.http_bind
                    + "\"; allowed: on, or a loopback address");
  return wrong;
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}

} // namespace millrace::admin
