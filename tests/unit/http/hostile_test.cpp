#include "common/http/server.hpp"
#include "tests/unit/http/raw_peer.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <memory>
#include <set>
#include <sys/resource.h>
#include <thread>

// What clients send who mean harm, or cannot do better: each gets the right
// status, and nobody else notices.

using namespace millrace::http;
using namespace std::chrono_literals;

namespace {

/// Answers with method, path and body, and counts what came through.
struct counting_server {
  explicit counting_server(server_options options = {})
    : it(std::move(options), [this](request asked, responder answer) {
        ++requests;
        answer({200,
                asked.method + " " + asked.path + " " + asked.body,
                "text/plain",
                {}});
      }) {
    it.start();
  }
  raw::peer dial() const {
    return raw::peer::connected_to(it.port());
  }
  std::string all_of(std::string_view text) const {
    auto p = dial();
    p.send(text);
    return p.receive_all();
  }
  int status_for(std::string_view text) const {
    const auto answer = all_of(text);
    return answer.starts_with("HTTP/1.") ? std::stoi(answer.substr(9)) : 0;
  }
  std::atomic<int> requests{0};
  server it;
};

const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

std::string post(const std::string& headers, const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers
         + "\r\n" + body;
}

bool serves(const counting_server& s) {
  return s.status_for("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
         == 200;
}

/// Open ones of this process, the server's included.
std::ptrdiff_t descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                       std::filesystem::directory_iterator{});
}

/// Sends one byte after the other until the server has had enough.
std::string drip(raw::peer& p, const std::string& first, char more) {
  p.send(first);
  std::string answer;
  for (int i = 0; i < 5'000 && answer.empty(); ++i) {
    p.send(std::string(1, more));
    answer = p.receive_within(5);
  }
  return answer + p.receive_all();
}

} // namespace

TEST_SUITE("hostile clients") {
  TEST_CASE("a request smuggled behind another is none") {
    counting_server s;
    const std::string second = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    for (const auto& headers : {
           "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
           "Content-Length: 1\r\nContent-Length: 2\r\n",
           "Content-Length: 1, 2\r\n",
           "Content-Length: +4\r\n",
           "Content-Length: -1\r\n",
           "Content-Length: 0x4\r\n",
           "Content-Length: 99999999999999999999\r\n",
           "Content-Length : 4\r\n",
           "Transfer-Encoding : chunked\r\n",
           "Transfer-Encoding: chunked, identity\r\n",
           "Transfer-Encoding: xchunked\r\n",
           "Transfer-Encoding: gzip, chunked\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n",
           "Transfer-Encoding:\x0B"
           "chunked\r\n",
           "X: a\nTransfer-Encoding: chunked\r\n",
           "X: a\rTransfer-Encoding: chunked\r\n",
         }) {
      CAPTURE(headers);
      const auto answer
        = s.all_of("POST / HTTP/1.1\r\nHost: x\r\n" + std::string(headers)
                   + "\r\n0\r\n\r\n" + second);
      const auto status
        = answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9)) : 0;
      CHECK((status == 400 || status == 501));
      CHECK(answer.find("smuggled") == std::string::npos);
    }
    CHECK(s.requests == 0);
    CHECK(serves(s));
  }

  TEST_CASE("what a header goes on with in the next line stays its own") {
    counting_server s;
    // Some proxies take the second line for a header of its own.
    const auto answer = s.all_of(
      "POST /first HTTP/1.1\r\nHost: x\r\nX: a\r\n Content-Length: 9\r\n"
      "\r\nGET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    CHECK(answer.find("POST /first ") != std::string::npos);
    CHECK(answer.ends_with("GET /next "));
    CHECK(s.requests == 2);
  }

  TEST_CASE("HTTP/1.0 knows no chunks") {
    counting_server s;
    CHECK(s.status_for("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n"
                       "Connection: keep-alive\r\n\r\n0\r\n\r\n")
          == 501);
  }

  TEST_CASE("chunks that are none") {
    counting_server s;
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    CHECK(s.status_for(post(chunked, "3;name=value\r\nabc\r\n0\r\n\r\n"))
          == 200);
    for (const std::string body :
         {"zz\r\n", "-1\r\nabc\r\n", "3\r\nabcd\r\n0\r\n\r\n", "\r\nabc\r\n",
          "fffffffffffffffff\r\nabc", "3\nabc\n0\n\n", "0x3\r\nabc\r\n"}) {
      CAPTURE(body);
      auto p = s.dial();
      p.send(post(chunked, body));
      p.end_of_sending();
      CHECK(p.receive_all().starts_with("HTTP/1.1 400 "));
    }
    CHECK(s.requests == 1);
  }

  TEST_CASE("endless chunk extensions and trailers are refused, not kept") {
    counting_server s;
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    const std::string endless(3'000'000, 'a');
    CHECK(s.status_for(post(chunked, "3;" + endless)) == 413);
    CHECK(s.status_for(post(chunked, "3\r\nabc\r\n0\r\nA: " + endless)) == 413);
    CHECK(s.requests == 0);
    CHECK(serves(s));
  }

  TEST_CASE("malformed heads") {
    counting_server s;
    for (const std::string head : {
           "GET / HTTP/1.1\nHost: x\n\n",
           "GET / HTTP/1.1\r\nHost: x\r\nBad Name: y\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: x\r\nA: b\x01\r\n\r\n",
           "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET / HTTP/1.2.3\r\nHost: x\r\n\r\n",
           "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
           "GET /\r\nHost: x\r\n\r\n",
           "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET /% HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET /?a=%z HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET ftp:/x HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a, b\r\nHost: c\r\n\r\n",
           "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
           "\x16\x03\x01\x02\r\n\r\n",
         }) {
      CAPTURE(head);
      CHECK(s.status_for(head) == 400);
    }
    CHECK(s.status_for(std::string("GET / HTTP/1.1\r\nHost: x\r\nA: b") + '\0'
                       + "\r\n\r\n")
          == 400);
    CHECK(s.status_for(std::string("GET /a") + '\0'
                       + " HTTP/1.1\r\nHost: x\r\n\r\n")
          == 400);
    CHECK(s.requests == 0);
  }

  TEST_CASE("absolute form, HTTP/1.0 and an upgrade offer are served") {
    counting_server s;
    CHECK(s.all_of("GET http://y/a HTTP/1.1\r\nHost: x\r\n"
                   "Connection: close\r\n\r\n")
            .ends_with("GET /a "));
    CHECK(s.status_for("GET / HTTP/1.0\r\n\r\n") == 200);
    CHECK(s.status_for("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n"
                       "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
                       "Connection: close, Upgrade, HTTP2-Settings\r\n\r\n")
          == 200);
  }

  TEST_CASE("a head of very many headers is refused") {
    counting_server s;
    std::string head = "GET / HTTP/1.1\r\nHost: x\r\n";
    for (int i = 0; i < 3'000; ++i)
      head += "a:\r\n";
    CHECK(s.status_for(head + "\r\n") == 431);
    // However the system cuts them into pieces.
    auto p = s.dial();
    p.send("GET / HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 100'000; ++i)
      p.send("a: b\r\nc: d\r\n");
    CHECK(p.receive_all().starts_with("HTTP/1.1 431 "));
    CHECK(s.requests == 0);
  }

  TEST_CASE("a thousand pipelined requests are answered, each once") {
    counting_server s;
    auto p = s.dial();
    std::string many;
    for (int i = 0; i < 1'000; ++i)
      many += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
    std::thread sending{[&] {
      p.send(many);
    }};
    for (int i = 0; i < 1'000; ++i)
      REQUIRE(p.receive_message().ends_with("GET /" + std::to_string(i) + " "));
    sending.join();
    CHECK(s.requests == 1'000);
  }

  TEST_CASE("dripping does not gain time, for a head as for a body") {
    server_options hasty;
    hasty.read_time_out = 150ms;
    counting_server s{hasty};
    auto head = s.dial();
    CHECK(
      drip(head, "GET / HTTP/1.1\r\nX: ", 'x').starts_with("HTTP/1.1 408 "));
    auto body = s.dial();
    CHECK(drip(body, post("Content-Length: 100000\r\n", ""), 'x')
            .starts_with("HTTP/1.1 408 "));
    CHECK(serves(s));
    CHECK(s.requests == 1);
  }

  TEST_CASE("a client that reads nothing is dropped, others are served") {
    server_options hasty;
    hasty.read_time_out = 100ms;
    std::atomic<int> requests{0};
    server big{hasty, [&](request asked, responder answer) {
                 ++requests;
                 const std::size_t size = asked.path == "/" ? 30'000'000 : 1;
                 answer({200, std::string(size, 'x'), "text/plain", {}});
               }};
    big.start();
    const auto before = descriptors();
    auto deaf = raw::peer::connected_to(big.port());
    deaf.send(get + get);
    {
      auto other = raw::peer::connected_to(big.port());
      other.send("GET /small HTTP/1.1\r\nHost: x\r\n\r\n");
      CHECK(other.receive_message().ends_with("\r\n\r\nx"));
    }
    // Until only our own end of it is open: whoever reads earlier is not deaf.
    while (descriptors() > before + 1)
      std::this_thread::yield();
    // Its answer was cut off, its second request never served.
    CHECK(deaf.receive_all().size() < 30'000'000);
    CHECK(requests == 2);
  }

  TEST_CASE("whoever uses up the connections of an address harms no other") {
    server_options few;
    few.max_connections = 100;
    few.max_connections_per_address = 3;
    counting_server s{few};
    auto other = raw::peer::connected_to(s.it.port(), "127.0.0.2");
    other.send(get);
    CHECK(other.receive_message().starts_with("HTTP/1.1 200 "));
    std::vector<raw::peer> greedy;
    for (int i = 0; i < 20; ++i) {
      greedy.push_back(s.dial());
      greedy.back().send(get);
      CHECK(greedy.back().receive_message().starts_with("HTTP/1.1 200 "));
    }
    // The newest three are there, the others had to go.
    CHECK(greedy[16].receive_all() == "");
    greedy[17].send(get);
    CHECK(greedy[17].receive_message().starts_with("HTTP/1.1 200 "));
    // It has waited longer than all of them.
    other.send(get);
    CHECK(other.receive_message().starts_with("HTTP/1.1 200 "));
    // A place that is given back can be had again.
    greedy.clear();
    CHECK(serves(s));
  }

  TEST_CASE("an address with all its connections being answered is told 503") {
    server_options few;
    few.max_connections_per_address = 1;
    std::promise<responder> held;
    server s{few, [&](request asked, responder answer) {
               if (asked.path == "/held")
                 held.set_value(std::move(answer));
               else
                 answer({200, "", "text/plain", {}});
             }};
    s.start();
    auto first = raw::peer::connected_to(s.port());
    first.send("GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answer = held.get_future().get();
    CHECK(raw::peer::connected_to(s.port()).receive_all().starts_with(
      "HTTP/1.1 503 "));
    auto other = raw::peer::connected_to(s.port(), "127.0.0.2");
    other.send(get);
    CHECK(other.receive_message().starts_with("HTTP/1.1 200 "));
    answer({200, "one", "text/plain", {}});
    CHECK(first.receive_message().ends_with("one"));
  }

  TEST_CASE("the server's own refusals have what all answers have") {
    server_options polite;
    polite.max_header_bytes = 1'000;
    polite.max_body_bytes = 10;
    polite.headers = {{"cache-control", "public"}, {"x-frame", "deny"}};
    std::set<std::string> ids;
    counting_server s{polite};
    for (const auto& sent : std::vector<std::pair<std::string, std::string>>{
           {"no request\r\n\r\n", "400"},
           {"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", "501"},
           {"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
           {post("Content-Length: 11\r\n", ""), "413"},
           {"GET /" + std::string(2'000, 'a'), "414"},
           {"GET / HTTP/1.1\r\nA: " + std::string(2'000, 'a'), "431"}}) {
      CAPTURE(sent.first);
      const auto answer = s.all_of(sent.first);
      CHECK(answer.starts_with("HTTP/1.1 " + sent.second + " "));
      CHECK(answer.find("x-frame: deny\r\n") != std::string::npos);
      // Its own one wins.
      CHECK(answer.find("cache-control: no-store\r\n") != std::string::npos);
      CHECK(answer.find("cache-control: public") == std::string::npos);
      const std::string mark = "x-request-id: ";
      const auto id = answer.find(mark);
      REQUIRE(id != std::string::npos);
      ids.insert(answer.substr(id + mark.size(), 32));
    }
    CHECK(ids.size() == 6);
    CHECK(s.requests == 0);
  }

  TEST_CASE("thousands of idle connections do not keep a new client out") {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 8'192);
    setrlimit(RLIMIT_NOFILE, &files);
    REQUIRE(files.rlim_cur >= 4'096);
    server_options some;
    some.max_connections = 500;
    counting_server s{some};
    std::vector<raw::peer> idle;
    for (int i = 0; i < 2'000; ++i) {
      idle.push_back(s.dial());
      if (i % 3 == 1)
        idle.back().send("GET / HTTP/1.1\r\nX-Slow: ");
    }
    CHECK(serves(s));
    // The last that came is still there, the first is not.
    idle.back().send(get);
    CHECK(idle.back().receive_message().starts_with("HTTP/1.1 200 "));
    CHECK(idle.front().receive_all() == "");
  }
}
