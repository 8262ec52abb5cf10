#include "common/service/health.hpp"

#include <doctest/doctest.h>

using millrace::service::health_answer;

TEST_CASE("alive is not ready") {
  const auto broken = [] {
    return std::string("no broker");
  };
  CHECK(health_answer("/healthz", broken).status == 200);
  CHECK(health_answer("/readyz", broken).status == 503);
  CHECK(health_answer("/readyz", broken).body == "no broker\n");
  CHECK(health_answer("/readyz", [] { return std::string{}; }).status == 200);
  CHECK(health_answer("/other", broken).status == 404);
  CHECK(health_answer("/metrics", broken)
          .content_type.starts_with("text/plain; version=0.0.4"));
}
