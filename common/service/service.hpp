#pragma once

#include "common/config/binder.hpp"
#include "common/service/dependency.hpp"
#include "common/service/port.hpp"
#include "common/telemetry/log.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace millrace::service {

/// The settings that every service has.
struct common_settings {
  std::string mqtt_url = "mqtt://localhost:1883";
  std::string mqtt_user, mqtt_password;
  std::string mqtt_ca_file, mqtt_certificate_file, mqtt_key_file;
  /// Begin of the MQTT client id; empty: "millrace-<service>". run() adds a
  /// part that is new at each start.
  std::string client_id;
  std::string topic_root = "millrace/v1";
  std::string log_level = "info";
  std::string log_format = "text";
  /// HTTP port for /healthz, /readyz and /metrics on loopback or METRICS_BIND;
  /// 0: none.
  int metrics_port = 0;
  std::string metrics_bind = "127.0.0.1";
};

void declare(config::binder& binder, common_settings& common);
/// Python's names too ("warning", "critical").
log::level level_named(std::string_view name);
/// Without the last will.
bus::options bus_options(const common_settings& common);

/// What run() hands to a service.
struct surroundings {
  const common_settings& settings;
  bus::client& bus;
  port& events;
  wall_clock clock;
  id_source ids;
  /// Whether this instance may work now: always, unless the definition has
  /// sole_for. Any thread, quick; to be asked right before each effect that no
  /// two instances may have.
  std::function<bool()> active;
};

/// A service, as main.cpp describes it.
struct definition {
  std::string name;
  std::string summary;
  /// Declares the service's own settings.
  std::function<void(config::binder&)> declare;
  /// Rules between settings, when each by itself is right; all that is wrong.
  /// Optional. Part of --check-config.
  std::function<std::vector<std::string>(const common_settings&)> check;
  /// Options of the service's own, which start nothing. Optional.
  std::vector<config::own_option> options;
  /// The lines that only one instance at a time may work on; the others stand
  /// by: no command reaches them. Optional; called once, before start.
  std::function<std::vector<std::string>()> sole_for;
  /// With sole_for: this instance begins or ceases to work. Optional; on a
  /// thread of its own, from after start() until after stop().
  std::function<void(bool active)> activated;
  /// Wires and starts; registers handlers on the port. The bus starts right
  /// after it. Throws std::exception when the service cannot live, and
  /// stop_requested when told_to_stop() while it still waits for something.
  std::function<void(surroundings&)> start;
  /// After SIGTERM or SIGINT: finish what is in hand, at most until `deadline`.
  /// The bus still works; it is flushed and stopped afterwards.
  std::function<void(std::chrono::steady_clock::time_point deadline)> stop;
  /// What it works with besides the broker, as it is now. Optional. Called on
  /// the HTTP server's thread, from before start() until after stop().
  std::function<std::vector<dependency>()> dependencies;
};

/// Ends a start() that waits, without blame: exit code 0.
struct stop_requested : std::exception {
  const char* what() const noexcept override {
    return "told to stop before it had started";
  }
};
/// Whether SIGTERM or SIGINT has come; for what waits in start().
bool told_to_stop();

/// main() of every service: settings, log, signals, bus, retained service state
/// with last will, health and metrics over HTTP, start, wait for SIGTERM, stop
/// within 10 s (a watchdog ends the process after that). Returns the exit code:
/// 78 (EX_CONFIG) when a setting is wrong.
int run(int argc, char** argv, definition what);

} // namespace millrace::service
