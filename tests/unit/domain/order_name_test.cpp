#include "common/domain/order_name.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace millrace;

TEST_SUITE("order names") {
  TEST_CASE("the forms that Odoo uses are taken unchanged") {
    for (auto name : {"WH/MO/00011", "WH/MO/90003-001", "JBG/MO/00001", "a/b",
                      "A_1/B-2/C/D"}) {
      CAPTURE(name);
      const auto checked = check_order_name(name);
      REQUIRE(checked);
      CHECK(*checked == name);
    }
  }

  TEST_CASE("64 characters fit the column, 65 do not") {
    const auto fits = "WH/MO/" + std::string(58, '1');
    CHECK(check_order_name(fits));
    const auto long_name = check_order_name(fits + "1");
    REQUIRE_FALSE(long_name);
    CHECK(long_name.why()
          == "order name \"" + fits + "1\": is longer than 64 characters");
  }

  TEST_CASE("the refusal names the name and the rule") {
    const auto why = [](std::string_view name) {
      const auto checked = check_order_name(name);
      return checked ? std::string("taken") : checked.why();
    };
    CHECK(why("") == "order name \"\": is empty");
    CHECK(why("WH-MO-00011")
          == "order name \"WH-MO-00011\": has no '/', expected a form like "
             "WH/MO/00001");
    for (auto name : {"/WH/MO", "WH//MO", "WH/MO/", "/", "//"}) {
      CAPTURE(name);
      CHECK(why(name)
            == "order name \"" + std::string(name) + "\": has an empty part");
    }
    for (auto name : {"WH/MO/1 ", " WH/MO/1", "WH/MO/#", "WH/+/1", "WH/MO/1\n",
                      "WH/MO/\xc3\xa9", "WH/MO/1'--"}) {
      CAPTURE(name);
      CHECK(why(name)
            == "order name \"" + std::string(name)
                 + "\": may hold letters, digits, '-', '_' and '/' only");
    }
    const std::string_view nul("WH/MO\0/1", 8);
    CHECK_FALSE(check_order_name(nul));
  }

  TEST_CASE("a refusal shows no more than 80 characters of a name") {
    const auto checked = check_order_name(std::string(5'000, 'x'));
    REQUIRE_FALSE(checked);
    CHECK(checked.why()
          == "order name \"" + std::string(80, 'x')
               + "\": is longer than 64 characters");
  }

  TEST_CASE("a PLC field holds the first 16 characters") {
    CHECK(cut_to_field("WH/MO/00011") == "WH/MO/00011");
    CHECK(cut_to_field("WH/MO/90003-001") == "WH/MO/90003-001");
    CHECK(cut_to_field("WH/MO/900003-001") == "WH/MO/900003-001");
    CHECK(cut_to_field("WH/MO/9000003-001") == "WH/MO/9000003-00");
    CHECK(cut_to_field("[10092] JF SAPOT 1B") == "[10092] JF SAPOT");
    CHECK(cut_to_field("") == "");
    CHECK(cut_to_field("abcdef", 4) == "abcd");
    CHECK(cut_to_field("abcdef", 0) == "");
  }

  TEST_CASE("the cut leaves out a character rather than split it") {
    CHECK(cut_to_field("abc\xc3\xa9", 4) == "abc");
    CHECK(cut_to_field("abc\xc3\xa9", 5) == "abc\xc3\xa9");
    CHECK(cut_to_field("ab\xe2\x82\xac", 3) == "ab");
    CHECK(cut_to_field("ab\xe2\x82\xac", 4) == "ab");
    CHECK(cut_to_field("ab\xe2\x82\xacz", 5) == "ab\xe2\x82\xac");
  }

  TEST_CASE("a cut is a beginning of the name and fits") {
    CHECK(rc::check([](const std::string& name) {
      const auto cut = cut_to_field(name);
      RC_ASSERT(cut.size() <= 16);
      RC_ASSERT(name.compare(0, cut.size(), cut) == 0);
      RC_ASSERT(cut_to_field(cut) == cut);
    }));
  }
}

TEST_SUITE("line codes") {
  TEST_CASE("a code is one level of a topic") {
    for (auto code : {"PLC01", "mill-3_b", "7", "a"}) {
      CAPTURE(code);
      const auto checked = check_line_code(code);
      REQUIRE(checked);
      CHECK(*checked == code);
    }
    CHECK(check_line_code(std::string(64, 'L')));
    CHECK_FALSE(check_line_code(std::string(65, 'L')));
    for (auto code : {"", " ", "PLC 01", "PLC/01", "+", "#", "$SYS", "PLC01\n",
                      "\xc3\xa9"}) {
      CAPTURE(code);
      CHECK_FALSE(check_line_code(code));
    }
  }

  TEST_CASE("a leading underscore is ours: _all, _state, _reply") {
    const auto checked = check_line_code("_all");
    REQUIRE_FALSE(checked);
    CHECK(checked.why()
          == "line \"_all\": expected 1 to 64 letters, digits, '-' or '_', "
             "the first no '_'");
  }
}
