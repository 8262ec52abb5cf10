#include "common/config/binder.hpp"
#include "common/http/server.hpp"
#include "common/telemetry/log.hpp"
#include "services/odoo-simulator/control_api.hpp"
#include "services/odoo-simulator/delayed_calls.hpp"
#include "services/odoo-simulator/sample_orders.hpp"
#include "services/odoo-simulator/settings.hpp"

#include <csignal>
#include <iostream>

namespace {

using namespace millrace;
using namespace millrace::odoo_sim;

instant now() {
  return std::chrono::duration_cast<instant>(
    std::chrono::system_clock::now().time_since_epoch());
}

/// SIGTERM and SIGINT. Blocked before any thread starts.
sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

void serve(const simulator_settings& settings) {
  const auto signals = stop_signals();
  simulated_odoo odoo{settings.odoo(),
                      sample_orders(settings.orders, settings.line,
                                    settings.foreign, settings.foreign_line)};
  delayed_calls later;
  http::server server{
    settings.server(),
    [&](const http::request& asked, const http::responder& answer) {
      if (asked.path.starts_with("/sim/"))
        return answer(control(odoo, asked, settings.line, now()));
      auto reply = odoo.on_request(asked, now());
      if (reply.hang)
        return;
      if (reply.delay.count() == 0)
        return answer(std::move(reply.response));
      later.after(reply.delay,
                  [answer, response = reply.response] { answer(response); });
    }};
  server.start();
  std::cout << "odoo-simulator ready http=" << server.port() << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  log::info("service.stopping", {{"signal", signal}});
  // Clients that were left hanging need no patience.
  server.stop(std::chrono::milliseconds{200});
}

} // namespace

int main(int argc, char** argv) {
  simulator_settings settings;
  config::binder binder;
  settings.declare(binder);
  switch (config::load(argc, argv, "odoo-simulator",
                       "An Odoo with the SCADA add-on for demos and tests.",
                       binder)) {
  case config::start::exit_ok:
    return 0;
  case config::start::exit_error:
    return 2;
  case config::start::run:
    break;
  }
  log::setup(settings.logging());
  try {
    serve(settings);
  } catch (const std::exception& e) {
    log::error("service.failed", {{"error", e.what()}});
    return 1;
  }
  return 0;
}
