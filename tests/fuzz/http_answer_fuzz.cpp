// Bytes from an HTTP server to our client, which was asked for GET or HEAD:
// an answer, or a reason why there is none, and nothing beyond its limits.

#include "common/http/client.hpp"
#include "tests/fuzz/property.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace millrace;
using namespace std::chrono_literals;
using fuzz::require;

namespace {

constexpr std::size_t most_body_bytes = 4'096;

/// Answers every connection with the same bytes and closes.
class server {
public:
  server() : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    auto* address = reinterpret_cast<sockaddr*>(&where);
    require(bind(listener_, address, size) == 0 && listen(listener_, 8) == 0
              && getsockname(listener_, address, &size) == 0,
            "a listening socket");
    port_ = ntohs(where.sin_port);
  }
  ~server() {
    ::close(listener_);
  }

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
  }
  void serve_one(std::string_view answer) {
    const int peer = accept(listener_, nullptr, nullptr);
    if (peer < 0)
      return;
    char request[4'096];
    (void)recv(peer, request, sizeof request, 0);
    (void)::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
    ::shutdown(peer, SHUT_WR);
    while (recv(peer, request, sizeof request, 0) > 0) {
    }
    ::close(peer);
  }

private:
  int listener_;
  std::uint16_t port_ = 0;
};

void check(const http::call_result& got) {
  if (got.outcome != http::call_outcome::answered) {
    require(!got.text.empty(), "what is no answer says why");
    require(got.outcome != http::call_outcome::timed_out,
            "a closed connection needs no time-out");
    return;
  }
  require(got.status >= 200 && got.status <= 999,
          "an answer has a final status");
  require(got.body.size() <= most_body_bytes, "bodies are bounded");
  for (const auto& [name, value] : got.headers)
    require(std::none_of(name.begin(), name.end(),
                         [](char c) { return c >= 'A' && c <= 'Z'; }),
            "header names are in lower case", name);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 1)
    return -1;
  static server peer;
  const auto answer = fuzz::text_of(data + 1, size - 1);
  http::client_options options;
  options.base_url = peer.url();
  options.max_body_bytes = most_body_bytes;
  options.answer_time_out = 5s;
  std::thread serving([&] { peer.serve_one(answer); });
  {
    http::client client(options);
    check(client.call(data[0] % 2 == 0 ? "GET" : "HEAD", "/x", {}, "", false));
  }
  serving.join();
  return 0;
}
