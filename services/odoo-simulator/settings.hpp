#pragma once

#include "common/config/binder.hpp"
#include "common/telemetry/log.hpp"
#include "services/odoo-simulator/simulated_odoo.hpp"

namespace millrace::odoo_sim {

/// All settings of the odoo-simulator. Defaults stand here, meanings in
/// declare().
struct simulator_settings {
  std::string http_bind = "127.0.0.1";
  int http_port = 8070;
  std::string database = "odoo14";
  std::string login = "admin";
  std::string password = "admin";
  std::chrono::milliseconds session_lifetime{0};
  bool plain = false;
  int orders = 10;
  int foreign = 2;
  std::string line = "PLC01";
  std::string foreign_line = "PLC02";
  std::string log_level = "info";
  std::string log_format = "text";

  void declare(config::binder& settings);
  odoo_settings odoo() const;
  http::server_options server() const;
  log::options logging() const;
};

} // namespace millrace::odoo_sim
