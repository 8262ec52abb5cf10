#include "common/config/checks.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::config;

namespace {

std::string why(const result<std::string>& checked) {
  return checked ? "right" : checked.why();
}

} // namespace

TEST_CASE("addresses and hosts") {
  CHECK(why(check_ip_address("::1")) == "right");
  CHECK(why(check_ip_address("localhost")) == "is no IP address");
  CHECK(why(check_host("localhost")) == "right");
  CHECK(why(check_host("999.1.2.3"))
        == "is neither an IP address nor a host name");
}

TEST_CASE("files") {
  CHECK(why(check_readable_file("/etc/passwd")) == "right");
  CHECK(why(check_readable_file("/no/such/file")) == "cannot be read");
  CHECK(why(check_readable_file("/etc")) == "is a folder");
}

TEST_CASE("line codes") {
  CHECK(why(check_line("PLC01")) == "right");
  CHECK(why(check_line("a,b")) != "right");
}
