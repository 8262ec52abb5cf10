#include "common/config/binder.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using millrace::config::parse_dotenv;
using millrace::config::source;

namespace {

source read(std::string_view text) {
  auto values = parse_dotenv(text);
  REQUIRE_MESSAGE(values, (values ? "" : values.why()));
  return *values;
}

std::string refused(std::string_view text) {
  const auto values = parse_dotenv(text);
  REQUIRE_FALSE(values);
  return values.why();
}

} // namespace

TEST_SUITE("dotenv") {
  TEST_CASE("a file of the Python middleware is read as it was meant") {
    const auto values
      = read("# Configuration (.env)\r\n"
             "ENABLE_AUTO_SYNC=true              # true/false\r\n"
             "SYNC_INTERVAL_MINUTES=5            # Interval\r\n"
             "\r\n"
             "  export ODOO_URL = http://localhost:8070  \r\n"
             "DATABASE_URL=postgresql://u:p#w@h:5432/plc\r\n");
    CHECK(values
          == source{{"ENABLE_AUTO_SYNC", "true"},
                    {"SYNC_INTERVAL_MINUTES", "5"},
                    {"ODOO_URL", "http://localhost:8070"},
                    {"DATABASE_URL", "postgresql://u:p#w@h:5432/plc"}});
  }

  TEST_CASE("a number sign starts a comment only after a blank") {
    CHECK(read("A=#x").at("A") == "#x");
    CHECK(read("A= # nothing set").at("A") == "");
    CHECK(read("A=x#y").at("A") == "x#y");
    CHECK(read("A=x\t#y").at("A") == "x");
    CHECK(read("A=a b  c # d # e").at("A") == "a b  c");
  }

  TEST_CASE("quotes keep blanks and number signs") {
    CHECK(read("A='  x # y  ' # z").at("A") == "  x # y  ");
    CHECK(read("A=\"x # y\"\r\nB=1").at("A") == "x # y");
    CHECK(read("A=\"\"").at("A") == "");
    CHECK(read("A=it's").at("A") == "it's");
  }

  TEST_CASE("escapes within quotes") {
    CHECK(read(R"(A="a\nb\t\"c\" \\ \d")").at("A") == "a\nb\t\"c\" \\ \\d");
    CHECK(read(R"(A='a\nb \'c\' \\')").at("A") == "a\\nb 'c' \\");
  }

  TEST_CASE("a quoted value may go over several lines") {
    const auto values = read("A=\"one\ntwo\"\nB=3");
    CHECK(values == source{{"A", "one\ntwo"}, {"B", "3"}});
  }

  TEST_CASE("of a repeated name the last counts; a name alone sets nothing") {
    CHECK(read("A=1\nA=2\nB\n  C  # why\n") == source{{"A", "2"}});
  }

  TEST_CASE("a byte order mark and a missing last line end do no harm") {
    CHECK(read("\xEF\xBB\xBF"
               "A=1")
          == source{{"A", "1"}});
    CHECK(read("").empty());
  }

  TEST_CASE("an error names the line") {
    CHECK(refused("A=1\n=2") == "line 2: there is no name before '='");
    CHECK(refused("A=1\n\nhello world")
          == "line 3: there is no '=' after \"hello\"");
    CHECK(refused("A='x\ny") == "line 1: the quote of A does not end");
    CHECK(refused("A=\"x\ny\"\nB='1' 2")
          == "line 3: there is something after the quoted value of B");
  }

  TEST_CASE("no text breaks the reader") {
    rc::check([](const std::string& text) { (void)parse_dotenv(text); });
    rc::check([] {
      const auto text = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("AB=#'\"\\ \t\r\nexport")));
      (void)parse_dotenv(text);
    });
  }
}
