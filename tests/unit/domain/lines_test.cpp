#include "common/domain/lines.hpp"

#include <doctest/doctest.h>

using namespace millrace;

TEST_SUITE("lines") {
  TEST_CASE("codes are read in their order, blanks around them ignored") {
    const auto lines = parse_lines(" PLC02 ,PLC01,mill-3_b");
    REQUIRE(lines);
    CHECK(*lines == std::vector<std::string>{"PLC02", "PLC01", "mill-3_b"});
  }

  TEST_CASE("a wrong, missing or repeated code is refused by name") {
    for (auto text : {"", "PLC01,", ",PLC01", "PLC/1", "PLC01,PL+C"})
      CHECK_FALSE(parse_lines(text));
    const auto twice = parse_lines("PLC01,PLC02,PLC01");
    REQUIRE_FALSE(twice);
    CHECK(twice.why() == "line \"PLC01\" is named twice");
  }
}
