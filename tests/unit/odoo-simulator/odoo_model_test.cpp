#include "services/odoo-simulator/odoo_model.hpp"

#include <doctest/doctest.h>

using namespace millrace::odoo_sim;
using namespace std::chrono_literals;

namespace {

component part(const char* code, milli_kg planned) {
  component made;
  made.product_tmpl_id = 501;
  made.product_name = "BEKATUL";
  made.to_consume = planned;
  made.from = equipment{code, code};
  return made;
}

/// One confirmed order of 1000 kg from silo101 and lq114.
struct odoo {
  odoo_model model;

  odoo() {
    add("WH/MO/00001");
  }
  void add(const std::string& name, const char* line = "PLC01") {
    order fresh;
    fresh.mo_id = name;
    fresh.line = equipment{line, line};
    fresh.quantity = 1'000'000;
    fresh.components = {part("silo101", 825'000), part("lq114", 175'000)};
    fresh.components[1].product_tmpl_id = 514;
    REQUIRE(model.add(fresh));
  }
  const order& first() const {
    return *model.find("WH/MO/00001");
  }
  milli_kg consumed(std::size_t part) const {
    return first().components.at(part).consumed;
  }
};

template <class T>
std::string why(const millrace::result<T>& outcome) {
  return outcome ? std::string{} : outcome.why();
}

} // namespace

TEST_CASE_FIXTURE(odoo,
                  "an update replaces what each named equipment consumed") {
  REQUIRE(model.update("WH/MO/00001", 500'000, {{"silo101", 400'000}}));
  const auto again
    = model.update("WH/MO/00001", {}, {{"silo101", 410'250}, {"lq114", 5}});
  REQUIRE(again);
  CHECK(again->errors.empty());
  REQUIRE(again->applied.size() == 2);
  CHECK(again->applied[0].equipment_code == "silo101");
  CHECK(again->applied[0].applied == 410'250);
  CHECK(consumed(0) == 410'250);
  CHECK(consumed(1) == 5);
  CHECK(first().update_count == 2);
  CHECK(first().reported_quantity == 500'000);
  CHECK(first().state == "confirmed");
}

TEST_CASE_FIXTURE(odoo, "values that are not above 0 are ignored") {
  REQUIRE(model.update("WH/MO/00001", {}, {{"silo101", 400'000}}));
  const auto zero
    = model.update("WH/MO/00001", 0, {{"silo101", 0}, {"lq114", -5}});
  REQUIRE(zero);
  CHECK(zero->applied.empty());
  CHECK(zero->errors.empty());
  CHECK(consumed(0) == 400'000);
  CHECK(consumed(1) == 0);
  CHECK_FALSE(first().reported_quantity);
}

TEST_CASE_FIXTURE(odoo, "an unknown equipment is an error beside the rest") {
  const auto partial
    = model.update("WH/MO/00001", {}, {{"silo101", 1000}, {"silo105", 2000}});
  REQUIRE(partial);
  CHECK(
    partial->errors
    == std::vector<std::string>{"No component found for equipment silo105"});
  CHECK(consumed(0) == 1000);
}

TEST_CASE_FIXTURE(odoo, "a fault refuses an equipment that is there") {
  const auto partial
    = model.update("WH/MO/00001", {}, {{"silo101", 1000}}, {"silo101"});
  REQUIRE(partial);
  CHECK(partial->errors.size() == 1);
  CHECK(consumed(0) == 0);
}

TEST_CASE_FIXTURE(odoo, "done and cancelled orders take no update") {
  REQUIRE(model.mark_done("WH/MO/00001", {1'000'000, "PLC01", "", false}));
  CHECK(why(model.update("WH/MO/00001", {}, {{"silo101", 1000}}))
        == "Manufacturing order WH/MO/00001 is in state done");
  CHECK(consumed(0) == 0);
  add("WH/MO/00002");
  REQUIRE(model.cancel("WH/MO/00002"));
  CHECK(why(model.update("WH/MO/00002", {}, {{"silo101", 1000}}))
        == "Manufacturing order WH/MO/00002 is in state cancel");
}

TEST_CASE_FIXTURE(odoo, "an order is marked done once") {
  REQUIRE(model.mark_done("WH/MO/00001",
                          {998'690, "PLC01", "2026-11-22 10:00:00", false}));
  CHECK(first().state == "done");
  CHECK(first().finished_quantity == 998'690);
  CHECK(first().finished_at == "2026-11-22 10:00:00");
  CHECK(why(model.mark_done("WH/MO/00001", {998'690, "PLC01", "", false}))
        == "No finished product move found for this MO");
  CHECK(first().done_count == 1);
}

TEST_CASE_FIXTURE(odoo, "what is wrong with mark-done is said") {
  CHECK(why(model.mark_done("WH/MO/00001", {0, "PLC01", "", false}))
        == "finished_qty must be greater than 0");
  CHECK(why(model.mark_done("WH/MO/00001", {1, "PLC99", "", false}))
        == "Equipment with code PLC99 not found");
  CHECK(why(model.mark_done("WH/MO/00001",
                            {1, "PLC01", "2026-11-22T10:00:00Z", false}))
        == "Invalid date_end_actual: 2026-11-22T10:00:00Z");
  CHECK(why(model.mark_done("WH/MO/9", {1, "PLC01", "", false}))
        == "Manufacturing order WH/MO/9 not found");
  CHECK(first().state == "confirmed");
}

TEST_CASE_FIXTURE(odoo, "mark-done can say success and leave the order open") {
  CHECK(model.mark_done("WH/MO/00001", {1000, "PLC01", "", true}));
  CHECK(first().state == "confirmed");
  CHECK(first().done_count == 0);
}

TEST_CASE_FIXTURE(odoo, "cancelling twice is harmless, a done order stays") {
  CHECK(*model.cancel("WH/MO/00001") == "cancel");
  CHECK(*model.cancel("WH/MO/00001") == "cancel");
  CHECK(first().cancel_count == 1);
  add("WH/MO/00002");
  REQUIRE(model.mark_done("WH/MO/00002", {1, "", "", false}));
  CHECK(why(model.cancel("WH/MO/00002"))
        == "Manufacturing order WH/MO/00002 is in state done");
  CHECK(why(model.cancel("WH/MO/9"))
        == "Manufacturing order WH/MO/9 not found");
}

TEST_CASE_FIXTURE(odoo, "material consumption adds each time") {
  CHECK(*model.add_consumption("WH/MO/00001", "silo101", 501, 1500) == 1500);
  CHECK(*model.add_consumption("WH/MO/00001", "silo101", 501, 1500) == 3000);
  CHECK(why(model.add_consumption("WH/MO/00001", "silo101", 999, 1))
        == "Product 999 not found");
  CHECK(why(model.add_consumption("WH/MO/00001", "silo199", 501, 1))
        == "Equipment with code silo199 not found");
  CHECK(why(model.add_consumption("WH/MO/00001", "silo101", 501, 0))
        == "quantity must be greater than 0");
}

TEST_CASE_FIXTURE(odoo, "each equipment failure makes a record") {
  CHECK(model.report_failure("silo113", "motor", "")->id == 1);
  CHECK(model.report_failure("silo113", "motor", "")->id == 2);
  CHECK(model.failures().size() == 2);
  CHECK(why(model.report_failure("silo114", "motor", ""))
        == "Equipment with code silo114 not found");
}

TEST_CASE_FIXTURE(odoo, "the list shows the wished states page by page") {
  for (const auto* name : {"WH/MO/00002", "WH/MO/00003", "WH/MO/00004"})
    add(name);
  REQUIRE(model.cancel("WH/MO/00002"));
  const auto names = [&](const std::set<std::string>& states, std::size_t limit,
                         std::size_t offset) {
    std::vector<std::string> found;
    for (const auto* each : model.list(states, limit, offset))
      found.push_back(each->mo_id);
    return found;
  };
  using names_t = std::vector<std::string>;
  CHECK(names({"confirmed"}, 2, 0) == names_t{"WH/MO/00001", "WH/MO/00003"});
  CHECK(names({"confirmed"}, 2, 2) == names_t{"WH/MO/00004"});
  CHECK(names({"cancel"}, 9, 0) == names_t{"WH/MO/00002"});
  CHECK(names({"draft"}, 9, 0).empty());
}

TEST_CASE_FIXTURE(odoo, "a person closes an order with the planned figures") {
  CHECK(*model.act_as_person("WH/MO/00001", "done", 7ms) == "done");
  CHECK(consumed(0) == 825'000);
  CHECK(first().finished_quantity == 1'000'000);
  CHECK(first().done_count == 0);
  CHECK(first().calls.at(0).route == "person");
}

TEST_CASE_FIXTURE(odoo, "a person orders a tenth more") {
  const auto before = first().quantity;
  const auto planned = first().components.at(0).to_consume;
  CHECK(*model.act_as_person("WH/MO/00001", "enlarge", 0ms) == "confirmed");
  CHECK(*first().quantity == *before * 11 / 10);
  CHECK(first().components.at(0).to_consume == planned * 11 / 10);
}

TEST_CASE_FIXTURE(odoo, "a deleted order is unknown but stays in the ledger") {
  CHECK(model.act_as_person("WH/MO/00001", "delete", 0ms));
  CHECK(model.find("WH/MO/00001") == nullptr);
  CHECK(model.list({"confirmed", "deleted"}, 9, 0).empty());
  CHECK(model.all().size() == 1);
  CHECK(why(model.update("WH/MO/00001", {}, {}))
        == "Manufacturing order WH/MO/00001 not found");
  CHECK(why(model.act_as_person("WH/MO/00001", "done", 0ms))
        == "Manufacturing order WH/MO/00001 not found");
}

TEST_CASE_FIXTURE(odoo, "names are unique and acts are known") {
  order same;
  same.mo_id = "WH/MO/00001";
  CHECK_FALSE(model.add(same));
  CHECK(why(model.act_as_person("WH/MO/00001", "burn", 0ms))
        == "state \"burn\" is not done, cancel, delete or enlarge");
}
