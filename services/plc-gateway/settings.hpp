#pragma once

#include "common/config/lines.hpp"
#include "services/plc-gateway/fins_link.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace millrace::plc {

struct settings {
  config::lines_setting lines;
  // Of the only line, and of those in LINES_FILE that do not say otherwise.
  std::string ip;
  int port = 9600;
  std::string protocol = "udp";
  std::chrono::milliseconds time_out{2000};
  int retries = 2;
  int client_node = 1;
  int plc_node = 2;
  int local_port = 0;
  /// Path of a map; empty: the built-in one.
  std::string map_file;
  /// 0: find out.
  int max_read_words = 0;
  std::chrono::milliseconds full_picture_interval = std::chrono::minutes{5};
};

/// One line's PLC and the path of its memory map.
struct line_plan {
  plc_endpoint endpoint;
  std::string map_file;
};

/// Declares all of them; `into` must outlive the loading.
void declare(config::binder& binder, settings& into);
/// Only after a successful load.
std::vector<line_plan> plans_of(const settings& chosen);
/// What single values cannot show, the memory maps included: all that is wrong.
std::vector<std::string> check(const settings& chosen);
/// The map in that file; empty: the built-in one. Throws std::runtime_error;
/// not after check() found nothing.
plc_map map_in(const std::string& map_file);

} // namespace millrace::plc
