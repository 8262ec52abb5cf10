#include "common/bus/url.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using millrace::bus::broker_url;
using millrace::bus::parse_url;

namespace {

broker_url read(std::string_view text) {
  const auto url = parse_url(text);
  REQUIRE_MESSAGE(url, (url ? "" : url.why()));
  return *url;
}

std::string refused(std::string_view text) {
  const auto url = parse_url(text);
  REQUIRE_FALSE(url);
  return url.why();
}

} // namespace

TEST_SUITE("broker URL") {
  TEST_CASE("host alone has the protocol's port") {
    CHECK(read("mqtt://broker") == broker_url{false, "broker", 1883, "", ""});
    CHECK(read("mqtts://broker/") == broker_url{true, "broker", 8883, "", ""});
  }

  TEST_CASE("all parts are read, user and password percent-decoded") {
    CHECK(read("mqtt://ann:p%40ss%3Aw%2f@10.0.0.7:1884")
          == broker_url{false, "10.0.0.7", 1884, "ann", "p@ss:w/"});
    CHECK(read("mqtt://ann@h") == broker_url{false, "h", 1883, "ann", ""});
    CHECK(read("mqtt://ann:a:b@c@h")
          == broker_url{false, "h", 1883, "ann", "a:b@c"});
  }

  TEST_CASE("an IPv6 address stands in brackets") {
    CHECK(read("mqtt://[::1]") == broker_url{false, "::1", 1883, "", ""});
    CHECK(read("mqtts://u:p@[fe80::1]:99")
          == broker_url{true, "fe80::1", 99, "u", "p"});
    CHECK(refused("mqtt://::1:1883").find("[ ]") != std::string::npos);
    CHECK(refused("mqtt://[::1") == "has a [ without ]");
    CHECK(refused("mqtt://[host]") == "has no IPv6 address between [ and ]");
    CHECK(refused("mqtt://[::1]x") == "has a port that is not 1..65535");
  }

  TEST_CASE("what is wrong is said") {
    CHECK(refused("tcp://h") == "does not begin with mqtt:// or mqtts://");
    CHECK(refused("localhost:1883")
          == "does not begin with mqtt:// or mqtts://");
    CHECK(refused("mqtt://") == "names no host");
    CHECK(refused("mqtt://:1883") == "names no host");
    CHECK(refused("mqtt://a b") == "has a host that is no name");
    CHECK(refused("mqtt://h/topic") == "has a host that is no name");
    CHECK(refused("mqtt://999.1.2.3") == "has a host that is no name");
    CHECK(refused("mqtt://[:::1]") == "has no IPv6 address between [ and ]");
    CHECK(refused("mqtt://@h") == "has no user before the @");
  }

  TEST_CASE("a port is a number from 1 to 65535") {
    for (const auto* port : {"0", "65536", "-1", "", "x", "18 83", "1883x"})
      CHECK(refused("mqtt://h:" + std::string(port))
            == "has a port that is not 1..65535");
    CHECK(read("mqtt://h:65535").port == 65535);
  }

  TEST_CASE("a percent sign needs two hex digits") {
    for (const auto* bad : {"%", "%4", "%4g", "%zz", "a%"})
      CHECK(refused("mqtt://" + std::string(bad) + ":p@h").find("%")
            != std::string::npos);
    CHECK(read("mqtt://%41@h").user == "A");
  }

  TEST_CASE("no error shows the password") {
    CHECK(refused("mqtt://ann:s3cret").find("s3cret") == std::string::npos);
    CHECK(refused("mqtt://ann:s3cret@h:x").find("s3cret") == std::string::npos);
  }

  TEST_CASE("no text breaks the reader") {
    rc::check([] {
      const auto rest = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("ab1:/@[]%.#? ")));
      (void)parse_url("mqtt://" + rest);
    });
  }
}
