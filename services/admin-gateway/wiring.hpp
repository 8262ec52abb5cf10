#pragma once

#include "common/service/service.hpp"
#include "services/admin-gateway/settings.hpp"

#include <chrono>
#include <memory>

namespace millrace::admin {

/// The HTTP server, the gateway behind it and its way onto the bus.
class running_gateway {
public:
  /// Listens at once. Throws std::runtime_error when it cannot.
  running_gateway(const settings& chosen, service::surroundings& around);
  ~running_gateway();
  /// Lets answers that are due go out. Blocking.
  void stop(std::chrono::milliseconds grace);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace millrace::admin
