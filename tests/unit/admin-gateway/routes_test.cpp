#include "services/admin-gateway/routes.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace millrace::admin;

namespace {

std::optional<action> found(std::string_view method, std::string_view path) {
  const auto to = route_for(method, path);
  const auto* at = std::get_if<route>(&to);
  return at ? std::optional{at->what} : std::nullopt;
}

std::string mo_id_of(std::string_view method, std::string_view path) {
  const auto to = route_for(method, path);
  const auto* at = std::get_if<route>(&to);
  return at ? at->name : "no route";
}

no_route refusal(std::string_view method, std::string_view path) {
  const auto to = route_for(method, path);
  const auto* none = std::get_if<no_route>(&to);
  return none ? *none : no_route{0, "found"};
}

} // namespace

TEST_SUITE("routes") {
  TEST_CASE("every path of the first cut has its action") {
    CHECK(found("GET", "/api/admin/batch-status") == action::batch_status);
    CHECK(found("GET", "/api/admin/monitor/real-time") == action::real_time);
    CHECK(found("GET", "/api/admin/history") == action::history);
    CHECK(found("GET", "/api/admin/failed-to-push") == action::failed_to_push);
    CHECK(found("GET", "/api/admin/scheduler/status")
          == action::scheduler_status);
    CHECK(found("POST", "/api/admin/scheduler/toggle")
          == action::scheduler_toggle);
    CHECK(found("POST", "/api/admin/trigger-sync") == action::trigger_sync);
    CHECK(found("POST", "/api/admin/manual/trigger-sync")
          == action::trigger_sync);
    CHECK(found("POST", "/api/admin/manual/trigger-plc-sync")
          == action::trigger_plc_sync);
    CHECK(found("POST", "/api/admin/manual/trigger-process-completed")
          == action::trigger_process_completed);
    CHECK(found("GET", "/api/health") == action::health);
  }

  TEST_CASE("operators' actions, with and without /api") {
    for (const std::string api : {"/api", ""}) {
      CHECK(found("POST", api + "/admin/clear-mo-batch")
            == action::clear_mo_batch);
      CHECK(found("POST", api + "/admin/reset-task1-start")
            == action::reset_task1_start);
      CHECK(mo_id_of("POST", api + "/admin/manual/reset-batch/WH/MO/1")
            == "WH/MO/1");
      CHECK(mo_id_of("POST", api + "/admin/manual/set-aside/WH%2FMO%2F1")
            == "WH/MO/1");
      CHECK(found("POST", api + "/admin/manual/accept-value/WH/MO/1")
            == action::accept_value);
      CHECK(found("POST", api + "/admin/manual/mark-solved/WH/MO/1")
            == action::mark_solved);
      CHECK(mo_id_of("POST", api + "/admin/manual/cancel-batch/4") == "4");
      CHECK(found("POST", api + "/admin/manual/cancel-batch/4")
            == action::cancel_batch);
    }
    CHECK(refusal("GET", "/api/admin/clear-mo-batch").status == 405);
    CHECK(refusal("POST", "/api/admin/manual/cancel-batch").status == 404);
  }

  TEST_CASE("older scripts leave /api out") {
    CHECK(found("GET", "/admin/batch-status") == action::batch_status);
    CHECK(found("POST", "/admin/manual/trigger-sync") == action::trigger_sync);
    CHECK(found("GET", "/health") == action::health);
    CHECK(mo_id_of("GET", "/admin/history/WH/MO/00001") == "WH/MO/00001");
  }

  TEST_CASE("newer paths have /api") {
    CHECK(found("GET", "/api/overview") == action::overview);
    CHECK(refusal("GET", "/overview").status == 404);
    CHECK(refusal("GET", "/users").status == 404);
  }

  TEST_CASE("a line in the middle of a path") {
    CHECK(found("GET", "/api/plc/PLC01/memory") == action::plc_memory);
    CHECK(mo_id_of("GET", "/api/plc/PLC%2001/memory") == "PLC 01");
    CHECK(refusal("GET", "/api/plc//memory").status == 404);
    CHECK(refusal("GET", "/api/plc/a/b/memory").status == 404);
  }

  TEST_CASE("one path, several methods") {
    CHECK(found("PUT", "/api/users/ann") == action::change_user);
    CHECK(found("DELETE", "/api/users/ann") == action::remove_user);
    CHECK(refusal("POST", "/api/users/ann").allow == "PUT, DELETE");
    CHECK(refusal("PUT", "/api/session").allow == "GET, POST, DELETE");
  }

  TEST_CASE("whoever changes something has logged in") {
    for (const auto& one : all_routes()) {
      CAPTURE(one.path);
      const bool is_login
        = one.what == action::log_in || one.what == action::set_up;
      CHECK((one.method == "GET" || is_login || may(one.needed, role::viewer)));
    }
  }

  TEST_CASE("a slash at the end is forgiven") {
    CHECK(found("GET", "/api/admin/batch-status/") == action::batch_status);
    CHECK(found("GET", "/api/admin/history/") == action::history);
  }

  TEST_CASE("an order name comes with slashes raw or encoded") {
    for (auto name : {"WH/MO/00001", "WH%2FMO%2F00001", "WH%2fMO/00001",
                      "WH%252FMO%252F00001", "%57H/MO/00001"}) {
      CAPTURE(name);
      const auto history = std::string("/api/admin/history/") + name;
      const auto retry
        = std::string("/api/admin/manual/retry-push-odoo/") + name;
      CHECK(found("GET", history) == action::history_of);
      CHECK(mo_id_of("GET", history) == "WH/MO/00001");
      CHECK(found("POST", retry) == action::retry_push);
      CHECK(mo_id_of("POST", retry) == "WH/MO/00001");
    }
  }

  TEST_CASE("an order's name does not turn the path into another one") {
    CHECK(found("GET", "/api/admin/history/../batch-status")
          == action::history_of);
    CHECK(mo_id_of("GET", "/api/admin/history/api/admin") == "api/admin");
  }

  TEST_CASE("an unknown path is 404") {
    for (auto path :
         {"/", "/api", "/api/", "/admin", "/api/admin/batch-statu",
          "/api/admin/batch-status/x", "/api/api/admin/batch-status",
          "/API/admin/batch-status", "/api/admin/manual/retry-push-odoo/",
          "/api/admin/manual/retry-push-odoo", "//api/admin/batch-status"}) {
      CAPTURE(path);
      CHECK(refusal("GET", path).status == 404);
      CHECK(refusal("POST", path).status == 404);
    }
  }

  TEST_CASE("a wrong method is 405 and says which is right") {
    CHECK(refusal("POST", "/api/admin/batch-status").status == 405);
    CHECK(refusal("POST", "/api/admin/batch-status").allow == "GET");
    CHECK(refusal("GET", "/admin/trigger-sync").status == 405);
    CHECK(refusal("GET", "/admin/trigger-sync").allow == "POST");
    CHECK(refusal("DELETE", "/api/admin/history/WH/MO/00001").allow == "GET");
    CHECK(refusal("get", "/api/admin/batch-status").status == 405);
  }
}
