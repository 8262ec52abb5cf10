#include "common/service/health.hpp"

#include <doctest/doctest.h>

using millrace::service::health_answer;
using millrace::service::readiness;

TEST_CASE("alive is not ready") {
  const readiness broken{[] { return std::string("no broker"); },
                         [] {
                           return std::string("not said then");
                         }};
  CHECK(health_answer("/healthz", broken).status == 200);
  CHECK(health_answer("/readyz", broken).status == 503);
  CHECK(health_answer("/readyz", broken).body == "no broker\n");
  CHECK(health_answer("/other", broken).status == 404);
  CHECK(health_answer("/metrics", broken)
          .content_type.starts_with("text/plain; version=0.0.4"));
}

TEST_CASE("standing by is ready") {
  readiness fine{[] {
    return std::string{};
  }};
  CHECK(health_answer("/readyz", fine).body == "ready\n");
  fine.note = [] {
    return std::string("standing by");
  };
  CHECK(health_answer("/readyz", fine).status == 200);
  CHECK(health_answer("/readyz", fine).body == "ready, standing by\n");
}
