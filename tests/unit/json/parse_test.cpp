#include "common/json/parse.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace millrace;

namespace {

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

std::string why(const std::string& text, int max_depth = 32) {
  const auto document = parse_json(text, max_depth);
  return document ? "taken" : document.why();
}

} // namespace

TEST_CASE("JSON is read") {
  const auto document = parse_json(R"({"a":[1,"x",null]})");
  REQUIRE(document);
  CHECK(document->dump() == R"({"a":[1,"x",null]})");
}

TEST_CASE("what is no JSON") {
  for (const auto* text : {"", "{", "<html>", R"({"a":1} x)", "\"\xff\""})
    CHECK(why(text) == "is no JSON");
}

TEST_CASE("nesting deeper than allowed, however deep") {
  CHECK(why(nested(32)) == "taken");
  CHECK(why(nested(33)) == "is nested deeper than 32");
  CHECK(why(nested(4), 3) == "is nested deeper than 3");
  CHECK(why(nested(1'000'000)) == "is nested deeper than 32");
  CHECK(why(std::string(1'000'000, '[')) == "is nested deeper than 32");
}
