#pragma once

#include "common/http/server.hpp"
#include "common/service/dependency.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millrace::service {

/// What /readyz says.
struct readiness {
  /// Why the service is not ready, or nothing.
  std::string not_ready;
  /// What is worth knowing of one that is, or nothing.
  std::string note;
  std::vector<dependency> dependencies;
};
/// Called on the server's thread.
using readiness_source = std::function<readiness()>;

/// GET /healthz (the process lives), /readyz (it can work; else 503 with the
/// reason; then a line for each dependency) and /metrics (Prometheus). Throws
/// when it cannot listen.
std::unique_ptr<http::server>
start_health_server(const std::string& bind, int port, readiness_source says);

/// What the three paths answer. Any other path gets 404.
http::response health_answer(const std::string& path,
                             const readiness_source& says);

} // namespace millrace::service
