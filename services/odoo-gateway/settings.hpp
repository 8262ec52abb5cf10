#pragma once

#include "common/config/lines.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace millrace::odoo {

struct settings {
  std::string url = "http://localhost:8070";
  std::string database, user, password;
  std::chrono::milliseconds connect_time_out{5'000};
  std::chrono::milliseconds answer_time_out{15'000};
  int concurrency = 4;
  std::string ca_file;
  config::lines_setting lines;
};

void declare(config::binder& binder, settings& chosen);

} // namespace millrace::odoo
