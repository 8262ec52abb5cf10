#include "services/odoo-simulator/sample_orders.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace millrace::odoo_sim;

TEST_CASE("each order's parts sum up to its quantity in hundredths") {
  for (int number = 1; number <= 200; ++number) {
    const auto made = sample_order(number, "PLC01");
    CAPTURE(made.mo_id);
    milli_kg sum = 0;
    std::set<std::string> codes;
    for (const auto& part : made.components) {
      sum += part.to_consume;
      CHECK(part.to_consume > 0);
      CHECK(part.to_consume % 10 == 0);
      CHECK(part.to_consume < 700'000);
      if (part.from)
        CHECK(codes.insert(part.from->code).second);
    }
    CHECK(sum == made.quantity);
    CHECK(sum >= 950'000);
    CHECK(sum <= 1'000'000);
    CHECK(codes.size() >= 6);
  }
}

TEST_CASE("the same number gives the same order, another number another") {
  const auto one = sample_order(1, "PLC01");
  CHECK(one.mo_id == "WH/MO/00001");
  CHECK(one.components[0].to_consume
        == sample_order(1, "PLC01").components[0].to_consume);
  CHECK(one.components[0].to_consume
        != sample_order(2, "PLC01").components[0].to_consume);
}

TEST_CASE("orders lack things as plants' orders do") {
  const auto all = sample_orders(20, "PLC01", 0, "PLC02");
  const auto any = [&](auto test) {
    return std::any_of(all.begin(), all.end(), test);
  };
  CHECK(any([](const order& o) { return !o.schedule_start; }));
  CHECK(any([](const order& o) { return !o.bom_code; }));
  CHECK(any([](const order& o) { return !o.components.back().from; }));
  CHECK(any([](const order& o) {
    return o.components.back().from
           && o.components.back().from->code == "PLC01";
  }));
}

TEST_CASE("orders of another line stand in between") {
  const auto all = sample_orders(4, "PLC01", 2, "PLC02");
  std::vector<std::string> names;
  for (const auto& each : all)
    names.push_back(each.mo_id + " " + each.line->code);
  CHECK(names
        == std::vector<std::string>{"WH/MO/00001 PLC01", "WH/MO/00002 PLC01",
                                    "WH/MO/00003 PLC01", "WH/MO/90001 PLC02",
                                    "WH/MO/00004 PLC01", "WH/MO/90002 PLC02"});
}
