#include "services/odoo-gateway/push_decision.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::odoo;

namespace {

kilograms kg(const char* text) {
  return *kilograms::parse(text);
}

dosing_amounts amounts(std::map<std::size_t, const char*> given) {
  dosing_amounts all{};
  for (const auto& [point, text] : given)
    all[point] = kg(text);
  return all;
}

order_detail odoo_holds(const char* state, dosing_amounts consumed) {
  order_detail detail;
  detail.state = state;
  detail.consumed = consumed;
  return detail;
}

using texts = std::vector<std::string>;

} // namespace

TEST_SUITE("push_decision") {
  TEST_CASE("consumed amounts whose sum cannot be are refused, not wrapped") {
    const json part{{"consumed", 1e12}, {"equipment", {{"code", "silo101"}}}};
    json result{{"data", {{"state", "done"}}}};
    result["data"]["components_consumption"] = json::array({part});
    CHECK(read_detail(result, "PLC01"));
    for (int i = 0; i < 10'000; ++i)
      result["data"]["components_consumption"].push_back(part);
    const auto detail = read_detail(result, "PLC01");
    REQUIRE_FALSE(detail);
    CHECK(detail.why().text
          == "mo-detail: consumed: 1000000000000.0 is no amount");
  }

  TEST_CASE("applied amounts whose sum cannot be are a shortfall") {
    const json item{{"equipment_code", "silo101"}, {"applied_qty", 1e12}};
    const json result{{"consumed_items", {item, item}}};
    const auto wrong
      = shortfalls(result, amounts({{0, "1000000000000"}}), standard_codes());
    CHECK(wrong == texts{"applied_qty of silo_a is more than can be"});
  }

  TEST_CASE("mo-detail is read with false, text and split components") {
    const auto detail = read_detail(json::parse(R"({"status":"success","data":{
        "mo_id":"WH/MO/1","state":"done","components_consumption":[
        {"consumed":820.0,"equipment":{"code":"silo101","name":"SILO A"}},
        {"consumed":"5.0","equipment":{"code":"SILO A"}},
        {"consumed":false,"equipment":{"code":"silo102"}},
        {"consumed":3.5,"equipment":false},
        {"consumed":9,"equipment":{"code":"PLC101","name":"Line"}}]}})"),
                                    "PLC101");
    REQUIRE(detail);
    CHECK(detail->state == "done");
    CHECK(detail->consumed == amounts({{0, "825"}}));
    CHECK(detail->codes[0] == texts{"silo101", "SILO A"});
    CHECK(detail->codes[1] == texts{"silo102"}); // nothing consumed yet
  }

  TEST_CASE("mo-detail without data member, or with a list of one") {
    CHECK(read_detail(json::parse(R"({"state":"progress"})"), "L")->state
          == "progress");
    CHECK(
      read_detail(json::parse(R"({"data":[{"state":"cancel"}]})"), "L")->state
      == "cancel");
  }

  TEST_CASE("mo-detail that says no state is no answer") {
    for (const auto* text : {R"({"data":{}})", R"({"data":false})",
                             R"({"data":[]})", R"({"data":{"state":false}})"}) {
      const auto detail = read_detail(json::parse(text), "L");
      REQUIRE_FALSE(detail);
      CHECK(detail.why().error_class == events::odoo_error::protocol);
    }
    CHECK(read_detail(json::parse(R"({"state":"done","components_consumption":
      [{"consumed":"x","equipment":{"code":"silo101"}}]})"),
                      "L")
            .why()
            .text
          == "mo-detail: consumed: \"x\" is no amount");
  }

  TEST_CASE("done with our figures, to 0.005 kg") {
    const auto ours = amounts({{0, "825"}, {14, "3.25"}});
    CHECK(compare(ours, odoo_holds("done", ours)).where
          == standing::done_with_ours);
    CHECK(compare(ours,
                  odoo_holds("done", amounts({{0, "825.005"}, {14, "3.245"}})))
            .where
          == standing::done_with_ours);
    CHECK(
      compare(ours, odoo_holds("done", amounts({{0, "825.006"}, {14, "3.25"}})))
        .where
      == standing::done_with_others);
  }

  TEST_CASE("who holds what is said in words") {
    const auto seen = compare(amounts({{0, "825"}, {13, "3"}}),
                              odoo_holds("done", amounts({{0, "820"}})));
    CHECK(seen.where == standing::done_with_others);
    CHECK(describe(seen)
          == "order is done in Odoo with silo_a 820.000 instead of 825.000; "
             "lq_tetes 0.000 instead of 3.000");
  }

  TEST_CASE("what Odoo holds above our 0 is a difference, no contradiction") {
    const auto seen
      = compare(amounts({{0, "825"}}),
                odoo_holds("done", amounts({{0, "825"}, {1, "4.5"}})));
    CHECK(seen.where == standing::done_with_ours);
    CHECK(seen.leftovers == texts{"silo_b 4.500 instead of 0.000"});
    CHECK(seen.all() == seen.leftovers);
  }

  TEST_CASE("open and cancelled orders") {
    const auto ours = amounts({{0, "825"}});
    for (const auto* state : {"draft", "confirmed", "progress", "to_close"})
      CHECK(compare(ours, odoo_holds(state, ours)).where == standing::open);
    CHECK(compare(ours, odoo_holds("progress", ours)).figures_are_ours());
    CHECK(compare(ours, odoo_holds("cancel", ours)).where
          == standing::cancelled);
    CHECK(describe(compare(ours, odoo_holds("cancel", ours)))
          == "order is cancelled in Odoo");
  }

  TEST_CASE("errors beside status success are no success") {
    const auto result = json::parse(R"({"status":"success",
      "consumed_items":[{"equipment_code":"silo101","applied_qty":825.0}],
      "errors":["silo105: no move", {"equipment_code":"silo106",
      "message":"locked"}, {"x":1}, 5, ""]})");
    CHECK(shortfalls(result, amounts({{0, "825"}}), standard_codes())
          == texts{"silo105: no move", "silo106: locked", R"({"x":1})", "5",
                   R"("")"});
  }

  TEST_CASE("applied quantities are known by the codes that were sent") {
    auto codes = standard_codes();
    codes[1] = "MIXER-7"; // matched by its name
    const auto result = json::parse(R"({"consumed_items":[
        {"equipment_code":"MIXER-7","applied_qty":9},
        {"equipment_code":"SILO_C","applied_qty":8}],"errors":[]})");
    const auto ours = amounts({{1, "10"}, {2, "8"}});
    CHECK(shortfalls(result, ours, codes)
          == texts{"silo_b 9.000 instead of 10.000"});
    CHECK(shortfalls(result, ours, standard_codes()).empty());
  }

  TEST_CASE("applied quantities are compared where they are given") {
    const auto ours = amounts({{0, "825"}, {1, "10"}});
    CHECK(shortfalls(json::parse(R"({"consumed_items":[],"errors":[]})"), ours,
                     standard_codes())
            .empty());
    CHECK(shortfalls(json::parse(R"({"consumed_items":[
        {"equipment_code":"silo101","applied_qty":820.0},
        {"equipment_code":"silo102","applied_qty":4},
        {"equipment_code":"silo102","applied_qty":6},
        {"equipment_code":"silo103","applied_qty":1},
        {"equipment_code":"zzz","applied_qty":1}, 7]})"),
                     ours, standard_codes())
          == texts{"silo_a 820.000 instead of 825.000"});
    CHECK(shortfalls(json::parse(R"({"errors":false})"), ours, standard_codes())
            .empty());
  }
}
