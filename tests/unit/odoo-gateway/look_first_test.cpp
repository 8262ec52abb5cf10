// A database that may be older than Odoo: what is looked at before it is told,
// and what Odoo is asked.

#include "services/odoo-gateway/checking.hpp"
#include "services/odoo-gateway/order_reading.hpp"
#include "services/odoo-gateway/pushing.hpp"
#include "tests/unit/odoo-gateway/fake_odoo.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::odoo;
using events::odoo_error;

namespace {

const std::string fine = R"({"status":"success","message":"ok"})";

std::string component(const std::string& code, const std::string& consumed) {
  return R"({"product_name":"Jagung","to_consume":900,"uom":"kg","consumed":)"
         + consumed + R"(,"equipment":{"code":")" + code + R"("}})";
}

/// mo-detail of an order of PLC01 with so much consumed from silos A and B.
std::string holds(const std::string& state, const std::string& a,
                  const std::string& b = "0") {
  return R"({"status":"success","data":{"mo_id":"WH/MO/00011","state":")"
         + state
         + R"(","quantity":1000,"equipment":{"code":"PLC01"},)"
           R"("components_consumption":[)"
         + component("silo101", a) + "," + component("silo102", b) + "]}}";
}

struct look_bench : odoo_bench {
  push_answer push(bool mark_done, const char* silo_a = "825") {
    events::odoo_push wanted;
    wanted.line = "PLC01";
    wanted.batch_id = "b1";
    wanted.mo_id = "WH/MO/00011";
    wanted.revision = 7;
    wanted.consumption[0] = *kilograms::parse(silo_a);
    wanted.mark_done = mark_done;
    if (mark_done)
      wanted.weight = *kilograms::parse("1000");
    wanted.look_first = true;
    return push_figures(client, memory, wanted,
                        [] { return *parse_utc("2026-11-22T10:00:00.000Z"); });
  }
  odoo_error refused(const push_answer& answer) {
    REQUIRE(std::holds_alternative<events::odoo_push_failed>(answer));
    CHECK(odoo.routes() == "authenticate mo-detail");
    return std::get<events::odoo_push_failed>(answer).error_class;
  }
  events::odoo_checked check(const std::vector<std::string>& orders) {
    return std::get<events::odoo_checked>(
      check_orders(client, {"PLC01", "c1", orders}));
  }
  code_memory memory{100};
};

} // namespace

TEST_SUITE("look before pushing") {
  TEST_CASE_FIXTURE(look_bench, "Odoo behind or equal: pushed as ever") {
    odoo.on("mo-detail", holds("confirmed", "825"));
    odoo.on("update-with-consumptions", fine);
    CHECK(std::holds_alternative<events::odoo_pushed>(push(false)));
    CHECK(odoo.routes() == "authenticate mo-detail update-with-consumptions");
  }
  TEST_CASE_FIXTURE(look_bench, "Odoo holds more: nothing is told") {
    odoo.on("mo-detail", holds("progress", "825.1"));
    const auto answer = push(false);
    CHECK(refused(answer) == odoo_error::ahead);
    CHECK(std::get<events::odoo_push_failed>(answer).text
          == "Odoo is ahead of this database: it holds silo_a 825.100 instead "
             "of 825.000");
  }
  TEST_CASE_FIXTURE(look_bench,
                    "also at a point of which we know nothing yet") {
    odoo.on("mo-detail", holds("confirmed", "800", "12"));
    CHECK(refused(push(false)) == odoo_error::ahead);
  }
  TEST_CASE_FIXTURE(look_bench, "also when there is nothing to push") {
    odoo.on("mo-detail", holds("confirmed", "12"));
    CHECK(refused(push(false, "0")) == odoo_error::ahead);
  }
  TEST_CASE_FIXTURE(look_bench, "final figures: what cannot be corrected to 0 "
                                "does not count") {
    odoo.on("mo-detail", holds("done", "825", "12"));
    const auto answer = push(true);
    REQUIRE(std::holds_alternative<events::odoo_pushed>(answer));
    CHECK(std::get<events::odoo_pushed>(answer).done);
  }
  TEST_CASE_FIXTURE(look_bench, "done with ours: it is booked already") {
    odoo.on("mo-detail", holds("done", "825"));
    const auto answer = push(true);
    REQUIRE(std::holds_alternative<events::odoo_pushed>(answer));
    CHECK(std::get<events::odoo_pushed>(answer).done);
    CHECK(odoo.routes() == "authenticate mo-detail");
  }
  TEST_CASE_FIXTURE(look_bench, "done with others, or while ours still run") {
    SUBCASE("others") {
      odoo.on("mo-detail", holds("done", "820"));
      CHECK(refused(push(true)) == odoo_error::closed);
    }
    SUBCASE("more than ours") {
      odoo.on("mo-detail", holds("done", "825", "12"));
      CHECK(refused(push(false)) == odoo_error::closed);
    }
    SUBCASE("cancelled") {
      odoo.on("mo-detail", holds("cancel", "0"));
      CHECK(refused(push(true)) == odoo_error::cancelled);
    }
    SUBCASE("deleted") {
      odoo.on("mo-detail",
              R"({"status":"error","message":"MO WH/MO/00011 not found"})");
      CHECK(refused(push(true)) == odoo_error::not_found);
    }
  }
}

TEST_SUITE("odoo.check") {
  TEST_CASE_FIXTURE(look_bench, "state, figures and the order as of now") {
    odoo.on("mo-detail",
            std::vector<std::string>{
              holds("confirmed", "0"), holds("progress", "12.5"),
              R"({"status":"error","message":"MO WH/MO/3 not found"})",
              R"({"status":"success","data":{}})"});
    const auto told = check({"WH/MO/00011", "WH/MO/2", "WH/MO/3", "WH/MO/4"});
    REQUIRE(told.orders.size() == 4);
    CHECK(told.check_id == "c1");
    CHECK(told.orders[0].state == "confirmed");
    REQUIRE(told.orders[0].as_listed);
    CHECK(told.orders[0].as_listed->quantity == *kilograms::parse("1000"));
    CHECK(told.orders[1].consumed[0] == *kilograms::parse("12.5"));
    CHECK_FALSE(told.orders[1].as_listed);
    CHECK_FALSE(told.orders[2].found);
    CHECK(told.orders[3].found);
    CHECK(told.orders[3].state
          == "unknown (mo-detail: no state in the answer)");
  }
  TEST_CASE_FIXTURE(look_bench, "Odoo away: no answer about any of them") {
    odoo.on("mo-detail", "Bad Gateway");
    odoo.status("mo-detail", 502);
    const auto answer = check_orders(client, {"PLC01", "c1", {"WH/MO/00011"}});
    REQUIRE(std::holds_alternative<events::odoo_check_failed>(answer));
    CHECK(std::get<events::odoo_check_failed>(answer).error_class
          == odoo_error::unreachable);
  }
}

TEST_CASE_FIXTURE(look_bench, "no such route says nothing about the order") {
  const auto answer = check_orders(client, {"PLC01", "c1", {"WH/MO/00011"}});
  REQUIRE(std::holds_alternative<events::odoo_check_failed>(answer));
  CHECK(std::get<events::odoo_check_failed>(answer).error_class
        == odoo_error::protocol);
}

TEST_CASE("an order of which something was dosed is not fetched again") {
  const auto listed = json::parse(holds("confirmed", "0", "0.5"))["data"];
  const auto read = read_order(listed, "PLC01");
  REQUIRE(std::holds_alternative<events::rejected_order>(read));
  CHECK(std::get<events::rejected_order>(read).reason.starts_with(
    "consumed: Odoo holds 0.500 kg of dosed components as consumed, so the "
    "order was begun before"));
}
