#include "common/http/server.hpp"
#include "tests/unit/http/raw_peer.hpp"

#include <doctest/doctest.h>

#include <future>
#include <memory>
#include <mutex>

using namespace millrace::http;
using namespace std::chrono_literals;

namespace {

/// A server whose handler answers with method, path and body.
struct echo_server {
  explicit echo_server(server_options options = {}) {
    make(std::move(options), [this](request asked, responder answer) {
      {
        const std::lock_guard guard{mutex};
        last = asked;
      }
      answer({200, asked.method + " " + asked.path + " " + asked.body,
              "text/plain", extra});
    });
  }
  echo_server(server_options options, handler handle) {
    make(std::move(options), std::move(handle));
  }
  void make(server_options options, handler handle) {
    it = std::make_unique<server>(std::move(options), std::move(handle));
    it->start();
  }
  raw::peer dial() const {
    return raw::peer::connected_to(it->port());
  }
  /// Sends `text` and returns all that comes until the server closes.
  std::string all_of(std::string_view text) const {
    auto p = dial();
    p.send(text);
    return p.receive_all();
  }

  std::mutex mutex;
  request last;
  std::map<std::string, std::string> extra;
  std::unique_ptr<server> it;
};

int status_of(const std::string& answer) {
  return answer.starts_with("HTTP/1.") ? std::stoi(answer.substr(9)) : 0;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string get_and_close
  = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

} // namespace

TEST_SUITE("server") {
  TEST_CASE("a request reaches the handler decoded") {
    echo_server s;
    auto p = s.dial();
    p.send("POST /a%20b?x=1 HTTP/1.1\r\nHost: x\r\nX-Thing: one\r\n"
           "x-thing: two\r\nContent-Length: 5\r\n\r\nhello");
    const auto answer = p.receive_message();
    CHECK(status_of(answer) == 200);
    CHECK(answer.ends_with("\r\n\r\nPOST /a b hello"));
    CHECK(has(answer, "Content-Type: text/plain\r\n"));
    const std::lock_guard guard{s.mutex};
    CHECK(s.last.raw_path == "/a%20b");
    CHECK(s.last.query.at("x") == "1");
    CHECK(s.last.headers.at("x-thing") == "one, two");
    CHECK(s.last.remote_address == "127.0.0.1");
  }

  TEST_CASE("a chunked body is put together") {
    echo_server s;
    const auto answer
      = s.all_of("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n"
                 "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    CHECK(answer.ends_with("POST / abcde"));
  }

  TEST_CASE("a connection is kept and serves one request after the other") {
    echo_server s;
    auto p = s.dial();
    for (const auto* path : {"/1", "/2", "/3"}) {
      p.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n");
      CHECK(p.receive_message().ends_with("GET " + std::string(path) + " "));
    }
  }

  TEST_CASE("requests sent in one go are answered in order") {
    echo_server s;
    const auto answers = s.all_of("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
                                  "GET /2 HTTP/1.1\r\nHost: x\r\n"
                                  "Connection: close\r\n\r\n");
    CHECK(answers.find("GET /1") < answers.find("GET /2"));
    CHECK(has(answers, "GET /2"));
  }

  TEST_CASE("Connection: close and HTTP/1.0 close after the answer") {
    echo_server s;
    CHECK(has(s.all_of(get_and_close), "Connection: close\r\n"));
    CHECK(status_of(s.all_of("GET / HTTP/1.0\r\n\r\n")) == 200);
  }

  TEST_CASE("HEAD gets the header of the answer without its body") {
    echo_server s;
    auto p = s.dial();
    p.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" + get_and_close);
    const auto answers = p.receive_all();
    const auto second = answers.find("HTTP/1.1 200", 1);
    REQUIRE(second != std::string::npos);
    CHECK(has(answers.substr(0, second), "Content-Length: 8\r\n"));
    CHECK(answers.substr(0, second).ends_with("\r\n\r\n"));
  }

  TEST_CASE("no body goes out with 204") {
    echo_server s{{}, [](request, responder answer) {
                    answer({204, "body", "text/plain", {}});
                  }};
    CHECK(s.all_of(get_and_close).ends_with("\r\n\r\n"));
  }

  TEST_CASE("Expect: 100-continue is invited to go on") {
    echo_server s;
    auto p = s.dial();
    p.send("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
           "Content-Length: 2\r\n\r\n");
    CHECK(status_of(p.receive_until("\r\n\r\n")) == 100);
    p.send("ok");
    CHECK(p.receive_message().ends_with("PUT / ok"));
  }

  TEST_CASE("bad requests are answered with status and a JSON reason") {
    echo_server s;
    const auto nonsense = s.all_of("nonsense\r\n\r\n");
    CHECK(status_of(nonsense) == 400);
    CHECK(has(nonsense, "Content-Type: application/json\r\n"));
    CHECK(has(nonsense, R"({"status":"error","message":"malformed request)"));
    CHECK(has(nonsense, "Connection: close\r\n"));
    CHECK(status_of(s.all_of("GET / HTTP/1.1\r\n\r\n")) == 400);
    CHECK(status_of(s.all_of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"))
          == 400);
    CHECK(status_of(s.all_of("GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n")) == 400);
    CHECK(status_of(s.all_of("GET a HTTP/1.1\r\nHost: x\r\n\r\n")) == 400);
    CHECK(status_of(s.all_of("GET / HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n"))
          == 400);
    CHECK(
      status_of(s.all_of("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
                         "Content-Length: 2\r\n\r\nab"))
      == 400);
    CHECK(
      status_of(s.all_of("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
      == 400);
    CHECK(status_of(s.all_of("POST / HTTP/1.1\r\nHost: x\r\n"
                             "Transfer-Encoding: chunked\r\n\r\nzz\r\n"))
          == 400);
  }

  TEST_CASE("unknown methods and transfer encodings are not implemented") {
    echo_server s;
    CHECK(status_of(s.all_of("BREW / HTTP/1.1\r\nHost: x\r\n\r\n")) == 501);
    CHECK(status_of(s.all_of("CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n"))
          == 501);
    CHECK(status_of(s.all_of("POST / HTTP/1.1\r\nHost: x\r\n"
                             "Transfer-Encoding: gzip\r\n\r\n"))
          == 501);
  }

  TEST_CASE("half a request whose sender is done is answered 400") {
    echo_server s;
    auto p = s.dial();
    p.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    p.end_of_sending();
    CHECK(status_of(p.receive_all()) == 400);
  }

  TEST_CASE("limits of body, header and request line") {
    server_options small;
    small.max_body_bytes = 10;
    small.max_header_bytes = 256;
    echo_server s{small};
    const auto post = [&](const std::string& body) {
      return status_of(s.all_of(
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
        + std::to_string(body.size()) + "\r\n\r\n" + body));
    };
    CHECK(post("0123456789") == 200);
    CHECK(post("0123456789a") == 413);
    CHECK(post(std::string(1'000'000, 'x')) == 413);
    const auto head = s.all_of("HEAD / HTTP/1.1\r\nHost: x\r\n"
                               "Content-Length: 11\r\n\r\n0123456789a");
    CHECK(status_of(head) == 413);
    CHECK(head.ends_with("\r\n\r\n"));
    CHECK(status_of(s.all_of("POST / HTTP/1.1\r\nHost: x\r\n"
                             "Transfer-Encoding: chunked\r\n\r\n"
                             "b\r\n0123456789a\r\n0\r\n\r\n"))
          == 413);
    CHECK(status_of(s.all_of("GET / HTTP/1.1\r\nHost: x\r\nA: "
                             + std::string(300, 'a') + "\r\n\r\n"))
          == 431);
    CHECK(status_of(s.all_of("GET /" + std::string(300, 'a')
                             + " HTTP/1.1\r\nHost: x\r\n\r\n"))
          == 414);
  }

  TEST_CASE("a request that drips too slowly is answered 408") {
    server_options hasty;
    hasty.read_time_out = 50ms;
    echo_server s{hasty};
    CHECK(status_of(s.all_of("GET / HTT")) == 408);
    CHECK(status_of(s.all_of(
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"))
          == 408);
  }

  TEST_CASE("a silent connection is closed without a word") {
    server_options hasty;
    hasty.read_time_out = 50ms;
    hasty.idle_time_out = 50ms;
    echo_server s{hasty};
    CHECK(s.all_of("") == "");
    auto p = s.dial();
    p.send(get);
    CHECK(status_of(p.receive_message()) == 200);
    CHECK(p.receive_all() == "");
  }

  TEST_CASE("a handler that never answers is answered for: 504") {
    server_options hasty;
    hasty.answer_time_out = 50ms;
    echo_server s{hasty, [](request, responder) {
                  }};
    auto p = s.dial();
    p.send(get);
    CHECK(status_of(p.receive_message()) == 504);
  }

  TEST_CASE("a request that never got its answer is told under its own id") {
    server_options hasty;
    hasty.answer_time_out = 50ms;
    std::string seen;
    echo_server s{hasty, [&](const request& asked, const responder&) {
                    seen = asked.headers.at("x-request-id");
                  }};
    auto p = s.dial();
    p.send("GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: mine-1\r\n\r\n");
    CHECK(has(p.receive_message(), "x-request-id: mine-1\r\n"));
    auto other = s.dial();
    other.send(get);
    const auto drawn = other.receive_message();
    CHECK(has(drawn, "x-request-id: " + seen + "\r\n"));
    CHECK(seen.size() == 32);
  }

  TEST_CASE("a request's id is taken if it is a clean one, else drawn") {
    std::string seen;
    echo_server s{{}, [&](const request& asked, const responder& respond) {
                    seen = asked.headers.at("x-request-id");
                    respond({200, "x", "text/plain", {}});
                  }};
    const auto answer_to = [&](const std::string& given) {
      return s.all_of("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                      + given + "\r\n");
    };
    for (const auto& clean : {std::string{"a.B_c-9"}, std::string(64, 'a')}) {
      CHECK(has(answer_to("X-Request-Id: " + clean + "\r\n"),
                "x-request-id: " + clean + "\r\n"));
      CHECK(seen == clean);
    }
    for (const auto& wrong :
         {"", "X-Request-Id: a b\r\n", "X-Request-Id: a\"b\r\n",
          "X-Request-Id: \xC3\xA9\r\n",
          "X-Request-Id: a\r\nX-Request-Id: b\r\n"}) {
      CAPTURE(wrong);
      const auto answer = answer_to(wrong);
      CHECK(has(answer, "x-request-id: " + seen + "\r\n"));
      CHECK(seen.size() == 32);
    }
    answer_to("X-Request-Id: " + std::string(65, 'a') + "\r\n");
    CHECK(seen.size() == 32);
  }

  TEST_CASE("a handler that throws is answered for: 500, nothing of what") {
    echo_server s{{}, [](request, responder) {
                    throw std::runtime_error("secret");
                  }};
    const auto answer = s.all_of(get_and_close);
    CHECK(status_of(answer) == 500);
    CHECK_FALSE(has(answer, "secret"));
  }

  TEST_CASE("only the first answer to a request counts, from any thread") {
    std::promise<responder> first;
    echo_server s{{}, [&](request asked, responder answer) {
                    if (asked.path == "/1")
                      first.set_value(answer);
                    else
                      answer({200, "two", "text/plain", {}});
                  }};
    auto p = s.dial();
    p.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answer = first.get_future().get();
    answer({200, "one", "text/plain", {}});
    answer({200, "again", "text/plain", {}});
    CHECK(p.receive_message().ends_with("one"));
    answer({200, "late", "text/plain", {}});
    p.send("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(p.receive_message().ends_with("two"));
  }

  TEST_CASE("a line break in an answer's header cannot end the line") {
    echo_server s;
    s.extra
      = {{"X-Name", "a\r\nSet-Cookie: evil=1"}, {"X-Bad\r\nSet-Cookie", "x"}};
    const auto answer = s.all_of(get_and_close);
    CHECK(status_of(answer) == 200);
    CHECK(has(answer, "X-Name: a  Set-Cookie: evil=1\r\n"));
    CHECK_FALSE(has(answer, "\nSet-Cookie"));
  }

  TEST_CASE("a status that is none becomes 500") {
    echo_server s{{}, [](request, responder answer) {
                    answer({99, "x", "text/plain", {}});
                  }};
    CHECK(status_of(s.all_of(get_and_close)) == 500);
  }

  TEST_CASE("an answer can be cut after some bytes of its body") {
    echo_server s{{}, [](request, responder answer) {
                    response cut;
                    cut.body = "0123456789";
                    cut.cut_after = 4;
                    answer(cut);
                  }};
    const auto got = s.all_of(get);
    CHECK(has(got, "Content-Length: 10\r\n"));
    CHECK(got.ends_with("\r\n\r\n0123"));
  }

  TEST_CASE("a connection can be closed without an answer") {
    echo_server s{{}, [](request, responder answer) {
                    response none;
                    none.cut_after = 0;
                    answer(none);
                  }};
    CHECK(s.all_of(get).empty());
  }

  TEST_CASE("with every connection being answered, a new one is told 503") {
    server_options few;
    few.max_connections = 1;
    std::promise<responder> held;
    echo_server s{few, [&](request, responder answer) {
                    held.set_value(std::move(answer));
                  }};
    auto first = s.dial();
    first.send(get);
    const auto answer = held.get_future().get();
    CHECK(status_of(s.all_of("")) == 503);
    answer({200, "one", "text/plain", {}});
    CHECK(first.receive_message().ends_with("one"));
  }

  TEST_CASE("a new client gets the place of the one that waits the longest") {
    server_options few;
    few.max_connections = 3;
    echo_server s{few};
    const auto asked = [&] {
      auto p = s.dial();
      p.send(get);
      CHECK(status_of(p.receive_message()) == 200);
      return p;
    };
    auto first = asked();
    auto second = s.dial();
    second.send("GET / HT");
    // Its turn: an answer here shows that second's bytes have been seen.
    auto third = asked();
    first.send(get);
    CHECK(status_of(first.receive_message()) == 200);
    auto fourth = asked();
    CHECK(second.receive_all() == "");
    first.send(get);
    CHECK(status_of(first.receive_message()) == 200);
    auto fifth = asked();
    CHECK(third.receive_all() == "");
  }

  TEST_CASE("many connections at once") {
    echo_server s;
    std::vector<raw::peer> peers;
    for (int i = 0; i < 50; ++i)
      peers.push_back(s.dial());
    for (std::size_t i = 0; i < peers.size(); ++i)
      peers[i].send("GET /" + std::to_string(i)
                    + " HTTP/1.1\r\nHost: x\r\n\r\n");
    for (std::size_t i = 0; i < peers.size(); ++i)
      CHECK(peers[i].receive_message().ends_with("GET /" + std::to_string(i)
                                                 + " "));
  }

  TEST_CASE("stop lets an answer in hand finish and closes the idle") {
    std::promise<responder> held;
    auto s = std::make_unique<echo_server>(
      server_options{},
      [&](request, responder answer) { held.set_value(std::move(answer)); });
    auto idle = s->dial();
    auto busy = s->dial();
    busy.send(get);
    const auto answer = held.get_future().get();
    auto stopped = std::async(std::launch::async, [&] { s->it->stop(5s); });
    CHECK(idle.receive_all() == "");
    answer({200, "done", "text/plain", {}});
    const auto text = busy.receive_all();
    CHECK(text.ends_with("done"));
    CHECK(has(text, "Connection: close\r\n"));
    busy.close();
    stopped.get();
    answer({200, "after the end", "text/plain", {}});
    s.reset();
    answer({200, "after the server", "text/plain", {}});
  }

  TEST_CASE("a port that is taken is named") {
    echo_server s;
    server_options same;
    same.port = s.it->port();
    CHECK_THROWS_WITH(server(same, [](request, responder) {}),
                      ("cannot listen on 127.0.0.1:" + std::to_string(same.port)
                       + ": Address already in use")
                        .c_str());
  }

  TEST_CASE("a server that was never started ends") {
    server s{{}, [](request, responder) {
             }};
    CHECK(s.port() != 0);
  }
}
