#include "services/admin-gateway/answers.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::admin;

TEST_SUITE("answers") {
  TEST_CASE("success carries the data as it is") {
    const auto answer = success("ok", R"({"total_batches":10})");
    CHECK(answer.status == 200);
    CHECK(
      answer.body
      == R"({"status":"success","message":"ok","data":{"total_batches":10}})");
    CHECK(answer.content_type == "application/json");
  }

  TEST_CASE("data is never null") {
    CHECK(success("ok", "null").body
          == R"({"status":"success","message":"ok","data":{}})");
    CHECK(failure(404, "no").body
          == R"({"status":"error","message":"no","data":{}})");
  }

  TEST_CASE("a message is escaped, bytes that are no UTF-8 replaced") {
    CHECK(failure(400, "say \"hi\"\n\xFF").body
          == "{\"status\":\"error\",\"message\":\"say \\\"hi\\\"\\n\xEF\xBF\xBD"
             "\",\"data\":{}}");
  }

  TEST_CASE("what is not there now asks to be tried again") {
    const auto answer = unavailable("batch-store is offline");
    CHECK(answer.status == 503);
    CHECK(answer.headers.at("retry-after") == "5");
  }

  TEST_CASE("a wrong method names the right one") {
    const auto answer = wrong_method("POST");
    CHECK(answer.status == 405);
    CHECK(answer.headers.at("allow") == "POST");
  }

  TEST_CASE("another service's answer is passed on") {
    const auto done = from_result({true, "here", {R"([1])"}}, 404);
    CHECK(done.status == 200);
    CHECK(done.body == R"({"status":"success","message":"here","data":[1]})");
    const auto refused = from_result({false, "no MO X/1", {"null"}}, 404);
    CHECK(refused.status == 404);
    CHECK(refused.body
          == R"({"status":"error","message":"no MO X/1","data":{}})");
  }
}
