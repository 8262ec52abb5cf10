#include "services/odoo-gateway/clean_text.hpp"
#include "services/odoo-gateway/odoo_answer.hpp"

#include <doctest/doctest.h>

using namespace millrace::odoo;
using millrace::events::odoo_error;
using millrace::http::call_outcome;
using millrace::http::call_result;

namespace {

call_result answer(int status, std::string body) {
  call_result r;
  r.outcome = call_outcome::answered;
  r.status = status;
  r.body = std::move(body);
  return r;
}

failure failure_of(const call_result& result) {
  const auto read = read_answer(result);
  REQUIRE_FALSE(read);
  return read.why();
}

failure no_answer(call_outcome what) {
  call_result r;
  r.outcome = what;
  r.text = "in words";
  return failure_of(r);
}

} // namespace

TEST_SUITE("odoo_answer") {
  TEST_CASE("a call is JSON-RPC") {
    CHECK(rpc_call({{"mo_id", "WH/MO/00011"}})
          == R"({"jsonrpc":"2.0","method":"call",)"
             R"("params":{"mo_id":"WH/MO/00011"}})");
  }

  TEST_CASE("the result comes out of the envelope") {
    const auto read = read_answer(answer(
      200,
      R"({"jsonrpc":"2.0","id":null,"result":{"status":"success","a":1}})"));
    REQUIRE(read);
    CHECK((*read)["a"] == 1);
  }

  TEST_CASE("a plain object is the result itself") {
    const auto read = read_answer(answer(200, R"({"count":0,"data":[]})"));
    REQUIRE(read);
    CHECK((*read)["count"] == 0);
  }

  TEST_CASE("an expired session comes with HTTP 200 and code 100") {
    const auto why = failure_of(
      answer(200, R"({"jsonrpc":"2.0","id":null,"error":{"code":100,)"
                  R"("message":"Odoo Session Expired","data":{"name":)"
                  R"("odoo.http.SessionExpiredException"}}})"));
    CHECK(why.session_expired);
    CHECK(why.error_class == odoo_error::authentication);
    CHECK(why.text == "Odoo Session Expired");
    CHECK_FALSE(why.ambiguous);
  }

  TEST_CASE("plain answers, 401, 403 and a redirect to the login say so too") {
    CHECK(failure_of(
            answer(200, R"({"status":"error","message":"Session expired"})"))
            .session_expired);
    CHECK(failure_of(answer(401, "")).session_expired);
    CHECK(failure_of(answer(403, "Forbidden")).session_expired);
    auto redirect = answer(303, "");
    redirect.headers["location"] = "/web/login?redirect=x";
    CHECK(failure_of(redirect).session_expired);
  }

  TEST_CASE("status error is a business failure with Odoo's words") {
    const auto why = failure_of(answer(
      200, R"({"jsonrpc":"2.0","id":null,"result":{"status":"error",)"
           R"("message":"No finished product move found for this MO"}})"));
    CHECK(why.error_class == odoo_error::rejected);
    CHECK(why.text == "No finished product move found for this MO");
    CHECK_FALSE(why.ambiguous);
  }

  TEST_CASE("an order that Odoo does not know is not_found") {
    CHECK(failure_of(answer(200, R"({"status":"error",)"
                                 R"("message":"MO WH/MO/9 not found"})"))
            .error_class
          == odoo_error::not_found);
    CHECK(failure_of(answer(404, R"({"status":"error",)"
                                 R"("message":"MO WH/MO/9 not found"})"))
            .error_class
          == odoo_error::not_found);
    CHECK(failure_of(answer(200, R"({"status":"error",)"
                                 R"("message":"Equipment silo120 not found"})"))
            .error_class
          == odoo_error::rejected);
  }

  TEST_CASE("a reason that is missing or no text") {
    CHECK(failure_of(answer(200, R"({"status":"error","message":false})")).text
          == "Odoo gave no reason");
    CHECK(failure_of(answer(200, R"({"status":"error"})")).text
          == "Odoo gave no reason");
    CHECK(
      failure_of(answer(200, R"({"status":"error","message":["a",1]})")).text
      == R"(["a",1])");
    CHECK(failure_of(answer(200, R"({"status":"failed","message":"x"})")).text
          == "x");
  }

  TEST_CASE("other JSON-RPC errors carry the exception's message") {
    const auto why = failure_of(
      answer(200, R"({"error":{"code":200,"message":"Odoo Server Error",)"
                  R"("data":{"name":"odoo.exceptions.UserError",)"
                  R"("message":"You cannot do that"}}})"));
    CHECK(why.error_class == odoo_error::rejected);
    CHECK(why.text == "You cannot do that");
    CHECK(failure_of(answer(200, R"({"error":{"code":404,)"
                                 R"("message":"404: Not Found"}})"))
            .error_class
          == odoo_error::protocol);
    CHECK(failure_of(answer(200, R"({"error":{"code":200,"message":"x",)"
                                 R"("data":{"name":)"
                                 R"("odoo.exceptions.AccessDenied"}}})"))
            .error_class
          == odoo_error::authentication);
    const auto busy = failure_of(
      answer(200, R"({"error":{"code":200,"message":"x","data":{"name":)"
                  R"("psycopg2.errors.SerializationFailure"}}})"));
    CHECK(busy.error_class == odoo_error::unreachable);
    CHECK(busy.ambiguous);
  }

  TEST_CASE("HTTP errors") {
    for (const int status : {502, 503, 504}) {
      CHECK(failure_of(answer(status, "")).error_class
            == odoo_error::unreachable);
      CHECK(failure_of(answer(status, "")).ambiguous);
    }
    const auto broken = failure_of(answer(500, "<html>\nboom</html>"));
    CHECK(broken.error_class == odoo_error::protocol);
    CHECK(broken.ambiguous);
    CHECK(broken.text == "HTTP 500: <html> boom</html>");
    const auto missing = failure_of(answer(404, "<h1>Not Found</h1>"));
    CHECK(missing.error_class == odoo_error::protocol);
    CHECK_FALSE(missing.ambiguous);
  }

  TEST_CASE("what is no JSON object is protocol, and may have acted") {
    for (const auto* body :
         {"<html>login</html>", "", "[1]", "null", R"({"result":)",
          R"({"result":false})", R"({"jsonrpc":"2.0","result":null})"}) {
      CAPTURE(body);
      const auto why = failure_of(answer(200, body));
      CHECK(why.error_class == odoo_error::protocol);
      CHECK(why.ambiguous);
    }
  }

  TEST_CASE("an answer nested too deep is refused, not a stack overflow") {
    const std::string deep(1'000'000, '[');
    const std::string closed(1'000'000, ']');
    const auto why = failure_of(
      answer(200, R"({"status":"error","message":)" + deep + closed + "}"));
    CHECK(why.error_class == odoo_error::protocol);
    CHECK(why.ambiguous);
    CHECK(why.text.starts_with(
      "the answer is nested deeper than 32: {\"status\":\"error\""));
  }

  TEST_CASE("no answer") {
    CHECK(no_answer(call_outcome::not_connected).error_class
          == odoo_error::unreachable);
    CHECK_FALSE(no_answer(call_outcome::not_connected).ambiguous);
    CHECK(no_answer(call_outcome::lost).error_class == odoo_error::unreachable);
    CHECK(no_answer(call_outcome::lost).ambiguous);
    CHECK(no_answer(call_outcome::timed_out).error_class
          == odoo_error::time_out);
    CHECK(no_answer(call_outcome::timed_out).ambiguous);
    CHECK(no_answer(call_outcome::malformed).error_class
          == odoo_error::protocol);
    CHECK(no_answer(call_outcome::malformed).text == "in words");
  }

  TEST_CASE("members that are missing or false") {
    const auto o = json::parse(R"({"a":"x","b":false,"c":{"d":1},"e":[1]})");
    CHECK(text_of(o, "a") == "x");
    CHECK(text_of(o, "b") == "");
    CHECK(text_of(o, "zz") == "");
    CHECK(text_of(json(false), "a") == "");
    CHECK(object_of(o, "c")["d"] == 1);
    CHECK(object_of(o, "b").empty());
    CHECK(list_of(o, "e").size() == 1);
    CHECK(list_of(o, "b").empty());
  }
}

TEST_SUITE("clean_text") {
  TEST_CASE("control characters become blanks") {
    CHECK(clean_text("a\r\nb\x7F\x01"
                     "c")
          == "a  b  c");
  }
  TEST_CASE("it is cut between characters") {
    CHECK(clean_text("a\xC3\xA9z", 2) == "a\xC3\xA9");
    CHECK(clean_text(std::string(600, 'x')).size() == 500);
  }
  TEST_CASE("what is no UTF-8 becomes a question mark") {
    CHECK(clean_text("a\xE9z") == "a?z");
    CHECK(clean_text("\xC0\xAF") == "??");
    CHECK(clean_text("\xED\xA0\x80") == "???");
    CHECK(clean_text("\xE2\x82") == "??");
    CHECK(clean_text("\xE2\x82\xAC \xF0\x9F\x98\x80")
          == "\xE2\x82\xAC \xF0\x9F\x98\x80");
  }
}
