#include "services/odoo-gateway/code_memory.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::odoo;

TEST_SUITE("equipment_codes") {
  TEST_CASE("the standard codes") {
    const auto codes = standard_codes();
    CHECK(codes[0] == "silo101");
    CHECK(codes[12] == "silo113");
    CHECK(codes[13] == "lq114");
    CHECK(codes[14] == "lq115");
  }

  TEST_CASE("the order's code, else the standard one") {
    order_codes order;
    order[1] = {"SILO_B", "102"};
    const auto codes = codes_for(order, standard_codes());
    CHECK(codes[0] == "silo101");
    CHECK(codes[1] == "SILO_B"); // the first of several
  }

  TEST_CASE("a code that the order knows is kept: another one would book the "
            "amount twice") {
    order_codes order;
    order[1] = {"SILO_B", "silo102"};
    CHECK(codes_for(order, standard_codes()) == standard_codes());
  }

  TEST_CASE("no code for two points") {
    order_codes order;
    order[0] = {"MIXER"};
    order[1] = {"MIXER"};
    order[2] = {"MIXER", "BIN"};
    const auto codes = codes_for(order, standard_codes());
    CHECK(codes[0] == "MIXER");
    CHECK(codes[1] == "silo102");
    CHECK(codes[2] == "BIN");
    // A point that keeps its code comes before those that look for one.
    auto used = standard_codes();
    used[1] = "MIXER";
    CHECK(codes_for(order, used)[0] == "silo101");
    CHECK(codes_for(order, used)[1] == "MIXER");
    // What the order no longer has is given up.
    order[1] = {};
    CHECK(codes_for(order, used)[0] == "MIXER");
    CHECK(codes_for(order, used)[1] == "silo102");
  }

  TEST_CASE("codes that cannot be sent are none") {
    order_codes order;
    for (const auto& code : {std::string{}, std::string{"mo_id"},
                             std::string{"quantity"}, std::string(65, 'x')})
      add_code(order, 0, code);
    CHECK(order[0].empty());
    add_code(order, 0, "SILO_A");
    add_code(order, 0, "SILO_A");
    add_code(order, 0, "silo_a");
    CHECK(order[0] == std::vector<std::string>{"SILO_A", "silo_a"});
  }

  TEST_CASE("only points with an amount count as booked elsewhere") {
    auto own = standard_codes();
    own[1] = "SILO_B";
    dosing_amounts amounts{};
    amounts[0] = *kilograms::parse("5");
    CHECK_FALSE(books_elsewhere(standard_codes(), own, amounts));
    amounts[1] = *kilograms::parse("0.01");
    CHECK(books_elsewhere(standard_codes(), own, amounts));
    CHECK_FALSE(books_elsewhere(own, own, amounts));
  }

  TEST_CASE("the oldest order is forgotten") {
    code_memory memory{2};
    auto own = standard_codes();
    own[0] = "A";
    CHECK(memory.of("MO/1") == standard_codes());
    memory.remember("MO/1", own);
    own[0] = "B";
    memory.remember("MO/1", own);
    memory.remember("MO/2", own);
    CHECK(memory.of("MO/1")[0] == "B");
    memory.remember("MO/3", own);
    CHECK(memory.of("MO/1") == standard_codes());
    CHECK(memory.of("MO/2")[0] == "B");
    CHECK(memory.of("MO/3")[0] == "B");
  }
}
