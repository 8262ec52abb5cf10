// A `.env` file: the service's name in the first line, then the file. Settings
// that are taken can be used and lie within their limits; what is wrong is
// named.

#include "common/bus/url.hpp"
#include "common/domain/host.hpp"
#include "common/http/client.hpp"
#include "common/service/service.hpp"
#include "services/admin-gateway/settings.hpp"
#include "services/batch-store/settings.hpp"
#include "services/odoo-gateway/settings.hpp"
#include "services/odoo-simulator/settings.hpp"
#include "services/plc-gateway/settings.hpp"
#include "services/plc-simulator/settings.hpp"
#include "services/scheduler/settings.hpp"
#include "tests/fuzz/property.hpp"

#include <algorithm>
#include <stdexcept>

using namespace millrace;
using namespace std::chrono_literals;
using fuzz::require;

namespace {

result<std::string> no_file(const std::string&) {
  return error{"there are no files here"};
}

void check_problems(const config::binder& binder,
                    const std::vector<std::string>& problems) {
  for (const auto& problem : problems) {
    const bool named
      = std::any_of(binder.declared().begin(), binder.declared().end(),
                    [&](const config::setting& one) {
                      return std::any_of(one.names.begin(), one.names.end(),
                                         [&](const std::string& name) {
                                           return problem.starts_with(name);
                                         });
                    });
    require(named, "what is wrong is named", problem);
  }
}

bool between(std::chrono::milliseconds low, std::chrono::milliseconds value,
             std::chrono::milliseconds high) {
  return low <= value && value <= high;
}

void use(const plc::settings& chosen) {
  if (!plc::check(chosen).empty())
    return;
  require(between(10ms, chosen.time_out, 60s), "PLC_TIMEOUT is in its range");
  for (const auto& plan : plc::plans_of(chosen)) {
    const auto& endpoint = plan.endpoint;
    require(is_host(endpoint.host) && endpoint.port >= 1
              && endpoint.port <= 65'535,
            "the PLC has an address", endpoint.host);
    require(endpoint.tcp || endpoint.client_node != endpoint.plc_node,
            "the nodes differ");
    (void)plc::map_in(plan.map_file);
  }
}

void use(const store::settings& chosen) {
  const auto resolved = chosen.resolve();
  require(!resolved.lines.empty() && resolved.batch_limit >= 1
            && resolved.batch_limit <= 10,
          "lines and limit are in their range");
  require(between(1s, resolved.stuck_after, 168h),
          "BATCH_STUCK_THRESHOLD is in its range");
  require(!chosen.database().connection.empty(), "the database has an address");
}

void use(const odoo::settings& chosen) {
  require(http::check_base_url(chosen.url).empty(), "ODOO_URL can be used");
  require(chosen.concurrency >= 1 && chosen.concurrency <= 16,
          "ODOO_CONCURRENCY is in its range");
  require(!chosen.database.empty() && !chosen.user.empty()
            && !chosen.password.empty(),
          "database, user and password are there");
}

void use(const admin::settings& chosen) {
  require(!chosen.lines.line_codes().empty() && !chosen.http_bind.empty(),
          "lines and address are there");
}

void use(const scheduler::settings& chosen) {
  require(!chosen.lines.line_codes().empty(), "lines are there");
  for (const auto& task : chosen.tasks)
    require(between(50ms, task.interval, 168h), "intervals are in their range");
}

void use(const odoo_sim::simulator_settings& chosen) {
  (void)chosen.odoo();
  (void)chosen.server();
}

void use(const plc_sim::simulator_settings& chosen) {
  (void)chosen.plc();
  (void)chosen.network();
}

void use(const service::common_settings& common) {
  const auto options = service::bus_options(common);
  require(static_cast<bool>(bus::parse_url(options.url)),
          "MQTT_URL can be used");
  require(common.client_id.find_first_of("/+#") == std::string::npos
            && common.topic_root.find_first_of("+#") == std::string::npos,
          "client id and topic root can stand in a topic");
}

/// Right when every setting by itself is.
bool read(const config::binder& binder, const config::source& values) {
  const auto problems = config::apply(binder, {}, values, no_file);
  check_problems(binder, problems);
  return problems.empty();
}

template <class Settings>
void check_simulator(const config::source& values) {
  Settings chosen;
  config::binder binder;
  chosen.declare(binder);
  if (read(binder, values))
    use(chosen);
}

template <class Settings, class Declare>
void check_service(const config::source& values, Declare declare) {
  Settings chosen;
  service::common_settings common;
  config::binder binder;
  declare(binder, chosen);
  service::declare(binder, common);
  if (!read(binder, values))
    return;
  use(common);
  use(chosen);
}

void check(std::string_view name, const config::source& values) {
  if (name == "plc-gateway")
    check_service<plc::settings>(values, plc::declare);
  else if (name == "odoo-gateway")
    check_service<odoo::settings>(values, odoo::declare);
  else if (name == "admin-gateway")
    check_service<admin::settings>(values, admin::declare);
  else if (name == "scheduler")
    check_service<scheduler::settings>(values, scheduler::declare);
  else if (name == "batch-store")
    check_service<store::settings>(
      values, [](config::binder& binder, store::settings& chosen) {
        chosen.declare(binder);
      });
  else if (name == "odoo-simulator")
    check_simulator<odoo_sim::simulator_settings>(values);
  else if (name == "plc-simulator")
    check_simulator<plc_sim::simulator_settings>(values);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto [name, text] = fuzz::first_line(fuzz::text_of(data, size));
  const auto values = config::parse_dotenv(text);
  if (values)
    check(name, *values);
  else
    require(values.why().starts_with("line "), "an error names the line",
            values.why());
  return 0;
}
