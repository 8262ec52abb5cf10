#include "common/domain/host.hpp"

#include <doctest/doctest.h>

#include <string>

using millrace::is_host;
using millrace::is_ip_address;
using millrace::network_of;

TEST_CASE("addresses in digits") {
  for (const auto* text : {"127.0.0.1", "0.0.0.0", "255.255.255.255", "::1",
                           "fe80::1", "::ffff:10.0.0.1"}) {
    CAPTURE(text);
    CHECK(is_ip_address(text));
    CHECK(is_host(text));
  }
}

TEST_CASE("what looks like an address and is none is no host either") {
  for (const auto* text :
       {"999.1.2.3", "1.2.3", "1.2.3.4.5", "192.168.1.256", "10.0.0.1:9600",
        ":::1", "[::1]", "12345", "1.2.3."}) {
    CAPTURE(text);
    CHECK_FALSE(is_ip_address(text));
    CHECK_FALSE(is_host(text));
  }
  CHECK_FALSE(is_ip_address(std::string_view{"1.2.3.4\0x", 9}));
}

TEST_CASE("names") {
  for (const auto* text : {"localhost", "plc", "plc-1.mill.example", "a_b",
                           "3com.com", "x.", "PLC01"}) {
    CAPTURE(text);
    CHECK(is_host(text));
    CHECK_FALSE(is_ip_address(text));
  }
}

TEST_CASE("what is no name") {
  for (const auto* text : {"", ".", "a b", "-a", "a-", "a..b", ".a", "a/b",
                           "a:1", "a@b", "ä", "a\n"}) {
    CAPTURE(text);
    CHECK_FALSE(is_host(text));
  }
  CHECK(is_host(std::string(63, 'a')));
  CHECK_FALSE(is_host(std::string(64, 'a')));
  std::string longest;
  while (longest.size() < 250)
    longest += "abcd.";
  CHECK(is_host(longest + "abc"));
  CHECK_FALSE(is_host(longest + "abcd"));
}

TEST_CASE("limits by address count who has many addresses once") {
  CHECK(network_of("192.0.2.1") == "192.0.2.1");
  CHECK(network_of("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(network_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
  CHECK(network_of("2001:db8:1:2:ffff::") == "2001:db8:1:2::/64");
  CHECK(network_of("2001:db8:1:3::") != network_of("2001:db8:1:2::"));
  CHECK(network_of("::1") == "::/64");
  CHECK(network_of("").empty());
}
