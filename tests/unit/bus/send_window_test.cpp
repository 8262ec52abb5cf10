#include "common/bus/send_window.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>

using namespace std::chrono_literals;
using millrace::bus::outgoing;
using millrace::bus::send_window;

namespace {

struct window_fixture {
  send_window window{3, 5, 1000};
  send_window::clock::time_point now{};
  std::vector<std::string> ended;

  bool add(const std::string& payload) {
    outgoing message;
    message.payload = payload;
    return window.add(message, [this, payload](bool acknowledged) {
      ended.push_back(payload + (acknowledged ? "+" : "-"));
    });
  }
  void add_all(std::initializer_list<const char*> payloads) {
    for (const auto* each : payloads)
      REQUIRE(add(each));
  }
  /// Sends one; empty when nothing may go.
  std::string send() {
    const auto next = window.next(now);
    last = next ? next->number : 0;
    return next ? next->message.payload : "";
  }
  /// Sends all that may go; the attempt of each.
  std::vector<send_window::attempt> send_all() {
    std::vector<send_window::attempt> all;
    while (!send().empty())
      all.push_back(last);
    return all;
  }
  void acknowledge(send_window::attempt number) {
    if (const auto done = window.finished(number))
      (*done)(true);
  }
  send_window::attempt last = 0;
};

} // namespace

TEST_SUITE("send window") {
  TEST_CASE_FIXTURE(window_fixture, "payloads together have a limit, too") {
    CHECK(add(std::string(2000, 'a')));
    CHECK_FALSE(add("b"));
    REQUIRE_FALSE(send().empty());
    CHECK_FALSE(add("b"));
    CHECK(window.finished(last));
    CHECK(add(std::string(999, 'c')));
    CHECK(add("d"));
    CHECK_FALSE(add("e"));
    window.drain();
    CHECK(add(std::string(1000, 'f')));
  }

  TEST_CASE_FIXTURE(window_fixture, "messages leave in their order, only so "
                                    "many without an answer") {
    add_all({"a", "b", "c", "d"});
    CHECK(send() == "a");
    const auto first = last;
    CHECK(send() == "b");
    CHECK(send() == "c");
    CHECK(send() == "");
    acknowledge(first);
    CHECK(send() == "d");
    CHECK(ended == std::vector<std::string>{"a+"});
  }

  TEST_CASE_FIXTURE(window_fixture, "a returned message goes before younger "
                                    "ones") {
    add_all({"a", "b", "c", "d"});
    const auto sent = send_all();
    window.returned(sent[1]);
    window.returned(sent[0]);
    CHECK(send() == "a");
    CHECK(send() == "b");
    CHECK(send() == "");
    CHECK(window.size() == 4);
  }

  TEST_CASE_FIXTURE(window_fixture, "an attempt ends once") {
    add_all({"a"});
    const auto first = send_all()[0];
    window.returned(first);
    const auto second = send_all()[0];
    CHECK(second != first);
    acknowledge(first); // late: the message is on its way again
    CHECK(ended.empty());
    window.returned(first);
    CHECK(window.in_flight() == 1);
    acknowledge(second);
    acknowledge(second);
    CHECK(ended == std::vector<std::string>{"a+"});
    CHECK(window.empty());
  }

  TEST_CASE_FIXTURE(window_fixture, "the queue is bounded; what is in flight "
                                    "does not count") {
    add_all({"a", "b", "c", "d", "e"});
    CHECK_FALSE(add("f"));
    send_all();
    add_all({"f", "g", "h"});
    CHECK_FALSE(add("i"));
    CHECK(window.size() == 8);
  }

  TEST_CASE_FIXTURE(window_fixture, "what has no answer for long is returned") {
    add_all({"a", "b"});
    now += 1s;
    send();
    now += 1s;
    send();
    CHECK(window.return_older_than(now) == 1);
    CHECK(send() == "a");
    CHECK(send() == "");
  }

  TEST_CASE_FIXTURE(window_fixture, "at the end everything is given up, oldest "
                                    "first") {
    add_all({"a", "b", "c", "d"});
    send_all();
    for (const auto& done : window.drain())
      done(false);
    CHECK(ended == std::vector<std::string>{"a-", "b-", "c-", "d-"});
    CHECK(window.empty());
    CHECK(window.in_flight() == 0);
  }

  TEST_CASE("whatever happens, each message ends exactly once and the oldest "
            "unsent goes first") {
    rc::check([](const std::vector<unsigned char>& steps) {
      send_window window{4, 1000, 1'000'000};
      std::vector<int> ended;
      std::vector<send_window::attempt> open;
      int added = 0;
      for (const auto step : steps) {
        if (step % 4 == 0) {
          outgoing message;
          message.payload = std::to_string(added);
          RC_ASSERT(window.add(
            message, [&ended, added](bool) { ended.push_back(added); }));
          ++added;
        } else if (step % 4 == 1) {
          if (const auto next = window.next({}))
            open.push_back(next->number);
        } else if (!open.empty()) {
          const auto which = open.begin() + step / 4 % open.size();
          if (step % 4 == 2)
            (*window.finished(*which))(true);
          else
            window.returned(*which);
          open.erase(which);
        }
        RC_ASSERT(window.in_flight() == open.size());
        RC_ASSERT(open.size() <= 4U);
      }
      for (const auto number : open)
        window.returned(number);
      int previous = -1;
      while (const auto next = window.next({})) {
        const auto payload = std::stoi(next->message.payload);
        RC_ASSERT(payload > previous);
        previous = payload;
        (*window.finished(next->number))(true);
      }
      std::sort(ended.begin(), ended.end());
      RC_ASSERT(ended.size() == static_cast<std::size_t>(added));
      for (int i = 0; i < added; ++i)
        RC_ASSERT(ended[i] == i);
    });
  }
}
