#pragma once

#include "common/http/server.hpp"

#include <functional>
#include <memory>
#include <string>

namespace millrace::service {

/// What /readyz says. Both are called on the server's thread.
struct readiness {
  /// Why the service is not ready, or nothing.
  std::function<std::string()> not_ready;
  /// What is worth knowing of one that is, or nothing. Optional.
  std::function<std::string()> note = {};
};

/// GET /healthz (the process lives), /readyz (it can work; else 503 with the
/// reason) and /metrics (Prometheus). Throws when it cannot listen.
std::unique_ptr<http::server> start_health_server(const std::string& bind,
                                                  int port, readiness says);

/// What the three paths answer; for services with an HTTP server of their own.
/// Any other path gets 404.
http::response health_answer(const std::string& path, const readiness& says);

} // namespace millrace::service
