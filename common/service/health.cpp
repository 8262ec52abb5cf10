#include "common/service/health.hpp"

#include "common/telemetry/metrics.hpp"

#include <utility>

namespace millrace::service {

http::response health_answer(const std::string& path,
                             const std::function<std::string()>& not_ready) {
  http::response answer;
  answer.content_type = "text/plain; charset=utf-8";
  if (path == "/healthz") {
    answer.body = "ok\n";
  } else if (path == "/readyz") {
    const auto why = not_ready();
    answer.status = why.empty() ? 200 : 503;
    answer.body = (why.empty() ? "ready" : why) + "\n";
  } else if (path == "/metrics") {
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    answer.body = metrics::text();
  } else {
    answer.status = 404;
    answer.body = "not found: /healthz, /readyz and /metrics are here\n";
  }
  return answer;
}

std::unique_ptr<http::server>
start_health_server(const std::string& bind, int port,
                    std::function<std::string()> not_ready) {
  http::server_options options;
  options.bind = bind;
  options.port = static_cast<std::uint16_t>(port);
  options.max_connections = 50;
  auto server = std::make_unique<http::server>(
    options, [not_ready = std::move(not_ready)](const http::request& asked,
                                                const http::responder& answer) {
      answer(health_answer(asked.path, not_ready));
    });
  server->start();
  return server;
}

} // namespace millrace::service
