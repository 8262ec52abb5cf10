#include "services/odoo-gateway/pushing.hpp"
#include "tests/unit/odoo-gateway/fake_odoo.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::odoo;
using events::odoo_error;

namespace {

const std::string update_route = "update-with-consumptions";
const std::string took_all
  = R"({"jsonrpc":"2.0","id":null,"result":{"status":"success",)"
    R"("consumed_items":[],"errors":[]}})";
const std::string refused_102
  = R"({"jsonrpc":"2.0","id":null,"result":{"status":"success",)"
    R"("consumed_items":[{"equipment_code":"silo101","applied_qty":825.0}],)"
    R"("errors":["No component found for equipment silo102"]}})";
const std::string refused_own
  = R"({"status":"success","consumed_items":[],)"
    R"("errors":["No component found for equipment SILO_B"]})";
const std::string refused_both
  = R"({"status":"success","consumed_items":[],)"
    R"("errors":["silo101 is locked","SILO_B is locked"]})";

/// The line's own component has digits in its code; nothing is booked there.
const std::string order_with_silo_b
  = R"({"status":"success","data":{"mo_id":"WH/MO/00011",)"
    R"("state":"confirmed","components_consumption":[)"
    R"({"consumed":0,"equipment":{"code":"PLC102","name":"Line"}},)"
    R"({"consumed":825,"equipment":{"code":"silo101","name":"SILO A"}},)"
    R"({"consumed":false,"equipment":{"code":"SILO_B","name":"Corn"}},)"
    R"({"consumed":0,"equipment":{"code":"102","name":"SILO B"}}]}})";
const std::string standard_order
  = R"({"status":"success","data":{"mo_id":"WH/MO/00011",)"
    R"("state":"confirmed","components_consumption":[)"
    R"({"consumed":825,"equipment":{"code":"silo101","name":"SILO A"}}]}})";

const json under_standard_codes{
  {"mo_id", "WH/MO/00011"}, {"silo101", 825.0}, {"silo102", 60.5}};
const json under_own_codes{
  {"mo_id", "WH/MO/00011"}, {"silo101", 825.0}, {"SILO_B", 60.5}};

events::odoo_push figures() {
  events::odoo_push push;
  push.line = "PLC102";
  push.batch_id = "b1";
  push.mo_id = "WH/MO/00011";
  push.revision = 7;
  push.consumption[0] = *kilograms::parse("825");
  push.consumption[1] = *kilograms::parse("60.5");
  return push;
}

struct codes_bench : odoo_bench {
  push_answer push(const events::odoo_push& wanted = figures()) {
    return push_figures(client, memory, wanted,
                        [] { return *parse_utc("2026-11-22T10:00:00.000Z"); });
  }
  bool push_succeeds(const events::odoo_push& wanted = figures()) {
    return std::holds_alternative<events::odoo_pushed>(push(wanted));
  }
  events::odoo_push_failed failed() {
    const auto answer = push();
    REQUIRE(std::holds_alternative<events::odoo_push_failed>(answer));
    return std::get<events::odoo_push_failed>(answer);
  }
  /// Parameters of the n-th call, the sign-in being call 0.
  json params(std::size_t n) {
    const auto all = odoo.calls();
    REQUIRE(n < all.size());
    return all[n].params;
  }

  code_memory memory{1000};
};

} // namespace

TEST_SUITE("pushing under the order's own codes") {
  TEST_CASE_FIXTURE(codes_bench, "refused, then sent once more under the "
                                 "order's own codes") {
    odoo.on(update_route, {refused_102, took_all});
    odoo.on("mo-detail", order_with_silo_b);
    CHECK(push_succeeds());
    CHECK(odoo.routes()
          == "authenticate update-with-consumptions mo-detail "
             "update-with-consumptions");
    CHECK(params(1) == under_standard_codes);
    CHECK(params(3) == under_own_codes);
  }

  TEST_CASE_FIXTURE(codes_bench, "the next push of the order uses them at "
                                 "once, another order's does not") {
    odoo.on(update_route, {refused_102, took_all});
    odoo.on("mo-detail", order_with_silo_b);
    CHECK(push_succeeds());
    CHECK(push_succeeds());
    REQUIRE(odoo.calls().size() == 5);
    CHECK(params(4) == under_own_codes);
    auto other = figures();
    other.mo_id = "WH/MO/00012";
    CHECK(push_succeeds(other));
    REQUIRE(odoo.calls().size() == 6);
    CHECK(params(5).contains("silo102"));
  }

  TEST_CASE_FIXTURE(codes_bench, "marking done goes on after the repeat") {
    auto last = figures();
    last.mark_done = true;
    last.weight = *kilograms::parse("885");
    odoo.on(update_route, {refused_102, took_all});
    odoo.on("mark-done", took_all);
    odoo.on("mo-detail",
            {order_with_silo_b,
             R"({"data":{"state":"done","components_consumption":[)"
             R"({"consumed":825,"equipment":{"code":"silo101"}},)"
             R"({"consumed":60.5,"equipment":{"code":"SILO_B"}}]}})"});
    const auto answer = push(last);
    REQUIRE(std::holds_alternative<events::odoo_pushed>(answer));
    CHECK(std::get<events::odoo_pushed>(answer).done);
    CHECK(std::get<events::odoo_pushed>(answer).differences.empty());
    CHECK(params(3)["quantity"] == 885.0);
    CHECK(params(3)["SILO_B"] == 60.5);
  }

  TEST_CASE_FIXTURE(codes_bench, "no other codes: partial at once, no repeat") {
    odoo.on(update_route, refused_102);
    odoo.on("mo-detail", standard_order);
    const auto why = failed();
    CHECK(why.error_class == odoo_error::partial);
    CHECK(why.text == "No component found for equipment silo102");
    CHECK(odoo.routes() == "authenticate update-with-consumptions mo-detail");
  }

  TEST_CASE_FIXTURE(codes_bench, "still refused: partial with the last "
                                 "reasons, one repeat, then none") {
    odoo.on(update_route, {refused_102, refused_own});
    odoo.on("mo-detail", order_with_silo_b);
    const auto why = failed();
    CHECK(why.error_class == odoo_error::partial);
    CHECK(why.text == "No component found for equipment SILO_B");
    CHECK(odoo.calls().size() == 4);
    CHECK(failed().text == "No component found for equipment SILO_B");
    CHECK(odoo.calls().size() == 6); // one update, one look
    CHECK(params(4) == under_own_codes);
  }

  TEST_CASE_FIXTURE(codes_bench, "codes that are refused even more are not "
                                 "remembered") {
    odoo.on(update_route, {refused_102, refused_both});
    odoo.on("mo-detail", order_with_silo_b);
    CHECK(failed().text == "silo101 is locked; SILO_B is locked");
    CHECK(memory.of("WH/MO/00011") == standard_codes());
  }

  TEST_CASE_FIXTURE(codes_bench, "remembered codes that Odoo no longer knows "
                                 "are learned anew") {
    auto old = standard_codes();
    old[1] = "SILO_OLD";
    memory.remember("WH/MO/00011", old);
    odoo.on(update_route, {refused_102, took_all});
    odoo.on("mo-detail", order_with_silo_b);
    CHECK(push_succeeds());
    CHECK(params(1).contains("SILO_OLD"));
    CHECK(params(3) == under_own_codes);
    CHECK(memory.of("WH/MO/00011")[1] == "SILO_B");
  }

  TEST_CASE_FIXTURE(codes_bench, "an order that was closed meanwhile gets no "
                                 "repeat") {
    odoo.on(update_route, refused_102);
    odoo.on("mo-detail", R"({"data":{"state":"cancel",)"
                         R"("components_consumption":[)"
                         R"({"equipment":{"code":"SILO_B"}}]}})");
    CHECK(failed().text == "order is cancelled in Odoo");
    CHECK(odoo.calls().size() == 3);
  }

  TEST_CASE_FIXTURE(codes_bench, "a repeat that is refused altogether says "
                                 "why") {
    odoo.on(update_route,
            {refused_102, R"({"status":"error","message":"busy"})"});
    odoo.on("mo-detail", order_with_silo_b);
    const auto why = failed();
    CHECK(why.error_class == odoo_error::rejected);
    CHECK(why.text == "busy");
    CHECK(memory.of("WH/MO/00011") == standard_codes());
  }
}
