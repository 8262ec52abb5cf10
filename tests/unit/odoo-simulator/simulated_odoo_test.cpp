#include "services/odoo-simulator/control_api.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace millrace;
using namespace millrace::odoo_sim;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

json given_order() {
  return json::parse(R"({
    "mo_id": "WH/MO/00001", "equipment": {"code": "PLC01", "name": "Line"},
    "product_name": "[10092] JF SAPOT 1B", "quantity": 1000.0,
    "schedule_start": false, "bom_code": "BOM-1",
    "components_consumption": [
      {"product_tmpl_id": 501, "product_name": "BEKATUL", "to_consume": 825.25,
       "equipment": {"code": "silo101", "name": "SILO A"}},
      {"product_tmpl_id": 600, "product_name": "MINERAL", "to_consume": 174.75,
       "equipment": false}]})");
}

/// A client of an Odoo with one order.
struct client {
  explicit client(odoo_settings settings = {}) : odoo(settings, {}) {
    http::request add;
    add.method = "POST";
    add.path = "/sim/orders";
    add.body = given_order().dump();
    REQUIRE(control(odoo, add, "PLC01", now).status == 200);
  }

  reply send(const std::string& path, const json& body,
             const std::string& method = "POST") {
    http::request asked;
    asked.method = method;
    asked.path = path;
    asked.body = body.dump();
    asked.headers["content-type"] = "application/json";
    if (!cookie.empty())
      asked.headers["cookie"] = "other=1; " + cookie;
    return odoo.on_request(asked, now);
  }
  json rpc(const std::string& path, const json& params) {
    return json::parse(
      send(path, {{"jsonrpc", "2.0"}, {"method", "call"}, {"params", params}})
        .response.body);
  }
  void sign_in() {
    const auto out
      = send("/api/scada/authenticate",
             {{"db", "odoo14"}, {"login", "admin"}, {"password", "admin"}});
    const auto& set = out.response.headers.at("Set-Cookie");
    cookie = set.substr(0, set.find(';'));
  }
  json update(double mass) {
    return rpc("/api/scada/mo/update-with-consumptions",
               {{"mo_id", "WH/MO/00001"}, {"silo101", mass}});
  }
  json ledger_order() {
    http::request asked;
    asked.method = "GET";
    asked.path = "/sim/ledger";
    return json::parse(
      control(odoo, asked, "PLC01", now).body)["orders"]["WH/MO/00001"];
  }
  http::response sim(const std::string& path, const std::string& body) {
    http::request asked;
    asked.method = "POST";
    asked.path = path;
    asked.body = body;
    return control(odoo, asked, "PLC01", now);
  }

  simulated_odoo odoo;
  std::string cookie;
  instant now = 1'000'000ms;
};

struct signed_in : client {
  signed_in() {
    sign_in();
  }
};

} // namespace

TEST_CASE_FIXTURE(client, "without a session every call is error 100") {
  const auto answer = rpc("/api/scada/mo-detail", {{"mo_id", "WH/MO/00001"}});
  CHECK(answer["jsonrpc"] == "2.0");
  CHECK(answer["id"].is_null());
  CHECK(answer["error"]["code"] == 100);
  CHECK(answer["error"]["message"] == "Odoo Session Expired");
  CHECK_FALSE(answer.contains("result"));
}

TEST_CASE_FIXTURE(client, "both ways to sign in give a cookie") {
  auto out
    = send("/api/scada/authenticate",
           {{"db", "odoo14"}, {"login", "admin"}, {"password", "admin"}});
  auto result = json::parse(out.response.body)["result"];
  CHECK(result["status"] == "success");
  CHECK(result["uid"] == 2);
  const auto cookie = out.response.headers.at("Set-Cookie");
  CHECK(cookie.starts_with("session_id="));
  CHECK(cookie.find(result["session_id"].get<std::string>())
        == std::string::npos);

  out = send("/web/session/authenticate",
             {{"jsonrpc", "2.0"},
              {"params",
               {{"db", "odoo14"}, {"login", "admin"}, {"password", "admin"}}}});
  CHECK(json::parse(out.response.body)["result"]["uid"] == 2);
  CHECK(out.response.headers.contains("Set-Cookie"));
}

TEST_CASE_FIXTURE(client, "a wrong password is refused in each one's way") {
  const json wrong{{"db", "odoo14"}, {"login", "admin"}, {"password", "x"}};
  const auto own = rpc("/api/scada/authenticate", wrong);
  CHECK(own["result"]["status"] == "error");
  CHECK(own["result"]["message"] == "Access Denied");
  const auto web = rpc("/web/session/authenticate", wrong);
  CHECK(web["error"]["code"] == 200);
  CHECK(web["error"]["data"]["message"] == "Access Denied");
}

TEST_CASE_FIXTURE(signed_in, "an order is listed as FACTS says") {
  const auto result
    = rpc("/api/scada/mo-list-detailed", {{"limit", 10}, {"offset", 0}})
        .at("result");
  CHECK(result["count"] == 1);
  const auto& shown = result["data"][0];
  CHECK(shown["mo_id"] == "WH/MO/00001");
  CHECK(shown["state"] == "confirmed");
  CHECK(shown["schedule_start"] == false);
  CHECK(shown["equipment"]["code"] == "PLC01");
  CHECK(shown["quantity"] == 1000.0);
  CHECK(shown["bom_code"] == "BOM-1");
  const auto& parts = shown["components_consumption"];
  CHECK(parts[0]["to_consume"] == 825.25);
  CHECK(parts[0]["consumed"] == 0.0);
  CHECK(parts[0]["uom"] == "kg");
  CHECK(parts[0]["equipment"]["name"] == "SILO A");
  CHECK(parts[1]["equipment"] == false);
}

TEST_CASE_FIXTURE(signed_in, "a flat object does for all but the list") {
  const auto flat
    = send("/api/scada/mo-detail", {{"mo_id", "WH/MO/00001"}}).response.body;
  CHECK(json::parse(flat)["result"]["data"]["state"] == "confirmed");
  const auto list
    = send("/api/scada/mo-list-detailed", {{"limit", 1}}).response.body;
  CHECK(json::parse(list).contains("error"));
}

TEST_CASE("some deployments answer without an envelope") {
  odoo_settings settings;
  settings.plain = true;
  client plain{settings};
  CHECK(plain.rpc("/api/scada/mo-detail", {{"mo_id", "x"}})["error"]["code"]
        == 100);
  plain.sign_in();
  CHECK(plain.update(1.5)["status"] == "success");
}

TEST_CASE_FIXTURE(signed_in, "the order's way to done is in the ledger") {
  const auto updated = rpc("/api/scada/mo/update-with-consumptions",
                           {{"mo_id", "WH/MO/00001"},
                            {"quantity", 824.13},
                            {"silo101", 824.13},
                            {"silo102", 1.0}})["result"];
  CHECK(updated["status"] == "success");
  CHECK(updated["consumed_items"][0]["equipment_code"] == "silo101");
  CHECK(updated["consumed_items"][0]["applied_qty"] == 824.13);
  CHECK(updated["errors"].size() == 1);
  const json finish{{"mo_id", "WH/MO/00001"},
                    {"finished_qty", 824.13},
                    {"equipment_id", "PLC01"},
                    {"date_end_actual", "2026-11-22 10:00:00"}};
  CHECK(rpc("/api/scada/mo/mark-done", finish)["result"]["status"]
        == "success");
  CHECK(rpc("/api/scada/mo/mark-done", finish)["result"]["message"]
        == "No finished product move found for this MO");

  const auto entry = ledger_order();
  CHECK(entry["state"] == "done");
  CHECK(entry["quantity"] == "1000.00");
  CHECK(entry["consumed"] == json{{"silo101", "824.13"}});
  CHECK(entry["finished_qty"] == "824.13");
  CHECK(entry["done_count"] == 1);
  CHECK(entry["update_count"] == 1);
  REQUIRE(entry["calls"].size() == 3);
  CHECK(entry["calls"][0]["outcome"]
        == R"(partial: ["No component found for equipment silo102"])");
  CHECK(entry["calls"][1]["route"] == "mark-done");
  CHECK(entry["calls"][1]["outcome"] == "success");
  CHECK(entry["calls"][1]["at"] == "1970-01-01T00:16:40.000Z");
  CHECK(entry["calls"][2]["outcome"]
        == "error: No finished product move found for this MO");
}

TEST_CASE_FIXTURE(signed_in, "cancel, consumption and failure answer") {
  CHECK(rpc("/api/scada/material-consumption",
            {{"mo_id", "WH/MO/00001"},
             {"equipment_id", "silo101"},
             {"product_tmpl_id", 501},
             {"quantity", 2.5},
             {"timestamp", "2026-11-22 10:00:00"}})["result"]["status"]
        == "success");
  CHECK(ledger_order()["consumed"]["silo101"] == "2.50");
  CHECK(rpc("/api/scada/equipment-failure",
            {{"equipment_code", "silo101"},
             {"description", "motor"},
             {"date", "2026-11-22 10:00:00"}})["result"]["status"]
        == "success");
  CHECK(rpc("/api/scada/mo/cancel",
            {{"mo_id", "WH/MO/00001"}})["result"]["mo_state"]
        == "cancel");
  CHECK(rpc("/api/scada/mo/cancel", {{"mo_id", "A/B/1"}})["result"]["message"]
        == "Manufacturing order A/B/1 not found");
}

TEST_CASE_FIXTURE(client, "health wants GET with a JSON body") {
  const auto good = send("/api/scada/health", json::object(), "GET");
  CHECK(json::parse(good.response.body)["result"]["status"] == "ok");
  CHECK(send("/api/scada/health", json::object()).response.status == 405);
  http::request bare;
  bare.method = "GET";
  bare.path = "/api/scada/health";
  CHECK(odoo.on_request(bare, now).response.status == 400);
}

TEST_CASE_FIXTURE(client, "what is no route or no JSON gets a page") {
  CHECK(send("/api/scada/nothing", json::object()).response.status == 404);
  const auto list = send("/api/scada/mo-detail", json::array()).response;
  CHECK(list.status == 400);
  CHECK(list.content_type.starts_with("text/html"));
}

TEST_CASE_FIXTURE(client, "a body nested too deep is refused") {
  const auto deep
    = R"({"id":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  http::request asked;
  asked.method = "POST";
  asked.path = "/api/scada/mo-detail";
  asked.headers["content-type"] = "application/json";
  asked.body = deep;
  CHECK(odoo.on_request(asked, now).response.status == 400);
  CHECK(sim("/sim/faults", deep).status == 400);
}

TEST_CASE("sessions end after their time or on command") {
  odoo_settings settings;
  settings.session_lifetime = 60s;
  client some{settings};
  some.sign_in();
  some.now += 59s;
  CHECK(some.update(1).contains("result"));
  some.now += 1s;
  CHECK(some.update(1)["error"]["code"] == 100);
  some.sign_in();
  CHECK(some.update(1).contains("result"));
  some.sim("/sim/expire-sessions", "");
  CHECK(some.update(1)["error"]["code"] == 100);
}

TEST_CASE_FIXTURE(signed_in, "a session for one call only") {
  sim("/sim/faults", R"({"expire_each_call":true})");
  CHECK(update(1).contains("result"));
  CHECK(update(1)["error"]["code"] == 100);
  sign_in();
  CHECK(update(1).contains("result"));
}

TEST_CASE_FIXTURE(signed_in, "a refused request does nothing") {
  sim("/sim/faults", R"({"refuse_status":502,"count":1})");
  const auto out = send("/api/scada/mo/cancel", {{"mo_id", "WH/MO/00001"}});
  CHECK(out.response.status == 502);
  CHECK(out.response.content_type.starts_with("text/html"));
  CHECK(ledger_order()["state"] == "confirmed");
  CHECK(update(1).contains("result"));
}

TEST_CASE_FIXTURE(signed_in, "the work is done though no answer comes") {
  const json cancel{{"mo_id", "WH/MO/00001"}};
  SUBCASE("hanging") {
    sim("/sim/faults", R"({"hang_after_commit":true,"route":"cancel"})");
    CHECK_FALSE(send("/api/scada/mo-detail", cancel).hang);
    CHECK(send("/api/scada/mo/cancel", cancel).hang);
    CHECK(ledger_order()["calls"][1]["outcome"] == "success, never answered");
  }
  SUBCASE("dropped") {
    sim("/sim/faults", R"({"drop_answer":true})");
    CHECK(send("/api/scada/mo/cancel", cancel).response.cut_after == 0);
  }
  SUBCASE("cut") {
    sim("/sim/faults", R"({"cut_answer":true})");
    const auto out = send("/api/scada/mo/cancel", cancel).response;
    CHECK(out.cut_after == out.body.size() / 2);
  }
  CHECK(ledger_order()["state"] == "cancel");
}

TEST_CASE_FIXTURE(signed_in, "offline does and answers nothing") {
  sim("/sim/faults", R"({"offline":true})");
  const auto out = send("/api/scada/mo/cancel", {{"mo_id", "WH/MO/00001"}});
  CHECK(out.response.cut_after == 0);
  CHECK(ledger_order()["state"] == "confirmed");
}

TEST_CASE_FIXTURE(signed_in, "other faults reach the model or the clock") {
  sim("/sim/faults", R"({"partial":["silo101"],"slow_ms":1500})");
  const auto out = send("/api/scada/mo/update-with-consumptions",
                        {{"mo_id", "WH/MO/00001"}, {"silo101", 1}});
  CHECK(out.delay == 1500ms);
  CHECK(json::parse(out.response.body)["result"]["errors"].size() == 1);
  sim("/sim/faults", R"({"mark_done_leaves_open":true})");
  CHECK(rpc("/api/scada/mo/mark-done",
            {{"mo_id", "WH/MO/00001"}, {"finished_qty", 1}})["result"]["status"]
        == "success");
  CHECK(ledger_order()["state"] == "confirmed");
}

TEST_CASE_FIXTURE(signed_in, "a fault meets about its share of the calls") {
  sim("/sim/faults", R"({"refuse_status":500,"probability":0.3,"seed":7})");
  int refused = 0;
  for (int i = 0; i < 1000; ++i)
    refused
      += send("/api/scada/mo-detail", {{"mo_id", "x"}}).response.status == 500;
  CHECK(refused > 250);
  CHECK(refused < 350);
}

TEST_CASE_FIXTURE(client, "people act on orders, slashes in the name and all") {
  CHECK(sim("/sim/orders/WH/MO/00001/state", R"({"state":"done"})").status
        == 200);
  const auto entry = ledger_order();
  CHECK(entry["state"] == "done");
  CHECK(entry["consumed"]["silo101"] == "825.25");
  CHECK(entry["done_count"] == 0);
  CHECK(sim("/sim/orders/WH/MO/9/state", R"({"state":"done"})").status == 404);
  CHECK(sim("/sim/orders/WH/MO/00001/state", R"({"state":1})").status == 400);
}

TEST_CASE_FIXTURE(client, "more orders come under free names") {
  const auto added = json::parse(sim("/sim/orders", R"({"count":2})").body);
  CHECK(added["orders"] == json{"WH/MO/00002", "WH/MO/00003"});
  CHECK(json::parse(
          sim("/sim/orders", given_order().dump()).body)["already_there"][0]
        == "WH/MO/00001");
  CHECK(sim("/sim/orders", R"({"count":0})").status == 400);
  CHECK(sim("/sim/orders", R"([1])").status == 400);
  CHECK(sim("/sim/orders", "{").status == 400);
}

TEST_CASE_FIXTURE(client, "a wrong fault is named with its value") {
  const auto error = [&](const char* body) {
    const auto answer = sim("/sim/faults", body);
    CHECK(answer.status == 400);
    return json::parse(answer.body)["error"].get<std::string>();
  };
  CHECK(error(R"({"refuse_status":200})")
        == "refuse_status=200 is not an HTTP status from 400 to 599, or 0");
  CHECK(error(R"({"offlin":true})") == R"(unknown fault "offlin")");
  CHECK(error(R"({"partial":[1]})")
        == "partial=[1] is not a list of equipment codes");
}
