#pragma once

#include <string>

namespace millrace::service {

/// Something outside of a service that it works with.
struct dependency {
  /// "broker", "database", "odoo", "plc": a label of millrace_dependency_up.
  std::string name;
  /// What is wrong with it, in words, or nothing.
  std::string trouble;
  /// Whether its trouble makes the service not ready.
  bool needed = true;
};

} // namespace millrace::service
