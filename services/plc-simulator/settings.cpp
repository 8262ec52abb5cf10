#include "services/plc-simulator/settings.hpp"

#include "common/config/checks.hpp"

#include <sstream>

namespace millrace::plc_sim {

namespace {

using namespace std::chrono_literals;

std::set<std::string> comma_separated(const std::string& text) {
  std::set<std::string> names;
  std::istringstream in{text};
  for (std::string name; std::getline(in, name, ',');) {
    name.erase(0, name.find_first_not_of(' '));
    name.erase(name.find_last_not_of(' ') + 1);
    if (!name.empty())
      names.insert(name);
  }
  return names;
}

log::level level_named(const std::string& name) {
  return name == "debug"   ? log::level::debug
         : name == "warn"  ? log::level::warn
         : name == "error" ? log::level::error
                           : log::level::info;
}

} // namespace

void simulator_settings::declare(config::binder& settings) {
  settings.text({"PLC_SIM_BIND"}, bind, "address of FINS", "an IPv4 address",
                config::check_ip_address);
  settings.number({"PLC_SIM_PORT"}, port, 0, 65535,
                  "port of FINS over UDP and TCP; 0: any that is free");
  settings.text({"PLC_SIM_HTTP_BIND"}, http_bind,
                "address of the control server", "an IP address",
                config::check_ip_address);
  settings.number({"PLC_SIM_HTTP_PORT"}, http_port, 0, 65535,
                  "port of the control server; 0: any that is free");
  settings.number({"PLC_SIM_MAX_WORDS"}, max_words, 3, 999,
                  "longest read in words: 999 as a CJ2, 501 as a CP1L, 269 as "
                  "a CP1E");
  settings.number({"PLC_SIM_NODE"}, node, 0, 254,
                  "FINS node; 0: 2 over TCP, any over UDP");
  settings.number({"PLC_SIM_TCP_SLOTS"}, tcp_slots, 1, 16,
                  "FINS/TCP connections at the same time");
  settings.flag({"PLC_SIM_READY"}, ready,
                "start with D7076 = 1 instead of a memory of zeros");
  settings.number({"PLC_SIM_PARALLEL"}, parallel, 1, 10,
                  "batches running at the same time");
  settings.duration("PLC_SIM_TAKE_DELAY", "", 0ms, take_delay, 0ms, 1h,
                    "from the handshake to D7076 = 1");
  settings.duration("PLC_SIM_BATCH_TIME", "PLC_SIM_BATCH_SECONDS", 1s,
                    batch_time, 1ms, 24h, "how long a batch takes");
  settings.duration("PLC_SIM_CYCLE", "", 0ms, cycle, 0ms, 10s,
                    "answers go out at the end of a cycle this long; 0: at "
                    "once");
  settings.text({"PLC_SIM_FAIL"}, failing,
                "orders that stop with status_operation 1 in the middle",
                "order names, comma separated");
  settings.text({"PLC_SIM_ZERO_WEIGHT"}, weightless,
                "orders that finish with weight 0",
                "order names, comma separated");
  settings.choice({"LOG_LEVEL"}, log_level, {"debug", "info", "warn", "error"},
                  "lines below it are not written");
  settings.choice({"LOG_FORMAT"}, log_format, {"text", "json"},
                  "text, or one JSON object a line");
}

plc_settings simulator_settings::plc() const {
  return {{max_words, node},
          {take_delay, batch_time, parallel, comma_separated(failing),
           comma_separated(weightless)},
          ready};
}

network_settings simulator_settings::network() const {
  return {bind, static_cast<std::uint16_t>(port), tcp_slots,
          node == 0 ? 2 : node, cycle};
}

http::server_options simulator_settings::control() const {
  http::server_options options;
  options.bind = http_bind;
  options.port = static_cast<std::uint16_t>(http_port);
  return options;
}

log::options simulator_settings::logging() const {
  return {"plc-simulator", level_named(log_level), log_format == "json"};
}

} // namespace millrace::plc_sim
