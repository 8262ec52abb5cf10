#include "common/domain/lines.hpp"

#include <doctest/doctest.h>

using namespace millrace;

TEST_SUITE("lines") {
  TEST_CASE("codes are read in their order, blanks around them ignored") {
    const auto lines = parse_lines(" PLC02 ,PLC01,mill-3_b");
    REQUIRE(lines);
    CHECK(*lines == std::vector<std::string>{"PLC02", "PLC01", "mill-3_b"});
  }

  TEST_CASE("a range stands for its codes") {
    const auto lines = parse_lines("PLC098..PLC101, X1 .. X2,a,b7..b7");
    REQUIRE(lines);
    CHECK(*lines
          == std::vector<std::string>{"PLC098", "PLC099", "PLC100", "PLC101",
                                      "X1", "X2", "a", "b7"});
    CHECK(parse_lines("PLC00001..PLC10000")->size() == 10'000);
  }

  TEST_CASE("a range that is none") {
    const auto why = [](std::string_view text) {
      const auto lines = parse_lines(text);
      return lines ? "right" : lines.why();
    };
    for (auto text : {"PLC1..PLC10", "PLC2..PLC1", "A1..B2", "A..B", "..",
                      "A1..", "A1..A2..A3", "A1234567890..A1234567891"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_lines(text));
    }
    CHECK(why("PLC1..PLC10")
          == "\"PLC1..PLC10\" is no range; expected as PLC001..PLC250");
    CHECK(why("A00000..A10000")
          == "\"A00000..A10000\" is more than 10000 lines");
    CHECK(why("A0001..A9000,B0001..B1001") == "more than 10000 lines");
    CHECK(why("A1..A3,A2") == "line \"A2\" is named twice");
  }

  TEST_CASE("a wrong, missing or repeated code is refused by name") {
    for (auto text : {"", "PLC01,", ",PLC01", "PLC/1", "PLC01,PL+C"})
      CHECK_FALSE(parse_lines(text));
    const auto twice = parse_lines("PLC01,PLC02,PLC01");
    REQUIRE_FALSE(twice);
    CHECK(twice.why() == "line \"PLC01\" is named twice");
  }
}
