#include "common/service/health.hpp"

#include "common/telemetry/metrics.hpp"

#include <utility>

namespace millrace::service {

namespace {

std::string text_of(const readiness& now) {
  auto text = now.not_ready.empty() ? "ready" : now.not_ready;
  if (now.not_ready.empty() && !now.note.empty())
    text += ", " + now.note;
  text += "\n";
  for (const auto& each : now.dependencies)
    text
      += each.name + ": " + (each.trouble.empty() ? "ok" : each.trouble) + "\n";
  return text;
}

/// Whoever scrapes learns what /readyz would say.
void measure(const readiness& now) {
  metrics::gauge("millrace_ready", "1 while /readyz answers 200",
                 now.not_ready.empty() ? 1 : 0);
  for (const auto& each : now.dependencies)
    metrics::gauge("millrace_dependency_up",
                   "1 while the service can work with it",
                   each.trouble.empty() ? 1 : 0, {{"dependency", each.name}});
}

} // namespace

http::response health_answer(const std::string& path,
                             const readiness_source& says) {
  http::response answer;
  answer.content_type = "text/plain; charset=utf-8";
  if (path == "/healthz") {
    answer.body = "ok\n";
  } else if (path == "/readyz") {
    const auto now = says();
    answer.status = now.not_ready.empty() ? 200 : 503;
    answer.body = text_of(now);
  } else if (path == "/metrics") {
    measure(says());
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    answer.body = metrics::text();
  } else {
    answer.status = 404;
    answer.body = "not found: /healthz, /readyz and /metrics are here\n";
  }
  return answer;
}

std::unique_ptr<http::server>
start_health_server(const std::string& bind, int port, readiness_source says) {
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
