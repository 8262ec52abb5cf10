#include "services/odoo-gateway/settings.hpp"

#include "common/config/checks.hpp"
#include "common/http/client.hpp"

namespace millrace::odoo {

namespace {

using namespace std::chrono_literals;

result<std::string> usable_url(std::string_view text) {
  if (auto wrong = http::check_base_url(text); !wrong.empty())
    return error{std::move(wrong)};
  return std::string(text);
}

} // namespace

void declare(config::binder& binder, settings& chosen) {
  binder.text({"ODOO_URL"}, chosen.url,
              "Odoo's address, with its path prefix if it has one",
              "http://host[:port][/prefix] or https://...", usable_url);
  binder.text({"ODOO_DATABASE", "ODOO_DB"}, chosen.database, "Odoo's database");
  binder.require_last();
  binder.text({"ODOO_USERNAME"}, chosen.user, "login in Odoo");
  binder.require_last();
  binder.secret({"ODOO_PASSWORD"}, chosen.password, "password in Odoo");
  binder.require_last();
  binder.duration("ODOO_TIMEOUT", "", 1s, chosen.answer_time_out, 100ms, 10min,
                  "how long Odoo may take to answer a call");
  binder.duration("ODOO_CONNECT_TIMEOUT", "", 1s, chosen.connect_time_out,
                  100ms, 1min, "how long connecting to Odoo may take");
  binder.number({"ODOO_CONCURRENCY"}, chosen.concurrency, 1, 16,
                "calls to Odoo at the same time");
  binder.text({"ODOO_CA_FILE"}, chosen.ca_file,
              "authorities that https certificates are checked with (PEM)",
              "readable PEM file; empty: the system's",
              config::check_readable_file);
  config::declare_lines(binder, chosen.lines);
}

} // namespace millrace::odoo
