#pragma once

#include "common/service/service.hpp"
#include "services/odoo-gateway/settings.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace millrace::odoo {

/// The running service: actors, and the commands that reach them.
class running_gateway {
public:
  /// Throws std::exception when Odoo's address or authorities cannot be used.
  running_gateway(const settings& chosen, service::surroundings& around);
  ~running_gateway();
  /// Lets what is in hand end until `deadline`. False when a worker still waits
  /// for Odoo; it then goes on without being heard until the process ends.
  bool stop(std::chrono::steady_clock::time_point deadline);
  /// Why Odoo cannot be reached, or empty.
  std::string odoo_trouble() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace millrace::odoo
