#include "common/events/codec.hpp"
#include "services/odoo-gateway/fetching.hpp"
#include "tests/unit/odoo-gateway/fake_odoo.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::odoo;
using namespace std::chrono_literals;
using events::odoo_error;

namespace {

const std::string expired = R"({"jsonrpc":"2.0","id":null,"error":{"code":100,)"
                            R"("message":"Odoo Session Expired"}})";
const std::string no_orders
  = R"({"jsonrpc":"2.0","id":null,"result":{"count":0,"data":[]}})";

std::string order(int number, const std::string& line = "PLC01") {
  return R"({"mo_id":"WH/MO/)" + std::to_string(number)
         + R"(","state":"confirmed","quantity":1000,"equipment":{"code":")"
         + line
         + R"("},"components_consumption":[{"to_consume":1000,"uom":"kg",)"
           R"("equipment":{"code":"silo101"}}]})";
}

/// Orders [offset, offset + limit) of these.
std::string page(const std::vector<std::string>& orders, const json& params) {
  std::string data;
  const auto from = params["offset"].get<std::size_t>();
  const auto to
    = std::min(orders.size(), from + params["limit"].get<std::size_t>());
  for (auto i = from; i < to; ++i)
    data += (data.empty() ? "" : ",") + orders[i];
  return R"({"status":"success","data":[)" + data + "]}";
}

std::string names(const fetch_answer& answer) {
  std::string text;
  for (const auto& each : std::get<events::mo_fetched>(answer).orders)
    text += (text.empty() ? "" : " ") + each.mo_id.substr(6);
  return text;
}

events::mo_fetch wanted(int limit, std::vector<std::string> exclude = {}) {
  return {"PLC01", "f1", limit, std::move(exclude)};
}

fetch_answer fetch_one(odoo_calls& odoo, const events::mo_fetch& wanted) {
  auto answers = fetch_orders(odoo, {wanted});
  REQUIRE(answers.size() == 1);
  return answers[0];
}

} // namespace

TEST_SUITE("odoo_client") {
  TEST_CASE_FIXTURE(odoo_bench, "it signs in once; the cookie counts") {
    odoo.on("mo-list-detailed", no_orders);
    CHECK(client.list_orders(50, 0));
    CHECK(client.list_orders(50, 50));
    const auto calls = odoo.calls();
    REQUIRE(calls.size() == 3);
    CHECK(calls[0].path == "/api/scada/authenticate");
    CHECK(calls[0].params
          == json{{"db", "mill"}, {"login", "scada"}, {"password", "geheim"}});
    CHECK(calls[0].cookie == "");
    CHECK(calls[1].path == "/api/scada/mo-list-detailed");
    CHECK(calls[1].cookie == "session_id=s1");
    CHECK(calls[1].params
          == json::parse(R"({"limit":50,"offset":0,"states":["confirmed"]})"));
    CHECK(calls[2].cookie == "session_id=s1");
  }

  TEST_CASE_FIXTURE(odoo_bench, "an expired session is renewed and the call "
                                "repeated once") {
    odoo.on("mo-list-detailed", {expired, no_orders});
    CHECK(client.list_orders(50, 0));
    CHECK(odoo.routes()
          == "authenticate mo-list-detailed authenticate mo-list-detailed");
    CHECK(odoo.calls().back().cookie == "session_id=s2");
  }

  TEST_CASE_FIXTURE(odoo_bench, "but not again and again") {
    odoo.on("mo-list-detailed", expired);
    const auto result = client.list_orders(50, 0);
    REQUIRE_FALSE(result);
    CHECK(result.why().error_class == odoo_error::authentication);
    CHECK(result.why().text == "Odoo Session Expired");
    CHECK(odoo.calls().size() == 4);
  }

  TEST_CASE_FIXTURE(odoo_bench, "without the add-on's sign-in Odoo's own is "
                                "used") {
    odoo.on("mo-list-detailed", no_orders);
    // Both routes end in "authenticate": the first call is the add-on's.
    for (const auto& missing :
         {R"({"error":{"code":404,"message":"404: Not Found"}})",
          "<h1>Not Found</h1>"}) {
      odoo.on("authenticate",
              {std::string(missing),
               R"({"jsonrpc":"2.0","id":null,"result":{"uid":2}})"});
      session fresh{{"mill", "scada", "geheim"}};
      odoo_client other{options(odoo.url(), 10s),
                        {fresh, guard, [] { return steady_time{}; },
                         [](auto) {},
                         [] {
                           return 0.5;
                         }}};
      CHECK(other.list_orders(50, 0));
    }
    const auto calls = odoo.calls();
    REQUIRE(calls.size() == 6);
    CHECK(calls[0].path == "/api/scada/authenticate");
    CHECK(calls[1].path == "/web/session/authenticate");
    CHECK(calls[2].cookie == "session_id=s2");
  }

  TEST_CASE("a worker that meets an expired session takes the one that "
            "another worker has opened meanwhile") {
    session shared{{"mill", "scada", "geheim"}};
    int sign_ins = 0;
    const auto post = [&](const std::string&, const std::string&) {
      http::call_result answer;
      answer.outcome = http::call_outcome::answered;
      answer.status = 200;
      answer.body = R"({"status":"success","uid":2})";
      answer.set_cookies
        = {"session_id=s" + std::to_string(++sign_ins) + "; Path=/"};
      return answer;
    };
    CHECK(*shared.cookie(post) == "s1");
    CHECK(*shared.cookie(post, "s1") == "s2");
    CHECK(*shared.cookie(post, "s1") == "s2");
    CHECK(sign_ins == 2);
    shared.renewed("s2", {"lang=en", "session_id=s9; Path=/"});
    shared.renewed("s1", {"session_id=late"});
    shared.renewed("s9", {"session_id=; Max-Age=0"});
    CHECK(*shared.cookie(post) == "s9");
  }

  TEST_CASE_FIXTURE(odoo_bench, "wrong credentials are class authentication, "
                                "without the password") {
    for (const auto* said :
         {R"({"status":"error","message":"Access denied for geheim"})",
          R"({"jsonrpc":"2.0","result":{"status":"success","uid":false}})",
          R"({"error":{"code":200,"data":{"name":)"
          R"("odoo.exceptions.AccessDenied","message":"Access Denied"}}})"}) {
      odoo.on("authenticate", std::string(said));
      const auto result = client.list_orders(50, 0);
      REQUIRE_FALSE(result);
      CHECK(result.why().error_class == odoo_error::authentication);
      CHECK(result.why().text.starts_with(
        "Odoo refuses the sign-in of 'scada' in 'mill': "));
      CHECK(result.why().text.find("geheim") == std::string::npos);
      CHECK_FALSE(result.why().session_expired);
    }
  }

  TEST_CASE("Odoo not there: unreachable, after two quick repeats") {
    odoo_bench bench{"http://127.0.0.1:1"};
    const auto result = bench.client.list_orders(50, 0);
    REQUIRE_FALSE(result);
    CHECK(result.why().error_class == odoo_error::unreachable);
    CHECK_FALSE(result.why().ambiguous);
    CHECK(bench.pauses == std::vector<std::chrono::milliseconds>{150ms, 300ms});
  }

  TEST_CASE("an open breaker answers at once, a trial closes it") {
    odoo_bench bench{"http://127.0.0.1:1"};
    for (int i = 0; i < 5; ++i)
      CHECK_FALSE(bench.client.list_orders(50, 0));
    bench.pauses.clear();
    const auto result = bench.client.list_orders(50, 0);
    CHECK(bench.pauses.empty());
    CHECK(result.why().error_class == odoo_error::unreachable);
    CHECK(result.why().text.starts_with(
      "Odoo has not answered since 2026-11-22T08:00:00.000Z: cannot connect "));

    bench.odoo.on("mo-list-detailed", no_orders);
    odoo_client other{bench.options(bench.odoo.url(), 10s),
                      {bench.sign_in, bench.guard, [] { return steady_time{}; },
                       [](auto) {},
                       [] {
                         return 0.5;
                       }}};
    CHECK_FALSE(other.list_orders(50, 0));
    CHECK(bench.odoo.calls().empty());
    bench.now += 5s;
    CHECK(other.list_orders(50, 0));
    CHECK(bench.guard.current() == breaker::state::closed);
  }

  TEST_CASE_FIXTURE(odoo_bench, "5xx count against Odoo, its noes do not") {
    odoo.on("mo-detail", R"({"status":"error","message":"no"})");
    for (int i = 0; i < 10; ++i)
      CHECK_FALSE(client.detail("WH/MO/1", "PLC01"));
    CHECK(guard.current() == breaker::state::closed);
    odoo.status("mo-detail", 503);
    for (int i = 0; i < 5; ++i)
      CHECK_FALSE(client.detail("WH/MO/1", "PLC01"));
    CHECK(guard.current() == breaker::state::open);
  }

  TEST_CASE_FIXTURE(odoo_bench, "a path prefix and a slash at the end") {
    odoo.on("mo-detail", R"({"data":{"state":"done"}})");
    odoo_client behind{options(odoo.url() + "/erp/", 10s),
                       {sign_in, guard, [] { return steady_time{}; },
                        [](auto) {},
                        [] {
                          return 0.5;
                        }}};
    CHECK(behind.detail("WH/MO/1", "PLC01")->state == "done");
    CHECK(odoo.calls().back().path == "/erp/api/scada/mo-detail");
  }
}

TEST_SUITE("fetching") {
  TEST_CASE_FIXTURE(odoo_bench, "pages until so many of the line are found, in "
                                "Odoo's order") {
    std::vector<std::string> all;
    for (int i = 100; i < 220; ++i)
      all.push_back(order(i, i % 10 == 0 ? "plc01" : "PLC02"));
    odoo.on("mo-list-detailed",
            [&](const json& params) { return page(all, params); });
    CHECK(names(fetch_one(client, wanted(7, {"WH/MO/110"})))
          == "100 120 130 140 150 160 170");
    CHECK(odoo.routes() == "authenticate mo-list-detailed mo-list-detailed");
    CHECK(names(fetch_one(client, wanted(10)))
          == "100 110 120 130 140 150 160 170 180 190");
  }

  TEST_CASE_FIXTURE(odoo_bench, "many lines share one reading of the list") {
    std::vector<std::string> all;
    for (int i = 100; i < 170; ++i)
      all.push_back(order(i, "PLC0" + std::to_string(i % 4)));
    odoo.on("mo-list-detailed",
            [&](const json& params) { return page(all, params); });
    auto first = wanted(2);
    auto second = wanted(20, {"WH/MO/106"});
    auto third = wanted(5);
    second.line = "plc02";
    second.fetch_id = "f2";
    third.line = "PLC09";
    const auto answers = fetch_orders(client, {first, second, third});
    REQUIRE(answers.size() == 3);
    CHECK(names(answers[0]) == "101 105");
    CHECK(names(answers[1])
          == "102 110 114 118 122 126 130 134 138 142 146 150 154 158 162 166");
    CHECK(std::get<events::mo_fetched>(answers[1]).fetch_id == "f2");
    CHECK(names(answers[2]) == "");
    CHECK(odoo.routes() == "authenticate mo-list-detailed mo-list-detailed");
  }

  TEST_CASE_FIXTURE(odoo_bench, "many wrong orders leave room in the message "
                                "for the right one") {
    std::vector<std::string> all;
    for (int i = 1'000; i < 3'000; ++i)
      all.push_back(R"({"mo_id":"WH/MO/)" + std::to_string(i)
                    + R"(","equipment":{"code":"PLC01"},"quantity":")"
                    + std::string(500, 'x') + R"("})");
    all.push_back(order(3'000));
    odoo.on("mo-list-detailed",
            [&](const json& params) { return page(all, params); });
    const auto answer = fetch_one(client, wanted(10));
    CHECK(names(answer) == "3000");
    const auto& fetched = std::get<events::mo_fetched>(answer);
    CHECK(fetched.rejected.size() == 100);
    const auto text
      = events::encode(events::event<events::mo_fetched>{{}, fetched});
    CHECK(text.size() < events::max_message_bytes / 2);
  }

  TEST_CASE_FIXTURE(odoo_bench, "to the end of the list, and no further") {
    std::vector<std::string> all;
    for (int i = 100; i < 150; ++i)
      all.push_back(order(i, i < 103 ? "PLC01" : "PLC02"));
    odoo.on("mo-list-detailed",
            [&](const json& params) { return page(all, params); });
    CHECK(names(fetch_one(client, wanted(10))) == "100 101 102");
    CHECK(odoo.last_params("mo-list-detailed")["offset"] == 50);
    CHECK(odoo.calls().size() == 3);
  }

  TEST_CASE_FIXTURE(odoo_bench, "an Odoo with smaller pages that counts all") {
    std::vector<std::string> all;
    for (int i = 100; i < 125; ++i)
      all.push_back(order(i, i >= 120 ? "PLC01" : "PLC02"));
    odoo.on("mo-list-detailed", [&](json params) {
      params["limit"] = 10;
      auto text = page(all, params);
      return R"({"count":25,)" + text.substr(1);
    });
    CHECK(names(fetch_one(client, wanted(10))) == "120 121 122 123 124");
    CHECK(odoo.calls().size() == 4);
  }

  TEST_CASE_FIXTURE(odoo_bench, "an Odoo that ignores the offset") {
    std::vector<std::string> all;
    for (int i = 100; i < 150; ++i)
      all.push_back(order(i, i < 103 ? "PLC01" : "PLC02"));
    odoo.on("mo-list-detailed", [&](json params) {
      params["offset"] = 0;
      return page(all, params);
    });
    CHECK(names(fetch_one(client, wanted(10))) == "100 101 102");
    CHECK(odoo.calls().size() == 3);
  }

  TEST_CASE_FIXTURE(odoo_bench, "doubles are dropped, bad ones rejected") {
    auto bad = json::parse(order(101));
    bad["quantity"] = false;
    odoo.on("mo-list-detailed", R"({"data":[)" + order(100) + "," + bad.dump()
                                  + "," + order(100) + ",false," + order(102)
                                  + "]}");
    const auto answer = fetch_one(client, wanted(10));
    CHECK(names(answer) == "100 102");
    const auto& found = std::get<events::mo_fetched>(answer);
    REQUIRE(found.rejected.size() == 1);
    CHECK(found.rejected[0].mo_id == "WH/MO/101");
    CHECK(found.rejected[0].reason == "quantity: false is no amount above 0");
    CHECK(found.fetch_id == "f1");
  }

  TEST_CASE_FIXTURE(odoo_bench, "a page that fails fails the fetch") {
    odoo.on("mo-list-detailed", R"({"status":"error","message":"no\nway"})");
    const auto answer = fetch_one(client, wanted(10));
    const auto& failed = std::get<events::mo_fetch_failed>(answer);
    CHECK(failed.error_class == odoo_error::rejected);
    CHECK(failed.text == "no way");
    CHECK(failed.fetch_id == "f1");
  }
}
