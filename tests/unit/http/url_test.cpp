#include "common/http/client.hpp"
#include "common/http/url.hpp"

#include <doctest/doctest.h>

using namespace millrace::http;

TEST_SUITE("url") {
  TEST_CASE("a base URL is taken apart") {
    const auto url = parse_base_url("https://odoo.example:8443/erp/v14/");
    REQUIRE(url);
    CHECK(url->tls);
    CHECK(url->host == "odoo.example");
    CHECK(url->port == 8443);
    CHECK(url->prefix == "/erp/v14");
    CHECK(host_header(*url) == "odoo.example:8443");
  }

  TEST_CASE("ports default to the scheme's own and are then not told") {
    CHECK(parse_base_url("http://a")->port == 80);
    CHECK(parse_base_url("HTTPS://a")->port == 443);
    CHECK(host_header(*parse_base_url("http://a")) == "a");
    CHECK(host_header(*parse_base_url("http://a:443")) == "a:443");
  }

  TEST_CASE("an IPv6 address stands in brackets") {
    const auto url = parse_base_url("http://[::1]:8070");
    REQUIRE(url);
    CHECK(url->host == "::1");
    CHECK(host_header(*url) == "[::1]:8070");
  }

  TEST_CASE("a base URL that cannot be used says why") {
    CHECK(check_base_url("http://localhost:8070") == "");
    CHECK(check_base_url("localhost:8070")
          == "it must begin with http:// or https://");
    CHECK(check_base_url("") == "it must begin with http:// or https://");
    CHECK(check_base_url("http://") == "the host is missing");
    CHECK(check_base_url("http://:80") == "the host is missing");
    for (const auto* url : {"http://10.0.0.256:8070", "http://[odoo]",
                            "http://odoo..example", "http://[10.0.0.x]"})
      CHECK(check_base_url(url) == "the host is neither an address nor a name");
    CHECK(check_base_url("http://a:0") == "port '0' is not 1..65535");
    CHECK(check_base_url("http://a:65536") == "port '65536' is not 1..65535");
    CHECK(check_base_url("http://a:80x") == "port '80x' is not 1..65535");
    CHECK(check_base_url("http://a:") == "port '' is not 1..65535");
    CHECK(check_base_url("http://a/b?c=d")
          == "it must not have a query or fragment");
    CHECK(check_base_url("http://a b")
          == "it contains a blank or control character");
    CHECK(check_base_url("http://[::1")
          == "the IPv6 address lacks its closing ']'");
  }

  TEST_CASE("a password in the URL is refused and not repeated") {
    CHECK(check_base_url("http://admin:geheim@a")
          == "it must not hold user or password");
  }

  TEST_CASE("percent encoding") {
    CHECK(percent_decode("a%2Fb%20c") == "a/b c");
    CHECK(percent_decode("%41%c3%A9") == "A\xC3\xA9");
    CHECK(percent_decode("%4") == std::nullopt);
    CHECK(percent_decode("%") == std::nullopt);
    CHECK(percent_decode("%zz") == std::nullopt);
    CHECK(percent_decode("+") == "+");
  }

  TEST_CASE("a target is path and query") {
    const auto t = parse_target("/api/WH%2FMO/1?limit=5&q=a+b%21&limit=7&flag");
    REQUIRE(t);
    CHECK(t->path == "/api/WH/MO/1");
    CHECK(t->raw_path == "/api/WH%2FMO/1");
    CHECK(t->query.at("limit") == "7");
    CHECK(t->query.at("q") == "a b!");
    CHECK(t->query.at("flag") == "");
  }

  TEST_CASE("a target in absolute form loses its origin") {
    CHECK(parse_target("http://host:80/a/b?c=d")->path == "/a/b");
    CHECK(parse_target("http://host")->path == "/");
  }

  TEST_CASE("a bad target says why") {
    CHECK(parse_target("*").why() == "the path must begin with '/'");
    CHECK(parse_target("").why() == "the path must begin with '/'");
    CHECK(parse_target("/%zz").why() == "bad percent encoding in the path");
    CHECK(parse_target("/a%00b").why() == "NUL in the path");
    CHECK(parse_target("/?a=%1").why() == "bad percent encoding in the query");
  }
}
