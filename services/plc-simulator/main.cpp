#include "common/config/binder.hpp"
#include "common/http/server.hpp"
#include "common/telemetry/log.hpp"
#include "services/plc-simulator/control_api.hpp"
#include "services/plc-simulator/network.hpp"
#include "services/plc-simulator/settings.hpp"
#include "services/plc-simulator/sockets.hpp"

#include <csignal>
#include <iostream>
#include <sys/signalfd.h>

namespace {

using namespace millrace;
using namespace millrace::plc_sim;

/// The time of day at the start, moved on by a clock that never goes back.
std::function<instant()> steady_time_of_day() {
  using std::chrono::duration_cast;
  const auto start = duration_cast<instant>(
    std::chrono::system_clock::now().time_since_epoch());
  const auto begun = std::chrono::steady_clock::now();
  return [=] {
    return start
           + duration_cast<instant>(std::chrono::steady_clock::now() - begun);
  };
}

/// Readable as soon as SIGTERM or SIGINT has come. Before any thread starts.
descriptor stop_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return descriptor{signalfd(-1, &signals, SFD_CLOEXEC)};
}

void serve(const simulator_settings& settings) {
  const auto stop = stop_signal();
  simulated_plc plc{settings.plc()};
  network fins{settings.network(), plc, steady_time_of_day()};
  http::server control_server{
    settings.control(),
    [&plc](const http::request& asked, const http::responder& answer) {
      answer(control(plc, asked));
    }};
  control_server.start();
  std::cout << "plc-simulator ready udp=" << fins.port()
            << " tcp=" << fins.port() << " http=" << control_server.port()
            << std::endl;
  fins.serve_until(stop.get());
  log::info("service.stopping");
  control_server.stop();
}

} // namespace

int main(int argc, char** argv) {
  simulator_settings settings;
  config::binder binder;
  settings.declare(binder);
  switch (config::load(argc, argv, "plc-simulator",
                       "A mill's PLC for demos and tests.", binder)) {
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
