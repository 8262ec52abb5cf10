#include "common/http/client.hpp"
#include "common/http/server.hpp"
#include "tests/unit/http/raw_peer.hpp"

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>

using namespace millrace::http;
using namespace std::chrono_literals;

namespace {

/// Two certificates for 127.0.0.1 with their keys, and what is none.
class files {
public:
  files() {
    std::string name = std::filesystem::temp_directory_path() / "tlsXXXXXX";
    folder_ = mkdtemp(name.data());
    for (const std::string one : {"a", "b"}) {
      const auto made = "openssl req -x509 -newkey ec -pkeyopt "
                        "ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
                        "/CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 "
                        "-keyout "
                        + in(one + ".key") + " -out " + in(one + ".crt")
                        + " 2>/dev/null";
      REQUIRE(std::system(made.c_str()) == 0);
    }
    std::ofstream{in("nonsense")} << "nonsense";
    std::ofstream{in("empty")};
  }
  ~files() {
    std::filesystem::remove_all(folder_);
  }
  std::string in(const std::string& name) const {
    return folder_ + "/" + name;
  }

private:
  std::string folder_;
};

const files& made() {
  static const files all;
  return all;
}

server_options with_tls() {
  server_options options;
  options.certificate_file = made().in("a.crt");
  options.key_file = made().in("a.key");
  return options;
}

struct hello_server {
  explicit hello_server(
    server_options options = with_tls(),
    handler handle =
      [](request asked, responder answer) {
        answer({200, "hello " + asked.path, "text/plain", {}});
      })
    : it(std::move(options), std::move(handle)) {
    it.start();
  }
  client dial() {
    client_options options;
    options.base_url = "https://127.0.0.1:" + std::to_string(it.port());
    options.ca_file = made().in("a.crt");
    return client{options};
  }
  server it;
};

/// A TLS client that checks nothing, on a blocking socket.
class tls_peer {
public:
  explicit tls_peer(std::uint16_t port, int version = TLS1_3_VERSION)
    : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
      ssl_(SSL_new(context_.get()), SSL_free),
      fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    const auto address = raw::loopback(port);
    REQUIRE(
      connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address)
      == 0);
    const timeval patience{5, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    SSL_set_security_level(ssl_.get(), 0);
    SSL_set_min_proto_version(ssl_.get(), version);
    SSL_set_max_proto_version(ssl_.get(), version);
    SSL_set_fd(ssl_.get(), fd_);
    connected = SSL_connect(ssl_.get()) == 1;
  }
  ~tls_peer() {
    ::close(fd_);
  }
  void send(std::string_view text) {
    CHECK(SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()))
          > 0);
  }
  std::string receive_all() {
    std::string all;
    char chunk[4096];
    int n = 0;
    while ((n = SSL_read(ssl_.get(), chunk, sizeof chunk)) > 0)
      all.append(chunk, static_cast<std::size_t>(n));
    clean_end = SSL_get_error(ssl_.get(), n) == SSL_ERROR_ZERO_RETURN;
    return all;
  }
  bool connected = false;
  /// The server said that it ends (close_notify): nothing was cut off.
  bool clean_end = false;

private:
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  int fd_;
};

const std::string get_and_close
  = "GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

} // namespace

TEST_SUITE("TLS server") {
  TEST_CASE("a client that checks the certificate is served, again and again") {
    hello_server s;
    auto c = s.dial();
    for (const auto* path : {"/1", "/2"}) {
      const auto r = c.call("GET", path, {}, "", true);
      CHECK(r.text == "");
      CHECK(r.status == 200);
      CHECK(r.body == std::string("hello ") + path);
    }
  }

  TEST_CASE("TLS 1.2 and 1.3 are spoken, older ones are not") {
    hello_server s;
    CHECK(tls_peer(s.it.port(), TLS1_3_VERSION).connected);
    CHECK(tls_peer(s.it.port(), TLS1_2_VERSION).connected);
    CHECK_FALSE(tls_peer(s.it.port(), TLS1_1_VERSION).connected);
    CHECK_FALSE(tls_peer(s.it.port(), TLS1_VERSION).connected);
  }

  TEST_CASE("the end of an answer is told, so that nothing can be cut off") {
    hello_server s;
    tls_peer p{s.it.port()};
    p.send(get_and_close);
    CHECK(p.receive_all().ends_with("hello /x"));
    CHECK(p.clean_end);
  }

  TEST_CASE("an answer before the whole body has come is read by its sender") {
    hello_server s;
    tls_peer p{s.it.port()};
    p.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"
           + std::string(10'000, 'x'));
    CHECK(p.receive_all().starts_with("HTTP/1.1 413 "));
  }

  TEST_CASE("an answer is streamed") {
    hello_server s{with_tls(), [](request, responder answer) {
                     response streamed;
                     streamed.opened = [](std::shared_ptr<outflow> out) {
                       out->send("one ");
                       out->send(std::string(200'000, 'x'));
                       out->end();
                     };
                     answer(streamed);
                   }};
    tls_peer p{s.it.port()};
    p.send("GET / HTTP/1.0\r\n\r\n");
    const auto answer = p.receive_all();
    CHECK(answer.find("\r\n\r\none xxx") != std::string::npos);
    CHECK(answer.size() > 200'000);
    CHECK(p.clean_end);
  }

  TEST_CASE("a reader of a stream that has gone is noticed") {
    std::promise<void> gone;
    std::shared_ptr<outflow> kept;
    hello_server s{with_tls(), [&](request, responder answer) {
                     response streamed;
                     streamed.opened = [&](std::shared_ptr<outflow> out) {
                       out->on_closed([&] { gone.set_value(); });
                       kept = std::move(out);
                     };
                     answer(streamed);
                   }};
    {
      tls_peer p{s.it.port()};
      p.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    CHECK(gone.get_future().wait_for(5s) == std::future_status::ready);
    s.it.stop();
    kept.reset();
  }

  TEST_CASE("plain HTTP on the TLS port is closed and harms nobody") {
    hello_server s;
    auto p = raw::peer::connected_to(s.it.port());
    p.send(get_and_close);
    CHECK(p.receive_all().find("HTTP") == std::string::npos);
    CHECK(s.dial().call("GET", "/", {}, "", true).status == 200);
  }

  TEST_CASE("a handshake that does not go on is closed in time") {
    auto hasty = with_tls();
    hasty.read_time_out = 50ms;
    hello_server s{hasty};
    CHECK(raw::peer::connected_to(s.it.port()).receive_all() == "");
    auto half = raw::peer::connected_to(s.it.port());
    half.send(std::string("\x16\x03\x01\x02\x00", 5));
    CHECK(half.receive_all() == "");
  }

  TEST_CASE("handshakes take places of max_connections, the oldest goes") {
    auto few = with_tls();
    few.max_connections = 2;
    hello_server s{few};
    auto silent = raw::peer::connected_to(s.it.port());
    auto other = raw::peer::connected_to(s.it.port());
    CHECK(s.dial().call("GET", "/", {}, "", true).status == 200);
    CHECK(silent.receive_all() == "");
  }

  TEST_CASE("files that cannot be used are named") {
    const auto crt = made().in("a.crt");
    const auto key = made().in("a.key");
    CHECK(check_tls_files("", "") == "");
    CHECK(check_tls_files(crt, key) == "");
    CHECK(check_tls_files(crt, "")
          == "TLS needs both a certificate and its key, only one is given");
    CHECK(check_tls_files("", key)
          == "TLS needs both a certificate and its key, only one is given");
    CHECK(check_tls_files("/nowhere", key)
          == "the TLS certificate '/nowhere' cannot be read or is empty");
    CHECK(check_tls_files(crt, made().in("empty"))
          == "the TLS key '" + made().in("empty")
               + "' cannot be read or is empty");
    const auto nonsense = made().in("nonsense");
    CHECK(check_tls_files(nonsense, key)
            .starts_with("'" + nonsense
                         + "' is no usable TLS certificate (PEM): "));
    const auto other_key = check_tls_files(crt, made().in("b.key"));
    CHECK(other_key.starts_with("'" + made().in("b.key")
                                + "' is no usable TLS key"));
    CHECK(other_key.find(crt) != std::string::npos);
    auto wrong = with_tls();
    wrong.key_file = made().in("b.key");
    CHECK_THROWS_AS(hello_server{wrong}, std::runtime_error);
  }
}
