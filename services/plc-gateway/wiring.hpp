#pragma once

#include "common/service/service.hpp"
#include "services/plc-gateway/reachability.hpp"
#include "services/plc-gateway/settings.hpp"

#include <memory>

namespace millrace::plc {

/// The lines, the FINS link and the actor system, tied to the bus.
class running_gateway {
public:
  /// Throws std::runtime_error for a map that cannot be used. `plcs` is told
  /// which of them answer, and must outlive it.
  running_gateway(const settings& chosen, service::surroundings& around,
                  reachability& plcs);
  ~running_gateway();
  /// Connects to the PLCs, or lets go of them. Any thread.
  void use_plcs(bool active);
  /// Lets each line finish the job in hand, for a few seconds. Blocking.
  void stop();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace millrace::plc
