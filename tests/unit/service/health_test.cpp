#include "common/service/health.hpp"

#include <doctest/doctest.h>

using millrace::service::health_answer;
using millrace::service::readiness;

namespace {

auto always(readiness now) {
  return [now] {
    return now;
  };
}

} // namespace

TEST_CASE("alive is not ready") {
  const auto broken = always({"no broker", "not said then", {}});
  CHECK(health_answer("/healthz", broken).status == 200);
  CHECK(health_answer("/readyz", broken).status == 503);
  CHECK(health_answer("/readyz", broken).body == "no broker\n");
  CHECK(health_answer("/other", broken).status == 404);
  CHECK(health_answer("/metrics", broken)
          .content_type.starts_with("text/plain; version=0.0.4"));
}

TEST_CASE("standing by is ready") {
  CHECK(health_answer("/readyz", always({})).body == "ready\n");
  const auto fine = always({"", "standing by", {}});
  CHECK(health_answer("/readyz", fine).status == 200);
  CHECK(health_answer("/readyz", fine).body == "ready, standing by\n");
}

TEST_CASE("each dependency has its line and its gauge") {
  const auto now = always({"no route to the broker",
                           "",
                           {{"broker", "no route to the broker"},
                            {"plc", "PLC02 is silent", false},
                            {"odoo", ""}}});
  CHECK(health_answer("/readyz", now).body
        == "no route to the broker\n"
           "broker: no route to the broker\n"
           "plc: PLC02 is silent\n"
           "odoo: ok\n");
  const auto figures = health_answer("/metrics", now).body;
  for (const auto* line :
       {"millrace_ready 0\n", "millrace_dependency_up{dependency=\"odoo\"} 1\n",
        "millrace_dependency_up{dependency=\"plc\"} 0\n"})
    CHECK_MESSAGE(figures.find(line) != std::string::npos, line);
}
