#include "common/http/client.hpp"
#include "tests/unit/http/raw_peer.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <iterator>
#include <optional>

using namespace millrace::http;
using namespace std::chrono_literals;

namespace {

client_options to(const std::string& url) {
  client_options options;
  options.base_url = url;
  options.answer_time_out = 5s;
  return options;
}

call_result post(client& c, bool repeatable = false) {
  return c.call("POST", "/x", {{"Content-Type", "text/plain"}}, "body",
                repeatable);
}

std::string ok(const std::string& body, const std::string& extra = "") {
  return "HTTP/1.1 200 OK\r\n" + extra
         + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Answers each request of one connection with these texts in turn.
std::function<void(raw::peer&)> answers(std::vector<std::string> texts) {
  return [texts = std::move(texts)](raw::peer& p) {
    for (const auto& text : texts) {
      p.receive_message();
      p.send(text);
    }
  };
}

/// Takes the request, then waits until the client goes away.
void never_answers(raw::peer& p) {
  p.receive_all();
}

std::uint16_t a_closed_port() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  auto address = raw::loopback(0);
  socklen_t size = sizeof address;
  bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

/// Of this whole process.
auto open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                       std::filesystem::directory_iterator{});
}

} // namespace

TEST_SUITE("client") {
  TEST_CASE("what is sent") {
    std::string seen;
    {
      raw::scripted_server s{{[&](raw::peer& p) {
        seen = p.receive_message();
        p.send(ok("", "Connection: close\r\n"));
      }}};
      client c{to(s.url() + "/odoo/")};
      const auto r
        = c.call("POST", "/api", {{"X-A", "1\r\nX-B: 2"}}, "{}", false);
      CHECK(r.outcome == call_outcome::answered);
    }
    CHECK(seen.starts_with("POST /odoo/api HTTP/1.1\r\nHost: 127.0.0.1:"));
    CHECK(seen.find("X-A: 1  X-B: 2\r\n") != std::string::npos);
    CHECK(seen.ends_with("Content-Length: 2\r\n\r\n{}"));
  }

  TEST_CASE("what comes back") {
    raw::scripted_server s{
      {answers({"HTTP/1.1 404 Not Found\r\nX-One: a\r\n"
                "Set-Cookie: session_id=1; Path=/\r\nSet-Cookie: b=2\r\n"
                "Content-Length: 3\r\n\r\nabc"})}};
    client c{to(s.url())};
    const auto r = post(c);
    REQUIRE(r.outcome == call_outcome::answered);
    CHECK(r.status == 404);
    CHECK(r.headers.at("x-one") == "a");
    CHECK(r.set_cookies
          == std::vector<std::string>{"session_id=1; Path=/", "b=2"});
    CHECK(r.body == "abc");
    CHECK(r.text == "");
  }

  TEST_CASE("chunked answers, answers that end with the connection, and 1xx") {
    raw::scripted_server s{{[](raw::peer& p) {
      p.receive_message();
      p.send("HTTP/1.1 100 Continue\r\n\r\n"
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
             "2\r\nab\r\n0\r\n\r\n");
      p.receive_message();
      p.send("HTTP/1.1 200 OK\r\n\r\nto the end");
    }}};
    client c{to(s.url())};
    CHECK(post(c).body == "ab");
    CHECK(post(c).body == "to the end");
  }

  TEST_CASE("HEAD has no body, whatever the length says") {
    raw::scripted_server s{
      {answers({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", ok("b")})}};
    client c{to(s.url())};
    CHECK(c.call("HEAD", "/", {}, "", true).status == 200);
    CHECK(post(c).body == "b");
  }

  TEST_CASE("the connection is kept") {
    raw::scripted_server s{{answers({ok("1"), ok("2"), ok("3")})}};
    client c{to(s.url())};
    CHECK(post(c).body == "1");
    CHECK(post(c).body == "2");
    CHECK(post(c).body == "3");
  }

  TEST_CASE("nobody listens: not connected, and nothing was sent") {
    client c{to("http://127.0.0.1:" + std::to_string(a_closed_port()))};
    const auto r = post(c, true);
    CHECK(r.outcome == call_outcome::not_connected);
    CHECK(r.text.starts_with("cannot connect to 127.0.0.1:"));
    CHECK(r.text.ends_with(": Connection refused"));
  }

  TEST_CASE("an unknown name: not connected") {
    client c{to("http://no-such-host.invalid")};
    CHECK(post(c).outcome == call_outcome::not_connected);
  }

  TEST_CASE("no answer in time: timed out, and the next call works") {
    raw::scripted_server s{{never_answers, answers({ok("b")})}};
    auto options = to(s.url());
    options.answer_time_out = 100ms;
    client c{options};
    const auto r = post(c, true);
    CHECK(r.outcome == call_outcome::timed_out);
    CHECK(r.text == "no complete answer within 100 ms");
    CHECK(post(c).body == "b");
  }

  TEST_CASE("an answer that stops in the middle in time: timed out") {
    raw::scripted_server s{{[](raw::peer& p) {
      p.receive_message();
      p.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
      p.receive_all();
    }}};
    auto options = to(s.url());
    options.answer_time_out = 100ms;
    client c{options};
    CHECK(post(c).outcome == call_outcome::timed_out);
  }

  TEST_CASE("closed before the answer: lost, and never repeated on a new "
            "connection") {
    raw::scripted_server s{{answers({""}), answers({ok("second")})}};
    client c{to(s.url())};
    const auto r = post(c, true);
    CHECK(r.outcome == call_outcome::lost);
    CHECK(r.text == "the connection was closed before the answer");
    CHECK(post(c).body == "second");
  }

  TEST_CASE("cut in the middle of the answer: lost") {
    raw::scripted_server s{
      {answers({"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"}),
       answers({"HTTP/1.1 200 O"})}};
    client c{to(s.url())};
    const auto r = post(c, true);
    CHECK(r.outcome == call_outcome::lost);
    CHECK(r.text == "the connection was closed in the middle of the answer");
    CHECK(post(c, true).outcome == call_outcome::lost);
  }

  TEST_CASE("descriptors: however calls end, none is left open, and the first "
            "call needs no more than the hundredth") {
    std::vector<std::function<void(raw::peer&)>> scripts;
    for (int i = 0; i < 10; ++i) {
      scripts.push_back(answers({""}));                           // lost
      scripts.push_back(answers({"HTTP/1.1 200 OK\r\nContent"})); // cut
      scripts.push_back(answers({"no HTTP at all\r\n\r\n"}));
      scripts.push_back(answers({ok("b", "Connection: close\r\n")}));
    }
    scripts.push_back(never_answers);
    std::optional<raw::scripted_server> s{std::in_place, scripts};
    auto options = to(s->url());
    options.answer_time_out = 300ms;
    client c{options};
    const auto idle = open_descriptors();
    int answered = 0;
    for (std::size_t i = 0; i < scripts.size(); ++i)
      answered += post(c).outcome == call_outcome::answered ? 1 : 0;
    CHECK(answered == 10);
    s.reset();
    CHECK(post(c).outcome == call_outcome::not_connected);
    CHECK(open_descriptors() == idle - 1); // without the listener
  }

  TEST_CASE("what is no HTTP or too large is malformed") {
    raw::scripted_server s{{answers({"SSH-2.0-OpenSSH\r\n\r\n"}),
                            answers({ok(std::string(101, 'x'))}),
                            answers({ok(std::string(100, 'x'))})}};
    auto options = to(s.url());
    options.max_body_bytes = 100;
    client c{options};
    const auto r = post(c);
    CHECK(r.outcome == call_outcome::malformed);
    CHECK(r.text.starts_with("the answer is no HTTP: "));
    CHECK(post(c).text == "the answer is larger than allowed");
    CHECK(post(c).status == 200);
  }

  TEST_CASE("a status below 100 is none") {
    raw::scripted_server s{
      {answers({"HTTP/1.1 050 OK\r\nContent-Length: 0\r\n\r\n"})}};
    client c{to(s.url())};
    const auto r = post(c);
    CHECK(r.outcome == call_outcome::malformed);
    CHECK(r.text == "the answer's status is not from 100 to 999");
  }

  // The server ends the kept connection only when the second request is there.
  const auto closes_on_second = [](raw::peer& p) {
    p.receive_message();
    p.send(ok("1"));
    p.receive_message();
  };

  TEST_CASE("a kept connection that dies is replaced for a repeatable call") {
    raw::scripted_server s{{closes_on_second, answers({ok("2")})}};
    client c{to(s.url())};
    CHECK(post(c, true).body == "1");
    CHECK(post(c, true).body == "2");
  }

  TEST_CASE("but only once") {
    raw::scripted_server s{
      {closes_on_second, answers({""}), answers({ok("3")})}};
    client c{to(s.url())};
    CHECK(post(c, true).body == "1");
    CHECK(post(c, true).outcome == call_outcome::lost);
    CHECK(post(c, true).body == "3");
  }

  TEST_CASE("and never for a call that must not run twice") {
    raw::scripted_server s{{closes_on_second, answers({ok("2")})}};
    client c{to(s.url())};
    CHECK(post(c).body == "1");
    CHECK(post(c).outcome == call_outcome::lost);
    CHECK(post(c).body == "2");
  }

  TEST_CASE("nor when the answer had begun") {
    raw::scripted_server s{{[](raw::peer& p) {
                              p.receive_message();
                              p.send(ok("1"));
                              p.receive_message();
                              p.send("HTTP/1.1 2");
                            },
                            answers({ok("2")})}};
    client c{to(s.url())};
    CHECK(post(c, true).body == "1");
    CHECK(post(c, true).outcome == call_outcome::lost);
    CHECK(post(c, true).body == "2");
  }

  TEST_CASE("a method or path that would break the request line is not sent") {
    client c{to("http://127.0.0.1:1")};
    CHECK(c.call("GET", "/a\r\nX: y", {}, "", true)
            .text.starts_with("method or path cannot be sent"));
    CHECK(c.call("GET", "a", {}, "", true).outcome
          == call_outcome::not_connected);
    CHECK(c.call("G T", "/", {}, "", true).outcome
          == call_outcome::not_connected);
  }

  TEST_CASE("a base URL or authorities that cannot be used are refused") {
    CHECK_THROWS_WITH(client{to("ftp://a")},
                      "base URL: it must begin with http:// or https://");
    auto options = to("https://a");
    options.ca_file = "/nonexistent/ca.pem";
    CHECK_THROWS_AS(client{options}, std::invalid_argument);
  }

  TEST_CASE("https to a server that speaks no TLS: not connected") {
    raw::scripted_server s{{[](raw::peer& p) {
      p.send("hello, no TLS\n");
    }}};
    auto options = to("https" + s.url().substr(4));
    client c{options};
    const auto r = post(c);
    CHECK(r.outcome == call_outcome::not_connected);
    CHECK(r.text.find("TLS: ") != std::string::npos);
  }
}
