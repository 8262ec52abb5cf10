#include "services/odoo-gateway/order_reading.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::odoo;

namespace {

json listed() {
  return json::parse(R"({
    "mo_id": "WH/MO/00011", "state": "confirmed",
    "schedule_start": "2026-11-22 08:00:00",
    "equipment": {"code": "PLC01", "name": "Line 1"},
    "product_name": "[10092] JF SAPOT 1B", "quantity": 1000.0,
    "bom_code": false,
    "components_consumption": [
      {"product_tmpl_id": 1, "product_name": "Corn", "to_consume": 600.5,
       "reserved": 0, "consumed": 0, "uom": "kg",
       "equipment": {"code": "silo103", "name": "SILO C"}},
      {"product_tmpl_id": 2, "product_name": "Soy", "to_consume": 300,
       "reserved": 0, "consumed": 0, "uom": "kg",
       "equipment": {"code": "silo101", "name": "SILO A"}}
    ]})");
}

events::order read(const json& entry, std::string_view line = "PLC01") {
  const auto got = read_order(entry, line);
  REQUIRE(std::holds_alternative<events::order>(got));
  return std::get<events::order>(got);
}

std::string reason(const json& entry) {
  const auto got = read_order(entry, "PLC01");
  REQUIRE(std::holds_alternative<events::rejected_order>(got));
  return std::get<events::rejected_order>(got).reason;
}

bool skipped(const json& entry) {
  return std::holds_alternative<not_ours>(read_order(entry, "PLC01"));
}

/// The list with one more component at this equipment.
json with_component(json equipment, json amount, json uom = "kg") {
  auto entry = listed();
  entry["components_consumption"].push_back({{"product_name", "Extra"},
                                             {"to_consume", amount},
                                             {"uom", uom},
                                             {"equipment", equipment}});
  return entry;
}

} // namespace

TEST_SUITE("order_reading") {
  TEST_CASE("an order as Odoo lists it") {
    const auto order = read(listed());
    CHECK(order.mo_id == "WH/MO/00011");
    CHECK(order.product_name == "[10092] JF SAPOT 1B");
    CHECK(order.bom_code == "");
    CHECK(order.quantity.milli() == 1'000'000);
    CHECK(order.schedule_start == "2026-11-22 08:00:00");
    REQUIRE(order.components.size() == 2);
    CHECK(order.components[0].tag == "silo_a");
    CHECK(order.components[0].product_name == "Soy");
    CHECK(order.components[0].to_consume.milli() == 300'000);
    CHECK(order.components[1].tag == "silo_c");
    CHECK(order.components[1].to_consume.milli() == 600'500);
    CHECK(order.other_components.milli() == 0);
  }

  TEST_CASE("amounts that no message could carry are refused") {
    // 10^12 t is 10^15 kg.
    CHECK(reason(with_component({{"code", "PLC01"}}, 1e12, "t"))
          == "to_consume of 'Extra': 1000000000000.0 is more than can be");
    CHECK(reason(with_component({{"code", "silo101"}}, 1e12))
          == "to_consume of 'Extra': 1000000000000.0 is more than can be");
    auto entry = with_component({{"code", "PLC01"}}, 1e12);
    const auto by_hand = entry["components_consumption"].back();
    CHECK(read(entry).other_components.milli() == 1'000'000'000'000'000);
    // 10,000 of them would be beyond 64 bits.
    for (int i = 1; i < 10'000; ++i)
      entry["components_consumption"].push_back(by_hand);
    CHECK(reason(entry).ends_with("is more than can be"));
  }

  TEST_CASE("amounts that no PLC can hold are refused: they would keep the "
            "whole queue from it") {
    auto entry = listed();
    entry["quantity"] = 42'949'672.96;
    CHECK(reason(entry)
          == "quantity: 42949672.960 kg is more than the PLC can hold "
             "(42949672.950 kg)");
    entry["quantity"] = 42'949'672.95;
    CHECK(read(entry).quantity.milli() == 42'949'672'950);
    CHECK(reason(with_component({{"code", "silo105"}}, 5e7))
          == "to_consume of 'Extra': 50000000.000 kg is more than the PLC can "
             "hold (42949672.950 kg)");
  }

  TEST_CASE("an order of which nothing is dosed on this line is refused: the "
            "mill could only report that it consumed nothing") {
    const auto refused = [](json components) {
      auto entry = listed();
      entry["components_consumption"] = std::move(components);
      return reason(entry);
    };
    const std::string why
      = "components_consumption: nothing of it is dosed on this line, so the "
        "mill cannot produce it. Give it a component above 0 kg whose "
        "equipment is one of the line's silos, or finish or cancel it in Odoo "
        "by hand";
    const auto part = [](json equipment, json amount) {
      return json{{"product_name", "Corn"},
                  {"to_consume", amount},
                  {"uom", "kg"},
                  {"equipment", equipment}};
    };
    CHECK(refused(json::array()) == why);
    CHECK(refused(false) == why);
    CHECK(refused(nullptr) == why);
    CHECK(refused({part(false, 600), part({{"code", "PLC01"}}, 2.5)}) == why);
    CHECK(refused({part({{"code", "silo101"}}, 0)}) == why);
    CHECK(refused({part({{"code", "silo101"}}, false)}) == why);
    auto entry = listed();
    entry["components_consumption"]
      = json::array({part({{"code", "silo101"}}, 0.001)});
    CHECK(read(entry).components.size() == 1);
  }

  TEST_CASE("the products of one dosing point stay a short text") {
    auto entry = listed();
    for (int i = 0; i < 1'000; ++i)
      entry["components_consumption"].push_back(
        {{"product_name", "Additive " + std::to_string(i)},
         {"to_consume", 1},
         {"uom", "kg"},
         {"equipment", {{"code", "silo105"}}}});
    const auto order = read(entry);
    CHECK(order.components.back().product_name.starts_with(
      "Additive 0 + Additive 1 + "));
    CHECK(order.components.back().product_name.size() == 500);
    CHECK(order.components.back().to_consume.milli() == 1'000'000);
  }

  TEST_CASE("sums within 10^12 kg") {
    kilograms sum;
    CHECK(add_within_limit(sum, kilograms::from_milli(999'999'999'999'999)));
    CHECK(add_within_limit(sum, kilograms::from_milli(1)));
    CHECK_FALSE(add_within_limit(sum, kilograms::from_milli(1)));
    CHECK(sum.milli() == 1'000'000'000'000'000);
  }

  TEST_CASE("false and missing where text may be missing") {
    auto entry = listed();
    entry["schedule_start"] = false;
    entry["product_name"] = false;
    entry.erase("state");
    const auto order = read(entry);
    CHECK_FALSE(order.schedule_start);
    CHECK(order.product_name == "");
  }

  TEST_CASE("the line's code counts in any case; other lines are skipped") {
    CHECK(read(listed(), "plc01").mo_id == "WH/MO/00011");
    auto entry = listed();
    entry["equipment"] = {{"code", "PLC02"}};
    CHECK(skipped(entry));
    entry["equipment"] = false;
    CHECK(skipped(entry));
    entry.erase("equipment");
    CHECK(skipped(entry));
    CHECK(skipped(json(7)));
    entry = listed();
    entry["state"] = "done";
    CHECK(skipped(entry));
  }

  TEST_CASE("a quantity that is not above 0 is rejected") {
    for (const auto& [given, shown] :
         std::vector<std::pair<json, std::string>>{{false, "false"},
                                                   {nullptr, "null"},
                                                   {0, "0"},
                                                   {-5.5, "-5.5"},
                                                   {"many", "\"many\""},
                                                   {1e300, "1e+300"}}) {
      auto entry = listed();
      entry["quantity"] = given;
      CHECK(reason(entry) == "quantity: " + shown + " is no amount above 0");
    }
    auto entry = listed();
    entry.erase("quantity");
    CHECK(reason(entry) == "quantity: null is no amount above 0");
    entry["quantity"] = "1000.5";
    CHECK(read(entry).quantity.milli() == 1'000'500);
  }

  TEST_CASE("a rejected name is told as far as the alert's column goes") {
    auto entry = listed();
    entry["mo_id"] = "WH/MO/" + std::string(70, '9');
    const auto got = read_order(entry, "PLC01");
    REQUIRE(std::holds_alternative<events::rejected_order>(got));
    CHECK(std::get<events::rejected_order>(got).mo_id
          == "WH/MO/" + std::string(58, '9'));
  }

  TEST_CASE("a name that is none is rejected") {
    auto entry = listed();
    entry["mo_id"] = "WH/MO/00 11";
    CHECK(reason(entry).starts_with("mo_id \"WH/MO/00 11\": "));
    entry["mo_id"] = 11;
    CHECK(reason(entry).starts_with("mo_id 11: "));
    entry["mo_id"] = false;
    CHECK(reason(entry).starts_with("mo_id false: "));
  }

  TEST_CASE("two components of one dosing point are summed") {
    const auto order
      = read(with_component({{"code", "SILO_A"}, {"name", ""}}, 25.25));
    CHECK(order.components[0].to_consume.milli() == 325'250);
    CHECK(order.components[0].product_name == "Soy + Extra");
  }

  TEST_CASE("the equipment counts by code, then by name") {
    CHECK(read(with_component({{"code", "x"}, {"name", "SILO M"}}, 1))
            .components.back()
            .tag
          == "silo_m");
    CHECK(read(with_component({{"code", "lq115"}, {"name", "SILO A"}}, 1))
            .components.back()
            .tag
          == "lq_fml");
    CHECK(read(with_component({{"code", false}, {"name", "LQ 114"}}, 1))
            .components.back()
            .tag
          == "lq_tetes");
  }

  TEST_CASE("hand-added components are summed apart") {
    const auto two = [](json equipment) {
      return read(with_component(equipment, 12.5)).other_components.milli();
    };
    CHECK(two(false) == 12'500);
    CHECK(two({{"code", "PLC01"}, {"name", "Line 1"}}) == 12'500);
    CHECK(two({{"code", "plc01"}, {"name", "SILO A"}}) == 12'500);
    CHECK(two({{"code", "SCALE7"}, {"name", "Hand scale"}}) == 12'500);
    CHECK(read(with_component(false, 12.5)).components.size() == 2);
  }

  TEST_CASE("a line whose code looks like a dosing point is none") {
    auto entry = listed();
    entry["equipment"] = {{"code", "LINE-101"}};
    entry["components_consumption"][1]["equipment"] = {{"code", "Line-101"}};
    const auto order = read(entry, "LINE-101");
    REQUIRE(order.components.size() == 1);
    CHECK(order.components[0].tag == "silo_c");
    CHECK(order.other_components.milli() == 300'000);
  }

  TEST_CASE("amounts: false is nothing, numeric text counts, the rest is "
            "rejected") {
    const json silo_b{{"code", "silo102"}};
    CHECK(read(with_component(silo_b, false)).components[1].to_consume.milli()
          == 0);
    CHECK(
      read(with_component(silo_b, "73.7450")).components[1].to_consume.milli()
      == 73'745);
    CHECK(read(with_component(silo_b, 73.74)).components[1].to_consume.milli()
          == 73'740);
    CHECK(reason(with_component(silo_b, -1))
          == "to_consume of 'Extra': -1 is no amount of 0 or more");
    CHECK(reason(with_component(silo_b, "x"))
          == "to_consume of 'Extra': \"x\" is no amount of 0 or more");
    auto entry = listed();
    entry["components_consumption"].push_back(5);
    CHECK(reason(entry) == "components_consumption: 5 is no object");
  }

  TEST_CASE("a dosed component in another unit of weight is rejected") {
    const json silo_b{{"code", "silo102"}};
    for (const auto* uom : {"g", "Gram", "TON", "t", "lb"})
      CHECK(reason(with_component(silo_b, 5, uom))
            == "uom of 'Extra': '" + std::string(uom) + "' is not kg");
    for (const json& uom :
         {json("kg"), json("KG"), json("Liter"), json(false), json("Units")})
      CHECK(
        read(with_component(silo_b, 5, uom)).components[1].to_consume.milli()
        == 5'000);
    CHECK(read(with_component(false, 500, "g")).other_components.milli()
          == 500);
    CHECK(read(with_component(false, 0.5, "t")).other_components.milli()
          == 500'000);
  }

  TEST_CASE("control characters in free text are made harmless") {
    auto entry = listed();
    entry["product_name"] = "A\nB";
    CHECK(read(entry).product_name == "A B");
  }
}
