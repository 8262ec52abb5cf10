#pragma once

#include "common/config/binder.hpp"
#include "services/plc-gateway/fins_link.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace millrace::plc {

struct settings {
  std::string lines = "PLC01";
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

  /// Only after a successful load.
  std::vector<std::string> line_codes() const;
  /// The PLC of that line.
  plc_endpoint endpoint_of(const std::string& line) const;
};

/// Declares all of them; `into` must outlive the loading.
void declare(config::binder& binder, settings& into);
/// What single values cannot show, the memory map included: all that is wrong.
std::vector<std::string> check(const settings& chosen);
/// The map that the settings name. Throws std::runtime_error; not after check()
/// found nothing.
plc_map map_of(const settings& chosen);

} // namespace millrace::plc
