#pragma once

#include "common/config/binder.hpp"
#include "common/http/server.hpp"
#include "common/telemetry/log.hpp"
#include "services/plc-simulator/network.hpp"

namespace millrace::plc_sim {

/// All settings of the plc-simulator. Defaults stand here, meanings in
/// declare().
struct simulator_settings {
  std::string bind = "127.0.0.1";
  int port = 9600;
  std::string http_bind = "127.0.0.1";
  int http_port = 9680;
  int max_words = 999;
  int node = 2;
  int tcp_slots = 16;
  bool ready = false;
  int parallel = 1;
  std::chrono::milliseconds take_delay{50};
  std::chrono::milliseconds batch_time{5000};
  std::chrono::milliseconds cycle{0};
  std::string failing;
  std::string weightless;
  std::string log_level = "info";
  std::string log_format = "text";

  void declare(config::binder& settings);
  plc_settings plc() const;
  network_settings network() const;
  http::server_options control() const;
  log::options logging() const;
};

} // namespace millrace::plc_sim
