#include "services/admin-gateway/answers.hpp"
#include "services/admin-gateway/idempotency.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::admin;
using namespace std::chrono_literals;

namespace {

/// Somebody who acts on each request that is admitted, unless told to wait.
struct fixture {
  http::response post(const std::string& key, const std::string& body = "{}",
                      const std::string& caller = "ann",
                      const std::string& path = "/api/admin/x") {
    http::request request;
    request.method = method;
    request.raw_path = path;
    request.body = body;
    if (key != "-")
      request.headers["idempotency-key"] = key;
    const auto got = std::make_shared<http::response>(); // answered late
    got->status = 0;
    if (auto respond = kept.admit(request, caller, [got](http::response said) {
          *got = std::move(said);
        })) {
      ++acted;
      if (hold)
        held = std::move(*respond);
      else
        (*respond)(failure(status, "time " + std::to_string(acted)));
    }
    return *got;
  }

  kept_answers::clock::time_point now{};
  kept_answers kept{[this] {
    return now;
  }};
  std::string method = "POST";
  int acted = 0;
  int status = 200;
  bool hold = false;
  http::responder held;
};

bool is_replay(const http::response& answer) {
  return answer.headers.contains("idempotency-replayed");
}

} // namespace

TEST_SUITE("idempotency keys") {
  TEST_CASE_FIXTURE(fixture, "the same request again gets the kept answer") {
    const auto first = post("k");
    const auto again = post("k");
    CHECK(acted == 1);
    CHECK(again.body == first.body);
    CHECK_FALSE(is_replay(first));
    CHECK(again.headers.at("idempotency-replayed") == "true");
  }

  TEST_CASE_FIXTURE(fixture, "without a key, and for GET, nothing is kept") {
    post("-");
    post("-");
    CHECK(acted == 2);
    method = "GET";
    post("k");
    post("k");
    CHECK(acted == 4);
  }

  TEST_CASE_FIXTURE(fixture, "callers, paths and keys are kept apart") {
    post("k");
    post("k", "{}", "bob");
    post("k", "{}", "ann", "/api/admin/y");
    post("l");
    CHECK(acted == 4);
    CHECK(is_replay(post("k", "{}", "bob")));
  }

  TEST_CASE_FIXTURE(fixture, "the same key with another body is 422") {
    post("k", "1");
    CHECK(post("k", "2").status == 422);
    CHECK(acted == 1);
    CHECK(is_replay(post("k", "1")));
  }

  TEST_CASE_FIXTURE(fixture, "while the first is under way, it is 409") {
    hold = true;
    CHECK(post("k").status == 0);
    CHECK(post("k").status == 409);
    CHECK(acted == 1);
    held(success("done", "{}"));
    CHECK(is_replay(post("k")));
  }

  TEST_CASE_FIXTURE(fixture, "what is not final is not kept") {
    for (const int passing : {401, 403, 429, 500, 503, 504}) {
      status = passing;
      acted = 0;
      CHECK(post("k").status == passing);
      CHECK(post("k").status == passing);
      CHECK(acted == 2);
    }
    for (const int final_one : {200, 400, 404, 409}) {
      status = final_one;
      acted = 0;
      const auto key = std::to_string(final_one);
      post(key);
      CHECK(post(key).status == final_one);
      CHECK(acted == 1);
    }
  }

  TEST_CASE_FIXTURE(fixture, "a key is 1 to 128 printable characters") {
    CHECK(post(std::string(128, 'k')).status == 200);
    CHECK(post(std::string(129, 'k')).status == 400);
    CHECK(post("").status == 400);
    CHECK(post("a\tb").status == 400);
    CHECK(post("\xC3\xA9").status == 400);
    CHECK(acted == 1);
  }

  TEST_CASE_FIXTURE(fixture, "answers are kept for a day") {
    post("k");
    now += 24h - 1s;
    CHECK(is_replay(post("k")));
    now += 1s;
    CHECK_FALSE(is_replay(post("k")));
    CHECK(acted == 2);
  }

  TEST_CASE_FIXTURE(fixture, "of more than 10,000 the oldest go") {
    for (int i = 0; i < 10'000; ++i)
      post(std::to_string(i));
    CHECK(is_replay(post("0")));
    post("one more");
    CHECK(acted == 10'001);
    CHECK(is_replay(post("1")));
    CHECK_FALSE(is_replay(post("0")));
  }

  TEST_CASE("an answer may come when nobody keeps answers any more") {
    http::responder late;
    int heard = 0;
    {
      kept_answers kept;
      http::request request;
      request.method = "POST";
      request.headers["idempotency-key"] = "k";
      late
        = *kept.admit(request, "ann", [&](const http::response&) { ++heard; });
    }
    late(success("done", "{}"));
    CHECK(heard == 1);
  }
}
