#include "services/odoo-simulator/settings.hpp"

#include "common/config/checks.hpp"

namespace millrace::odoo_sim {

namespace {

using namespace std::chrono_literals;

log::level level_named(const std::string& name) {
  return name == "debug"   ? log::level::debug
         : name == "warn"  ? log::level::warn
         : name == "error" ? log::level::error
                           : log::level::info;
}

} // namespace

void simulator_settings::declare(config::binder& settings) {
  settings.text({"ODOO_SIM_HTTP_BIND"}, http_bind, "address of the HTTP server",
                "an IP address", config::check_ip_address);
  settings.number({"ODOO_SIM_HTTP_PORT"}, http_port, 0, 65535,
                  "port of the HTTP server; 0: any that is free");
  settings.text({"ODOO_SIM_DATABASE"}, database, "name of the database");
  settings.text({"ODOO_SIM_LOGIN"}, login, "who may sign in");
  settings.secret({"ODOO_SIM_PASSWORD"}, password, "the password");
  settings.duration("ODOO_SIM_SESSION_TIME", "ODOO_SIM_SESSION_SECONDS", 1s,
                    session_lifetime, 0ms, 24h * 365,
                    "how long a session lives; 0: for ever");
  settings.flag({"ODOO_SIM_PLAIN"}, plain,
                "answer plain objects instead of JSON-RPC envelopes");
  settings.number({"ODOO_SIM_ORDERS"}, orders, 0, 99'999,
                  "confirmed orders at the start");
  settings.number({"ODOO_SIM_FOREIGN"}, foreign, 0, 9'999,
                  "orders of another line among them");
  settings.text({"ODOO_SIM_LINE"}, line, "the line of the orders",
                "an equipment code", config::check_line);
  settings.text({"ODOO_SIM_FOREIGN_LINE"}, foreign_line, "the other line",
                "an equipment code", config::check_line);
  settings.choice({"LOG_LEVEL"}, log_level, {"debug", "info", "warn", "error"},
                  "lines below it are not written");
  settings.choice({"LOG_FORMAT"}, log_format, {"text", "json"},
                  "text, or one JSON object a line");
}

odoo_settings simulator_settings::odoo() const {
  return {database, login, password, session_lifetime, plain};
}

http::server_options simulator_settings::server() const {
  http::server_options options;
  options.bind = http_bind;
  options.port = static_cast<std::uint16_t>(http_port);
  // An answer that never comes is one of the faults: it must not become a 504.
  options.answer_time_out = 24h;
  return options;
}

log::options simulator_settings::logging() const {
  return {"odoo-simulator", level_named(log_level), log_format == "json"};
}

} // namespace millrace::odoo_sim
