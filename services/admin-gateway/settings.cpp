#include "services/admin-gateway/settings.hpp"

#include "common/config/checks.hpp"
#include "common/domain/lines.hpp"

namespace millrace::admin {

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
              "address that the admin API listens on; it asks nobody for a "
              "password, so leave it at loopback or put a proxy before it",
              "IPv4 or IPv6 address", config::check_ip_address);
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}

} // namespace millrace::admin
