#include "common/service/health.hpp"

#include "common/telemetry/metrics.hpp"

#include <utility>

namespace millrace::service {

http::response health_answer(const std::string& path, const readiness& says) {
  http::response answer;
  answer.content_type = "text/plain; charset=utf-8";
  if (path == "/healthz") {
    answer.body = "ok\n";
  } else if (path == "/readyz") {
    const auto why = says.not_ready();
    const auto note = why.empty() && says.note ? says.note() : std::string{};
    answer.status = why.empty() ? 200 : 503;
    answer.body = why + (why.empty() ? "ready" : "")
                  + (note.empty() ? "" : ", " + note) + "\n";
  } else if (path == "/metrics") {
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    answer.body = metrics::text();
  } else {
    answer.status = 404;
    answer.body = "not found: /healthz, /readyz and /metrics are here\n";
  }
  return answer;
}

std::unique_ptr<http::server> start_health_server(const std::string& bind,
                                                  int port, readiness says) {
  http::server_options options;
  options.bind = bind;
  options.port = static_cast<std::uint16_t>(port);
  options.max_connections = 50;
  auto server = std::make_unique<http::server>(
    options, [says = std::move(says)](const http::request& asked,
                                      const http::responder& answer) {
      answer(health_answer(asked.path, says));
    });
  server->start();
  return server;
}

} // namespace millrace::service
