#pragma once

#include "common/config/binder.hpp"

#include <string>
#include <vector>

namespace millrace::admin {

struct settings {
  std::string lines = "PLC01";
  int http_port = 8000;
  std::string http_bind = "127.0.0.1";

  /// Only after a successful load.
  std::vector<std::string> line_codes() const;
};

/// Declares all of them; `into` must outlive the loading.
void declare(config::binder& binder, settings& into);

/// Whether only programs of this machine can reach the address.
bool is_loopback(const std::string& address);

} // namespace millrace::admin
