#include "services/admin-gateway/gateway.hpp"
#include "services/admin-gateway/settings.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace millrace;
using namespace millrace::admin;
using nlohmann::json;

namespace {

using answer_t = result<events::command_result>;

/// The others, and what they were asked.
struct world {
  explicit world(std::vector<std::string> lines = {"PLC01"},
                 bool others_have_reported = true)
    : api(std::move(lines), others(), known, stream, runs, *entrance) {
    if (!others_have_reported)
      return;
    sees("batch-store", "online");
    sees("scheduler", "online");
  }

  asks others() {
    asks all;
    all.connected = [this] {
      return connected;
    };
    all.query = [this](events::store_query what, asks::answered answered) {
      queries.push_back(what);
      answered(store_says);
    };
    all.retry = [this](events::retry_push wish, asks::answered answered) {
      retried.push_back(std::move(wish));
      answered(store_says);
    };
    all.decide = [this](events::batch_decide wish, asks::answered answered) {
      decided.push_back(std::move(wish));
      answered(store_says);
    };
    all.clear = [this](events::queue_clear wish, asks::answered answered) {
      cleared.push_back(std::move(wish));
      answered(store_says);
    };
    all.acknowledge
      = [this](events::alert_acknowledge wish, asks::answered answered) {
          acknowledged.push_back(std::move(wish));
          answered(store_says);
        };
    all.trigger = [this](std::string line, events::task_kind task,
                         asks::answered answered) {
      triggered.emplace_back(line, task);
      open.push_back(std::move(answered));
    };
    all.toggle = [this](bool enabled, asks::answered answered) {
      toggled.push_back(enabled);
      answered(answer_t{{true, "off", {R"({"enabled":false})"}}});
    };
    all.inspect = [this](events::plc_inspect what, asks::answered answered) {
      inspected.push_back(std::move(what));
      answered(store_says);
    };
    return all;
  }

  void ask(const std::string& method, const std::string& path,
           std::map<std::string, std::string> query = {},
           const std::string& body = "") {
    responses = 0;
    http::request request;
    request.method = method;
    request.raw_path = path;
    request.path = path;
    request.query = std::move(query);
    request.body = body;
    request.headers = headers;
    api.handle(request, [this](http::response answer) {
      ++responses;
      response = std::move(answer);
    });
  }
  json body() const {
    return json::parse(response.sent_body());
  }
  void sees(const std::string& service, const std::string& status) {
    known.saw(events::service_state{service, status, "0.1.0",
                                    "2026-11-22T10:00:00.000Z", "1f2e3d4c"});
  }

  std::map<std::string, std::string> headers;
  bool connected = true;
  answer_t store_says{{true, "ok", {R"({"total_batches":10})"}}};
  std::vector<events::store_query> queries;
  std::vector<events::retry_push> retried;
  std::vector<events::batch_decide> decided;
  std::vector<events::queue_clear> cleared;
  std::vector<events::alert_acknowledge> acknowledged;
  std::vector<std::pair<std::string, events::task_kind>> triggered;
  std::vector<asks::answered> open;
  std::vector<bool> toggled;
  std::vector<events::plc_inspect> inspected;
  picture known;
  event_stream stream;
  task_log runs;
  std::unique_ptr<access::door> entrance = access::door::open();
  gateway api;
  http::response response;
  int responses = 0;
};

} // namespace

TEST_SUITE("admin gateway") {
  TEST_CASE("a question's data goes out as batch-store gave it") {
    world w;
    w.ask("GET", "/api/admin/batch-status");
    CHECK(w.response.status == 200);
    CHECK(w.body()["data"]["total_batches"] == 10);
    CHECK(w.body()["status"] == "success");
    CHECK(w.queries.at(0).view == events::store_view::batch_status);
    w.ask("GET", "/admin/monitor/real-time");
    CHECK(w.queries.at(1).view == events::store_view::real_time);
    w.ask("GET", "/admin/failed-to-push");
    CHECK(w.queries.at(2).view == events::store_view::failed_to_push);
    w.ask("GET", "/api/admin/history", {{"limit", "5"}});
    CHECK(w.queries.at(3).view == events::store_view::history);
    CHECK(w.queries.at(3).limit == 5);
    w.ask("GET", "/api/admin/history/WH%2FMO/00001");
    CHECK(w.queries.at(4).view == events::store_view::history_of);
    CHECK(w.queries.at(4).mo_id == "WH/MO/00001");
  }

  TEST_CASE("the page's files can be read and nothing else") {
    world w;
    CHECK(methods_at("/") == "GET");
    CHECK(methods_at("/icon.svg") == "GET");
    CHECK(methods_at("/api/session") == "GET, POST, DELETE");
    CHECK(methods_at("/none") == "");
    w.ask("POST", "/icon.svg");
    CHECK(w.response.status == 405);
    CHECK(w.response.headers.at("allow") == "GET");
    w.ask("GET", "/icon.svg");
    CHECK(w.response.status == 200);
  }

  TEST_CASE(
    "the API's page finds its stylesheet, with a slash behind it, too") {
    world w;
    for (const auto& page :
         std::map<std::string, std::string>{{"/docs", "docs.css"},
                                            {"/docs/", "../docs.css"},
                                            {"/api/docs", "docs.css"},
                                            {"/api/docs/", "../docs.css"}}) {
      CAPTURE(page.first);
      w.ask("GET", page.first);
      CHECK(w.response.status == 200);
      CHECK(w.response.sent_body().find("href=\"" + page.second + "\"")
            != std::string::npos);
    }
  }

  TEST_CASE("an operator's decision goes out with who and why") {
    using events::decision;
    world w;
    w.headers["x-user"] = "ann";
    w.ask("POST", "/api/admin/manual/cancel-batch/4",
          {{"notes", "silo empty"}, {"line", "PLC01"}});
    CHECK(w.response.status == 200);
    REQUIRE(w.decided.size() == 1);
    CHECK(w.decided[0].action == decision::cancel);
    CHECK(w.decided[0].batch_no == 4);
    CHECK_FALSE(w.decided[0].mo_id);
    CHECK(w.decided[0].line == "PLC01");
    CHECK(w.decided[0].user == "ann");
    CHECK(w.decided[0].notes == "silo empty");
    w.headers.clear();
    const std::pair<const char*, decision> all[]
      = {{"reset-batch", decision::reset},
         {"set-aside", decision::set_aside},
         {"accept-value", decision::accept},
         {"mark-solved", decision::mark_solved}};
    for (const auto& [path, action] : all) {
      w.ask("POST", "/admin/manual/" + std::string(path) + "/WH%2FMO/1");
      CHECK(w.decided.back().action == action);
      CHECK(w.decided.back().mo_id == "WH/MO/1");
      CHECK(w.decided.back().user == "unknown");
    }
    w.ask("POST", "/admin/manual/reset-batch/WH/MO/1",
          {{"push_to_plc", "true"}});
    CHECK(w.decided.back().action == decision::reset_and_write);
    w.store_says = events::command_result{false, "is held", {}};
    w.ask("POST", "/admin/manual/set-aside/WH/MO/1");
    CHECK(w.response.status == 409);
    w.store_says
      = events::command_result{false, "no such", {R"({"not_found":true})"}};
    w.ask("POST", "/admin/manual/set-aside/WH/MO/1");
    CHECK(w.response.status == 404);
  }

  TEST_CASE("an alert is acknowledged with who and a note") {
    world w;
    w.headers["x-user"] = "ann";
    w.ask("POST", "/api/alerts/0b5c-1/acknowledge", {{"notes", "on my way"}});
    CHECK(w.response.status == 200);
    REQUIRE(w.acknowledged.size() == 1);
    CHECK(w.acknowledged[0].alert_id == "0b5c-1");
    CHECK(w.acknowledged[0].user == "ann");
    CHECK(w.acknowledged[0].notes == "on my way");
    w.ask("POST", "/api/alerts/" + std::string(65, 'x') + "/acknowledge");
    CHECK(w.response.status == 400);
    CHECK(w.acknowledged.size() == 1);
  }

  TEST_CASE("a decision with a wrong parameter asks nobody") {
    world w;
    const auto refused
      = [&](const std::string& path, std::map<std::string, std::string> query,
            const std::string& shown) {
          w.ask("POST", "/api/admin/" + path, std::move(query));
          CHECK(w.response.status == 400);
          const std::string message = w.body()["message"];
          CHECK_MESSAGE(message.find(shown) != std::string::npos, message);
        };
    refused("manual/cancel-batch/0", {}, "batch_no is \"0\"");
    refused("manual/cancel-batch/x", {}, "batch_no is \"x\"");
    refused("manual/reset-batch/A/1", {{"push_to_plc", "2"}},
            "push_to_plc is \"2\"");
    refused("manual/set-aside/A/1", {{"line", "PLC7"}}, "line is \"PLC7\"");
    refused("manual/set-aside/A/1", {{"notes", std::string("a\0b", 3)}},
            "notes is");
    refused("clear-mo-batch", {{"line", "PLC7"}}, "allowed: PLC01");
    w.headers["x-user"] = std::string(65, 'u');
    refused("reset-task1-start", {}, "X-User is");
    CHECK(w.decided.empty());
    CHECK(w.cleared.empty());
  }

  TEST_CASE("clearing asks each line and adds up") {
    world w{{"PLC01", "PLC02"}};
    w.store_says
      = events::command_result{true, "cleared", {R"({"deleted_count":3})"}};
    w.ask("POST", "/api/admin/clear-mo-batch");
    CHECK(w.response.status == 200);
    CHECK(w.body()["data"]["deleted_count"] == 6);
    CHECK(w.cleared.size() == 2);
    CHECK_FALSE(w.cleared[0].withdraw);
    // Without plc-gateway nothing is begun.
    w.ask("POST", "/api/admin/reset-task1-start", {{"line", "PLC02"}});
    CHECK(w.response.status == 503);
    w.sees("plc-gateway", "online");
    w.ask("POST", "/api/admin/reset-task1-start", {{"line", "PLC02"}});
    CHECK(w.response.status == 200);
    CHECK(w.cleared.size() == 3);
    CHECK(w.cleared[2].withdraw);
    CHECK(w.cleared[2].line == "PLC02");
    w.store_says = events::command_result{false, "PLC away", {}};
    w.ask("POST", "/api/admin/clear-mo-batch");
    CHECK(w.response.status == 409);
  }

  TEST_CASE("wrong parameters ask nobody") {
    world w;
    w.ask("GET", "/api/admin/history", {{"limit", "0"}});
    CHECK(w.response.status == 400);
    CHECK(w.body()["status"] == "error");
    w.ask("GET", "/api/admin/history/" + std::string(65, 'x'));
    CHECK(w.response.status == 400);
    w.ask("POST", "/api/admin/manual/retry-push-odoo/" + std::string(65, 'x'));
    CHECK(w.response.status == 400);
    w.ask("POST", "/api/admin/scheduler/toggle", {}, "on");
    CHECK(w.response.status == 400);
    CHECK(w.queries.empty());
    CHECK(w.retried.empty());
    CHECK(w.toggled.empty());
  }

  TEST_CASE("an order that is not in the archive is 404 and named") {
    world w;
    w.store_says = events::command_result{false, "no history of X/1", {}};
    w.ask("GET", "/api/admin/history/X/1");
    CHECK(w.response.status == 404);
    CHECK(w.body()["message"] == "no history of X/1");
  }

  TEST_CASE("a retry answers with the outcome") {
    world w;
    w.headers["x-user"] = "eve";
    w.ask("POST", "/api/admin/manual/retry-push-odoo/WH/MO/00001",
          {{"notes", "Odoo is back"}});
    CHECK(w.response.status == 200);
    REQUIRE(w.retried.size() == 1);
    CHECK(w.retried[0].mo_id == "WH/MO/00001");
    CHECK(w.retried[0].notes == "Odoo is back");
    CHECK(w.retried[0].user == "eve");
    w.store_says = events::command_result{false, "Odoo refused: no stock", {}};
    w.ask("POST", "/api/admin/manual/retry-push-odoo/WH/MO/00001");
    CHECK(w.response.status == 409);
    CHECK(w.body()["message"] == "Odoo refused: no stock");
  }

  TEST_CASE("silence is 503 and says who is missing") {
    world w{{"PLC01"}, false};
    w.store_says = error{"no answer within 5s"};
    w.ask("GET", "/api/admin/batch-status");
    CHECK(w.response.status == 503);
    CHECK(w.response.headers.contains("retry-after"));
    CHECK(w.body()["message"] == "batch-store has not been seen yet");
    CHECK(w.queries.empty());
    w.sees("batch-store", "online");
    w.ask("GET", "/api/admin/batch-status");
    CHECK(w.body()["message"] == "batch-store did not answer");
    CHECK(w.queries.size() == 1);
  }

  TEST_CASE("one that is known to be offline is not waited for") {
    world w;
    w.sees("batch-store", "offline");
    w.ask("GET", "/api/admin/batch-status");
    CHECK(w.response.status == 503);
    CHECK(w.body()["message"] == "batch-store is offline");
    w.ask("POST", "/api/admin/trigger-sync");
    CHECK(w.response.status == 503);
    CHECK(w.responses == 1);
    CHECK(w.body()["message"] == "batch-store is offline");
    w.connected = false;
    w.ask("POST", "/api/admin/trigger-sync");
    CHECK(w.response.status == 503);
    CHECK(w.body()["message"] == "the broker is not connected");
    CHECK(w.queries.empty());
    CHECK(w.triggered.empty());
  }

  TEST_CASE("each trigger runs its task on every line and waits for all") {
    world w{{"PLC01", "PLC02"}};
    w.ask("POST", "/api/admin/manual/trigger-process-completed");
    REQUIRE(w.triggered.size() == 2);
    CHECK(
      w.triggered[1]
      == std::pair{std::string("PLC02"), events::task_kind::process_completed});
    w.open[1](answer_t{{true, "nothing to do", {R"({"outcome":"skipped"})"}}});
    CHECK(w.responses == 0);
    w.open[0](
      answer_t{{true, "2 booked", {R"({"outcome":"done","tick_id":"t1"})"}}});
    CHECK(w.responses == 1);
    CHECK(w.response.status == 200);
    CHECK(w.body()["message"] == "PLC01: 2 booked; PLC02: nothing to do");
    const auto runs = w.body()["data"]["runs"];
    CHECK(runs[0]["outcome"] == "done");
    CHECK(runs[0]["tick_id"] == "t1");
    CHECK(runs[1]["line"] == "PLC02");
    CHECK(runs[1]["tick_id"].is_null());
  }

  TEST_CASE("triggers start the task of their name") {
    world w;
    w.ask("POST", "/api/admin/trigger-sync");
    w.ask("POST", "/admin/manual/trigger-sync");
    w.ask("POST", "/api/admin/manual/trigger-plc-sync");
    REQUIRE(w.triggered.size() == 3);
    CHECK(w.triggered[0].second == events::task_kind::sync_mo);
    CHECK(w.triggered[1].second == events::task_kind::sync_mo);
    CHECK(w.triggered[2].second == events::task_kind::plc_read);
  }

  TEST_CASE("a run that failed is 502, a scheduler that is silent 503") {
    world w{{"PLC01", "PLC02"}};
    w.ask("POST", "/api/admin/trigger-sync");
    w.open[0](answer_t{{false, "Odoo is away", {R"({"outcome":"failed"})"}}});
    w.open[1](answer_t{{true, "ok", {"{}"}}});
    CHECK(w.response.status == 502);
    CHECK(w.body()["data"]["runs"][0]["ok"] == false);
    w.ask("POST", "/api/admin/trigger-sync");
    w.open[2](answer_t{{false, "Odoo is away", {"not even JSON"}}});
    w.open[3](error{"no answer within 130s"});
    CHECK(w.response.status == 503);
    CHECK(w.body()["message"]
          == "PLC01: Odoo is away; PLC02: no answer within 130s");
  }

  TEST_CASE("the toggle reaches the scheduler") {
    world w;
    w.ask("POST", "/api/admin/scheduler/toggle", {}, R"({"enabled":false})");
    CHECK(w.response.status == 200);
    CHECK(w.toggled == std::vector{false});
    CHECK(w.body()["data"]["enabled"] == false);
  }

  TEST_CASE("the scheduler's status comes from its retained state") {
    world w;
    w.ask("GET", "/api/admin/scheduler/status");
    CHECK(w.response.status == 503);
    events::scheduler_state state;
    state.enabled = false;
    state.tasks.resize(1);
    state.tasks[0].line = "PLC01";
    state.tasks[0].task = events::task_kind::plc_read;
    state.tasks[0].interval_ms = 300'000;
    state.tasks[0].last_run = "2026-11-22T10:00:00.000Z";
    state.tasks[0].last_outcome = events::task_outcome::skipped;
    w.known.saw(state);
    w.sees("scheduler", "online");
    w.ask("GET", "/api/admin/scheduler/status");
    CHECK(w.response.status == 200);
    const auto data = w.body()["data"];
    CHECK(data["enabled"] == false);
    const auto& task = data["tasks"][0];
    CHECK(task["task"] == "plc_read");
    CHECK(task["number"] == 2);
    CHECK(task["interval"] == "5m");
    CHECK(task["last_run"] == "2026-11-22T10:00:00.000Z");
    CHECK(task["next_run"].is_null());
    CHECK(task["last_outcome"] == "skipped");
  }

  TEST_CASE("health is 200 with broker and batch-store, and tells the rest") {
    world w{{"PLC01"}, false};
    w.sees("batch-store", "online");
    w.ask("GET", "/health");
    CHECK(w.response.status == 200);
    CHECK(w.body()["message"]
          == "missing: scheduler, odoo-gateway, plc-gateway");
    for (auto service : {"scheduler", "odoo-gateway", "plc-gateway"})
      w.sees(service, "online");
    w.ask("GET", "/api/health");
    CHECK(w.body()["message"] == "all parts are there");
    CHECK(w.body()["data"]["missing"].empty());
    // Not every plant has one: it counts once it has been seen.
    CHECK_FALSE(w.body()["data"]["services"].contains("notifier"));
    w.sees("notifier", "offline");
    w.ask("GET", "/api/health");
    CHECK(w.body()["message"] == "missing: notifier");
    w.sees("notifier", "online");
    events::line_state line;
    line.line = "PLC01";
    line.last_error = "no answer";
    w.known.saw(line);
    w.ask("GET", "/api/health");
    CHECK(w.response.status == 200);
    CHECK(w.body()["message"] == "missing: PLC of PLC01");
    CHECK(w.body()["data"]["lines"]["PLC01"]["last_error"] == "no answer");
  }

  TEST_CASE("health is 503 without broker or batch-store") {
    world w{{"PLC01"}, false};
    w.ask("GET", "/api/health");
    CHECK(w.response.status == 503);
    CHECK(w.body()["data"]["services"]["batch-store"]["status"] == "unknown");
    w.sees("batch-store", "online");
    w.connected = false;
    w.ask("GET", "/api/health");
    CHECK(w.response.status == 503);
    CHECK(w.body()["data"]["missing"][0] == "broker");
  }

  TEST_CASE("the overview counts batches by line and state") {
    world w{{"PLC01", "PLC02"}};
    w.store_says = events::command_result{
      true,
      "ok",
      {R"({"batches":[)"
       R"({"equipment":"PLC01","state":"running","hold_reason":null},)"
       R"({"equipment":"PLC01","state":"running","hold_reason":null},)"
       R"({"equipment":"PLC01","state":"running","hold_reason":"odd"},)"
       R"({"equipment":"PLC02","state":"staged","hold_reason":null}],)"
       R"("alerts":[{"kind":"batch_held"}],"stuck_total":3})"}};
    w.ask("GET", "/api/overview");
    CHECK(w.response.status == 200);
    const auto data = w.body()["data"];
    REQUIRE(data["lines"].size() == 2);
    CHECK(data["lines"][0]["line"] == "PLC01");
    CHECK(data["lines"][0]["total"] == 3);
    CHECK(data["lines"][0]["counts"] == json{{"running", 2}, {"held", 1}});
    CHECK(data["lines"][0]["reachable"].is_null());
    CHECK(data["lines"][1]["counts"] == json{{"staged", 1}});
    CHECK(data["alerts"].size() == 1);
    CHECK(data["stuck_total"] == 3);
    CHECK(data["parts"]["broker"] == true);
    CHECK(w.queries.at(0).view == events::store_view::batch_status);
    CHECK(w.queries.at(1).view == events::store_view::alerts);
  }

  TEST_CASE("without batch-store the overview is 503 and shows the rest") {
    world w{{"PLC01"}, false};
    w.ask("GET", "/api/overview");
    CHECK(w.response.status == 503);
    CHECK(w.response.headers.contains("retry-after"));
    CHECK(w.body()["message"] == "batch-store has not been seen yet");
    CHECK(w.body()["data"]["lines"][0]["line"] == "PLC01");
    CHECK(w.body()["data"]["alerts"].is_null());
  }

  TEST_CASE("a page tells where the next one is") {
    world w;
    w.store_says
      = events::command_result{true, "ok", {R"({"total":25,"histories":[]})"}};
    w.ask("GET", "/api/admin/history",
          {{"limit", "10"}, {"offset", "10"}, {"search", "a b"}});
    CHECK(w.response.headers.at("link")
          == "</api/admin/history?limit=10&search=a%20b&offset=20>; "
             "rel=\"next\", "
             "</api/admin/history?limit=10&search=a%20b&offset=0>; "
             "rel=\"prev\"");
    w.ask("GET", "/api/admin/history", {{"offset", "20"}});
    CHECK(w.response.headers.at("link")
          == "</api/admin/history?offset=0>; rel=\"prev\"");
  }

  TEST_CASE("the PLC's memory is asked for by line and area") {
    world w;
    w.sees("plc-gateway", "online");
    w.ask("GET", "/api/plc/PLC01/memory", {{"area", "write"}});
    CHECK(w.response.status == 200);
    REQUIRE(w.inspected.size() == 1);
    CHECK(w.inspected[0].line == "PLC01");
    CHECK(w.inspected[0].area == events::plc_area::write);
    w.ask("GET", "/api/plc/PLC07/memory");
    CHECK(w.response.status == 404);
    w.ask("GET", "/api/plc/PLC01/memory", {{"area", "D7000"}});
    CHECK(w.response.status == 400);
  }

  TEST_CASE("the log of tasks shows the newest runs first, each once") {
    world w;
    for (const std::string tick : {"a", "b", "b"})
      w.runs.saw({"PLC01", events::task_kind::plc_read, tick,
                  events::task_outcome::done, "run " + tick},
                 "2026-11-22T10:00:00.000Z");
    w.ask("GET", "/api/tasks/log", {{"limit", "5"}});
    const auto data = w.body()["data"];
    REQUIRE(data["runs"].size() == 2);
    CHECK(data["runs"][0]["text"] == "run b");
    CHECK(data["runs"][0]["number"] == 2);
    CHECK(data["runs"][0]["at"] == "2026-11-22T10:00:00.000Z");
  }

  TEST_CASE("unknown paths and wrong methods keep the envelope") {
    world w;
    w.ask("GET", "/nothing");
    CHECK(w.response.status == 404);
    CHECK(w.body()["status"] == "error");
    w.ask("GET", "/api/admin/trigger-sync");
    CHECK(w.response.status == 405);
    CHECK(w.response.headers.at("allow") == "POST");
    CHECK(w.body()["status"] == "error");
  }

  TEST_CASE("loopback is told from the network") {
    CHECK(is_loopback("127.0.0.1"));
    CHECK(is_loopback("127.1.2.3"));
    CHECK(is_loopback("::1"));
    CHECK_FALSE(is_loopback("0.0.0.0"));
    CHECK_FALSE(is_loopback("::"));
    CHECK_FALSE(is_loopback("192.168.1.27"));
  }
}

TEST_SUITE("admin gateway, asked often") {
  TEST_CASE("a watched view is asked once for all who ask at the same time") {
    for (const auto* path :
         {"/api/admin/batch-status", "/api/admin/monitor/real-time",
          "/api/admin/failed-to-push"}) {
      world w;
      w.ask("GET", path);
      w.api.something_changed();
      w.ask("GET", path);
      CHECK(w.queries.size() == 2);
    }
  }

  TEST_CASE("after an operator's POST everybody sees what it did") {
    world w;
    w.ask("GET", "/api/admin/batch-status");
    w.store_says = answer_t{{true, "ok", {R"({"total_batches":9})"}}};
    w.ask("POST", "/api/admin/manual/retry-push-odoo/WH/MO/1");
    w.ask("GET", "/api/admin/batch-status");
    CHECK(w.body()["data"]["total_batches"] == 9);
  }

  TEST_CASE("who listens hears that an action runs and how it ended") {
    world w;
    std::string heard;
    w.stream.listen("", [&](const std::string& piece) {
      heard += piece;
      return true;
    });
    w.headers = {{"x-request-id", "mine-1"}, {"x-user", "sari"}};
    w.ask("POST", "/api/admin/trigger-sync");
    CHECK(w.responses == 0);
    CHECK(heard.find("event: millrace.action.started.v1") != heard.npos);
    CHECK(heard.find("action.ended") == heard.npos);
    heard.clear();
    w.open.at(0)(answer_t{{true, "staged already", {}}});
    CHECK(w.responses == 1);
    const auto data = heard.substr(heard.find("data: ") + 6);
    const auto event = json::parse(data.substr(0, data.find('\n')));
    CHECK(event.at("type") == "millrace.action.ended.v1");
    CHECK(event.at("correlationid") == "mine-1");
    CHECK(event.at("data")
          == json{{"request_id", "mine-1"},
                  {"action", "trigger_sync"},
                  {"user", "sari"},
                  {"about", ""},
                  {"status", 200},
                  {"message", "PLC01: staged already"}});
    heard.clear();
    w.ask("GET", "/api/alerts");
    CHECK(heard.empty());
  }

  TEST_CASE("an Idempotency-Key makes a repeated decision one") {
    world w;
    w.headers["idempotency-key"] = "k";
    const auto decide = [&] {
      w.ask("POST", "/api/admin/manual/retry-push-odoo/WH/MO/1");
      CHECK(w.response.status == 200);
    };
    decide();
    decide();
    CHECK(w.retried.size() == 1);
    CHECK(w.response.headers.at("idempotency-replayed") == "true");
    w.headers["x-user"] = "bob";
    decide();
    CHECK(w.retried.size() == 2);
  }
}
