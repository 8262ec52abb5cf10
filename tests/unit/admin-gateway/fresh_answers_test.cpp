#include "services/admin-gateway/answers.hpp"
#include "services/admin-gateway/fresh_answers.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::admin;
using namespace std::chrono_literals;

namespace {

/// Questions are collected; the test answers them.
struct fixture {
  /// The body that an asker gets, empty until then.
  std::shared_ptr<http::response> ask(const std::string& key = "a",
                                      bool gzip = false) {
    auto got = std::make_shared<http::response>();
    got->status = 0;
    fresh.give(
      key, gzip,
      [&](http::responder respond) { asked.push_back(std::move(respond)); },
      [got](http::response said) { *got = std::move(said); });
    return got;
  }
  void answer(std::size_t question, const std::string& text, int status = 200) {
    http::response said;
    said.status = status;
    said.body = text;
    asked.at(question)(said);
  }

  fresh_answers::clock::time_point now{};
  fresh_answers fresh{[this] {
    return now;
  }};
  std::vector<http::responder> asked;
};

} // namespace

TEST_SUITE("fresh answers") {
  TEST_CASE_FIXTURE(fixture, "many who ask at once make one question") {
    const auto first = ask();
    const auto second = ask();
    CHECK(asked.size() == 1);
    CHECK(second->status == 0);
    answer(0, "one");
    CHECK(first->sent_body() == "one");
    CHECK(second->sent_body() == "one");
  }

  TEST_CASE_FIXTURE(fixture, "an answer serves 200 ms from its question on") {
    ask();
    now += 50ms;
    answer(0, "one");
    now += 149ms;
    CHECK(ask()->sent_body() == "one");
    now += 1ms;
    const auto later = ask();
    CHECK(later->status == 0);
    REQUIRE(asked.size() == 2);
    answer(1, "two");
    CHECK(later->sent_body() == "two");
  }

  TEST_CASE_FIXTURE(fixture, "nobody joins a question older than 200 ms") {
    const auto first = ask();
    now += 200ms;
    const auto second = ask();
    REQUIRE(asked.size() == 2);
    answer(1, "new");
    answer(0, "old");
    CHECK(first->sent_body() == "old");
    CHECK(second->sent_body() == "new");
    CHECK(ask()->sent_body() == "new");
  }

  TEST_CASE_FIXTURE(fixture, "after a change everybody asks anew") {
    ask();
    answer(0, "before");
    const auto under_way = ask("b");
    fresh.drop();
    const auto after = ask();
    const auto after_b = ask("b");
    REQUIRE(asked.size() == 4);
    answer(1, "b before");
    answer(2, "after");
    answer(3, "b after");
    CHECK(under_way->sent_body() == "b before");
    CHECK(after->sent_body() == "after");
    CHECK(after_b->sent_body() == "b after");
    CHECK(ask("b")->sent_body() == "b after");
    CHECK(ask()->sent_body() == "after");
  }

  TEST_CASE_FIXTURE(fixture, "what went wrong is told to all who wait only") {
    const auto first = ask();
    const auto second = ask();
    answer(0, "away", 503);
    CHECK(first->status == 503);
    CHECK(second->status == 503);
    ask();
    CHECK(asked.size() == 2);
  }

  TEST_CASE_FIXTURE(fixture, "keys are apart, and not kept without bound") {
    for (int i = 0; i < 1'000; ++i) {
      ask(std::to_string(i));
      answer(asked.size() - 1, std::to_string(i));
      CHECK(ask(std::to_string(i))->sent_body() == std::to_string(i));
    }
    CHECK(asked.size() == 1'000);
    ask("0"); // long gone
    CHECK(asked.size() == 1'001);
  }

  TEST_CASE_FIXTURE(fixture, "each gets the form that it can read, tagged") {
    const std::string body(5'000, 'x');
    const auto compressed = ask("a", true);
    const auto plain = ask("a", false);
    answer(0, body);
    CHECK(compressed->headers.at("content-encoding") == "gzip");
    CHECK(compressed->sent_body().size() < 100);
    CHECK(plain->sent_body() == body);
    CHECK(plain->headers.contains("etag"));
    CHECK(plain->headers.at("etag") != compressed->headers.at("etag"));
    CHECK(ask("a", true)->sent_body() == compressed->sent_body());
  }

  TEST_CASE_FIXTURE(fixture, "a second answer to a question is dropped") {
    ask();
    answer(0, "one");
    answer(0, "two");
    CHECK(ask()->sent_body() == "one");
  }
}
