#pragma once

#include "common/http/server.hpp"

#include <functional>
#include <memory>
#include <string>

namespace millrace::service {

/// GET /healthz (the process lives), /readyz (it can work; else 503 with the
/// reason) and /metrics (Prometheus). `not_ready` returns why not, or nothing;
/// it is called on the server's thread. Throws when it cannot listen.
std::unique_ptr<http::server>
start_health_server(const std::string& bind, int port,
                    std::function<std::string()> not_ready);

/// What the three paths answer; for services with an HTTP server of their own.
/// Any other path gets 404.
http::response health_answer(const std::string& path,
                             const std::function<std::string()>& not_ready);

} // namespace millrace::service
