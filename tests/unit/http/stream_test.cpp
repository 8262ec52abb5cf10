#include "common/http/server.hpp"
#include "tests/unit/http/raw_peer.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>

using namespace millrace::http;
using namespace std::chrono_literals;

namespace {

/// Hands the outflows of its answers to the test.
class streaming_server {
public:
  explicit streaming_server(server_options options = {}) {
    it = std::make_unique<server>(
      std::move(options), [this](request, responder answer) {
        response streamed;
        streamed.content_type = "text/plain";
        streamed.headers["x-thing"] = "yes";
        streamed.opened = [this](std::shared_ptr<outflow> out) {
          const std::lock_guard guard{mutex_};
          opened_.push_back(std::move(out));
          changed_.notify_all();
        };
        answer(std::move(streamed));
      });
    it->start();
  }
  raw::peer ask(std::string_view head = "GET / HTTP/1.1\r\nHost: x\r\n\r\n") {
    auto p = raw::peer::connected_to(it->port());
    p.send(head);
    return p;
  }
  /// The outflow of the next answer; null after 5 s.
  std::shared_ptr<outflow> next() {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, 5s, [this] { return !opened_.empty(); });
    if (opened_.empty())
      return nullptr;
    auto first = std::move(opened_.front());
    opened_.erase(opened_.begin());
    return first;
  }
  std::unique_ptr<server> it;

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<outflow>> opened_;
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// Fulfilled when the outflow is closed; waits at most 5 s.
struct end_of {
  explicit end_of(outflow& out) {
    out.on_closed([told = told] { told->set_value(); });
  }
  bool came() {
    return future.wait_for(5s) == std::future_status::ready;
  }
  std::shared_ptr<std::promise<void>> told
    = std::make_shared<std::promise<void>>();
  std::future<void> future = told->get_future();
};

} // namespace

TEST_SUITE("streamed answers") {
  TEST_CASE("pieces go out as chunks while the stream is open") {
    streaming_server s;
    auto p = s.ask();
    const auto out = s.next();
    REQUIRE(out);
    const auto head = p.receive_until("\r\n\r\n");
    CHECK(head.starts_with("HTTP/1.1 200 "));
    CHECK(has(head, "Transfer-Encoding: chunked\r\n"));
    CHECK(has(head, "Connection: close\r\n"));
    CHECK(has(head, "x-thing: yes\r\n"));
    CHECK(has(head, "Content-Type: text/plain\r\n"));
    CHECK_FALSE(has(head, "Content-Length"));
    CHECK(out->send("hello"));
    CHECK(p.receive(10) == "5\r\nhello\r\n");
    CHECK(out->send(std::string(26, 'x')));
    CHECK(p.receive(32) == "1a\r\n" + std::string(26, 'x') + "\r\n");
    CHECK(out->open());
    out->end();
    CHECK_FALSE(out->open());
    CHECK_FALSE(out->send("late"));
    CHECK(p.receive_all() == "0\r\n\r\n");
  }

  TEST_CASE("what was sent before the end goes out before the end") {
    streaming_server s;
    auto p = s.ask();
    const auto out = s.next();
    REQUIRE(out);
    out->send("a");
    out->send("");
    out->send("b");
    out->end();
    const auto answer = p.receive_all();
    CHECK(answer.ends_with("0\r\n\r\n"));
    CHECK((answer.ends_with("\r\n\r\n2\r\nab\r\n0\r\n\r\n")
           || answer.ends_with("\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n")));
  }

  TEST_CASE("HTTP/1.0 gets the bytes as they are, up to the end") {
    streaming_server s;
    auto p = s.ask("GET / HTTP/1.0\r\n\r\n");
    const auto out = s.next();
    REQUIRE(out);
    out->send("one ");
    out->send("two");
    out->end();
    const auto answer = p.receive_all();
    CHECK(answer.starts_with("HTTP/1.0 200 "));
    CHECK_FALSE(has(answer, "chunked"));
    CHECK(answer.ends_with("\r\n\r\none two"));
  }

  TEST_CASE("HEAD gets the head and no stream") {
    streaming_server s;
    auto p = s.ask("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answer = p.receive_all();
    CHECK(has(answer, "Transfer-Encoding: chunked\r\n"));
    CHECK(answer.ends_with("\r\n\r\n"));
    auto second = s.ask();
    CHECK(s.next()); // the first that was opened
    CHECK(second.receive_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
  }

  TEST_CASE("a stream has no answer time-out") {
    server_options hasty;
    hasty.answer_time_out = 1ms;
    hasty.idle_time_out = 1ms;
    hasty.read_time_out = 100ms;
    hasty.write_time_out = 100ms;
    streaming_server s{hasty};
    auto p = s.ask();
    const auto out = s.next();
    REQUIRE(out);
    p.receive_until("\r\n\r\n");
    // Longer than each of the limits: another connection comes to its end.
    CHECK(raw::peer::connected_to(s.it->port()).receive_all() == "");
    CHECK(raw::peer::connected_to(s.it->port()).receive_all() == "");
    CHECK(out->send("x"));
    CHECK(p.receive(6) == "1\r\nx\r\n");
  }

  TEST_CASE("a reader that has gone is noticed without sending") {
    streaming_server s;
    auto p = s.ask();
    const auto out = s.next();
    REQUIRE(out);
    end_of end{*out};
    p.receive_until("\r\n\r\n");
    CHECK(out->open());
    p.close();
    CHECK(end.came());
    CHECK_FALSE(out->open());
    CHECK_FALSE(out->send("x"));
    CHECK(out->unsent() == 0);
    CHECK(end_of{*out}.came()); // asked for afterwards: told at once
  }

  TEST_CASE("what a reader says during a stream is no request") {
    streaming_server s;
    auto p = s.ask();
    const auto out = s.next();
    REQUIRE(out);
    p.send("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
    out->send("x");
    p.receive_until("1\r\nx\r\n");
    out->end();
    CHECK(p.receive_all() == "0\r\n\r\n");
  }

  TEST_CASE("a slow reader is cut off above the limit, others are not") {
    server_options small;
    small.max_unsent_bytes = 100'000;
    streaming_server s{small};
    auto slow = s.ask();
    const auto to_slow = s.next();
    auto quick = s.ask();
    const auto to_quick = s.next();
    REQUIRE(to_slow);
    REQUIRE(to_quick);
    end_of end{*to_slow};
    // The kernel takes some megabytes, not 100.
    const std::string piece(50'000, 'x');
    int sent = 0;
    while (sent < 2'000 && to_slow->send(piece))
      ++sent;
    CHECK(sent < 2'000);
    CHECK_FALSE(to_slow->open());
    CHECK(end.came());
    CHECK(to_quick->send("x"));
    quick.receive_until("\r\n\r\n");
    CHECK(quick.receive(6) == "1\r\nx\r\n");
    CHECK_FALSE(slow.receive_all().ends_with("0\r\n\r\n"));
  }

  TEST_CASE("a reader that takes nothing for long is cut off") {
    server_options hasty;
    hasty.write_time_out = 50ms;
    hasty.max_unsent_bytes = 100'000'000;
    streaming_server s{hasty};
    auto p = s.ask();
    const auto out = s.next();
    REQUIRE(out);
    end_of end{*out};
    out->send(std::string(50'000'000, 'x'));
    CHECK(end.came());
  }

  TEST_CASE("when_writable paces a large body by its reader") {
    server_options small;
    small.max_unsent_bytes = 200'000;
    streaming_server s{small};
    auto p = s.ask("GET / HTTP/1.0\r\n\r\n");
    auto out = s.next();
    REQUIRE(out);
    int left = 200;
    out->when_writable([&left, flow = out.get()] {
      CHECK(flow->unsent() == 0);
      if (left-- == 0)
        return flow->end();
      flow->send(std::string(100'000, 'x'));
      flow->send(std::string(100'000, 'y'));
    });
    const auto answer = p.receive_all();
    const auto body = answer.substr(answer.find("\r\n\r\n") + 4);
    CHECK(body.size() == 200 * 200'000);
    CHECK(body[99'999] == 'x');
    CHECK(body[100'000] == 'y');
    CHECK(left == -1);
  }

  TEST_CASE("an outflow that nobody holds breaks the stream off") {
    streaming_server s;
    auto p = s.ask();
    auto out = s.next();
    REQUIRE(out);
    out->send("x");
    p.receive_until("1\r\nx\r\n");
    out.reset();
    CHECK(p.receive_all() == "");
  }

  TEST_CASE("streams above the limit are told 503") {
    server_options few;
    few.max_streams = 1;
    streaming_server s{few};
    auto first = s.ask();
    auto out = s.next();
    REQUIRE(out);
    auto second = s.ask();
    CHECK(second.receive_message().starts_with("HTTP/1.1 503 "));
    // An ended one gives its place free.
    end_of end{*out};
    out->end();
    first.receive_all();
    first.close();
    CHECK(end.came());
    auto third = s.ask();
    CHECK(s.next());
    CHECK(third.receive_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
  }

  TEST_CASE("stop breaks streams off; outflows outlive the server") {
    streaming_server s;
    auto p = s.ask();
    const auto out = s.next();
    REQUIRE(out);
    end_of end{*out};
    p.receive_until("\r\n\r\n");
    s.it->stop(5s);
    CHECK(end.came());
    CHECK(p.receive_all() == "");
    s.it.reset();
    CHECK_FALSE(out->send("x"));
    out->end();
    out->when_writable([] {});
    CHECK_FALSE(out->open());
  }

  TEST_CASE("500 listeners hear the same from many threads") {
    streaming_server s;
    std::vector<raw::peer> peers;
    std::vector<std::shared_ptr<outflow>> flows;
    for (int i = 0; i < 500; ++i) {
      peers.push_back(s.ask());
      flows.push_back(s.next());
      REQUIRE(flows.back());
    }
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (std::size_t i = t; i < flows.size(); i += 4) {
          for (int n = 0; n < 20; ++n)
            flows[i]->send("data: " + std::to_string(n) + "\n\n");
          flows[i]->end();
        }
      });
    for (auto& each : threads)
      each.join();
    std::size_t complete = 0;
    for (auto& each : peers) {
      const auto answer = each.receive_all();
      complete += has(answer, "data: 19\n\n") && answer.ends_with("0\r\n\r\n");
    }
    CHECK(complete == 500);
  }
}
