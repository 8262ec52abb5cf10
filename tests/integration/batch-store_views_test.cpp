// Do the five views have the shapes that people's scripts know (FACTS 6)?

#include "tests/integration/support/running_plant.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>

using namespace millrace;
using namespace millrace::test;
using events::store_query;
using events::store_view;
using events::task_kind;
using nlohmann::json;

namespace {

json view(store_plant& mill, store_view which) {
  return mill.ask({which, {}, {}, 50, 0});
}

/// n archived orders WH/MO/1.., one a minute, every third cancelled.
void archive_orders(store_plant& mill, int n) {
  for (int i = 1; i <= n; ++i) {
    char id[64];
    std::snprintf(id, sizeof id, "00000000-0000-4000-9000-%012d", i);
    char when[64];
    std::snprintf(when, sizeof when, "2026-11-21T09:%02d:00.000Z", i);
    store::archived_batch old;
    old.row.id = id;
    old.row.line = "PLC01";
    old.row.batch_no = 1;
    old.row.mo_id = "WH/MO/" + std::to_string(i);
    old.status = i % 3 == 0 ? "cancelled" : "completed";
    old.archived_at = when;
    mill.rows->archive(old);
  }
}

std::vector<std::string> mo_ids(const json& data) {
  std::vector<std::string> all;
  for (const auto& one : data.at("histories"))
    all.push_back(one.at("mo_id"));
  return all;
}

using names = std::vector<std::string>;

} // namespace

TEST_SUITE("views") {
  TEST_CASE("an empty plant") {
    store_plant mill{each_kind()};
    CHECK(view(mill, store_view::batch_status) == json::parse(R"({
      "total_batches": 0, "active_batches": 0, "completed_batches": 0,
      "is_empty": true, "batches": []})"));
    CHECK(view(mill, store_view::real_time) == json::parse(R"({
      "summary": {"total": 0, "in_progress": 0, "completed": 0},
      "in_progress": [], "completed": []})"));
    CHECK(view(mill, store_view::history) == json::parse(R"({
      "total": 0, "limit": 50, "offset": 0, "histories": []})"));
    CHECK(view(mill, store_view::failed_to_push)
          == json::parse(R"({"total": 0, "batches": []})"));
  }

  TEST_CASE("batch-status") {
    running_plant mill{each_kind()};
    mill.odoo_accepts(false);
    mill.plc_reports({finished(slot_of(2, "WH/MO/00012", more, "100.25"))});
    CHECK(view(mill, store_view::batch_status) == json::parse(R"({
      "total_batches": 2, "active_batches": 1, "completed_batches": 1,
      "is_empty": false, "batches": [
        {"batch_no": 1, "mo_id": "WH/MO/00011", "equipment": "PLC01",
         "consumption": 100.0, "status_manufacturing": false,
         "status_operation": false, "actual_finished_goods": 0.0,
         "last_read_from_plc": "2026-11-22T09:00:00.000Z",
         "state": "running", "finished_goods": "[10092] JF SAPOT",
         "planned": 100.0, "actual": 30.5, "update_odoo": true,
         "hold_reason": null},
        {"batch_no": 2, "mo_id": "WH/MO/00012", "equipment": "PLC01",
         "consumption": 100.0, "status_manufacturing": true,
         "status_operation": false, "actual_finished_goods": 100.25,
         "last_read_from_plc": "2026-11-22T09:00:00.000Z",
         "state": "completed", "finished_goods": "[10092] JF SAPOT",
         "planned": 100.0, "actual": 100.25, "update_odoo": false,
         "hold_reason": null}]})"));
  }

  TEST_CASE("monitor/real-time") {
    running_plant mill{each_kind()};
    mill.plc_reports({finished(slot_of(2, "WH/MO/00012", more, "100.25"))});
    CHECK(view(mill, store_view::real_time) == json::parse(R"({
      "summary": {"total": 2, "in_progress": 1, "completed": 1},
      "in_progress": [
        {"batch_no": 1, "mo_id": "WH/MO/00011", "equipment_id": "PLC01",
         "finished_goods": "[10092] JF SAPOT", "status_manufacturing": false,
         "status_operation": false, "actual_weight": 0.0,
         "last_read": "2026-11-22T09:00:00.000Z",
         "actual_consumptions": {"silo_a": 30.5}, "state": "running"}],
      "completed": [
        {"batch_no": 2, "mo_id": "WH/MO/00012", "equipment_id": "PLC01",
         "finished_goods": "[10092] JF SAPOT", "status_manufacturing": true,
         "status_operation": false, "actual_weight": 100.25,
         "last_read": "2026-11-22T09:00:00.000Z",
         "actual_consumptions": {"silo_a": 60.25, "lq_tetes": 40.0},
         "state": "completed"}]})"));
  }

  TEST_CASE("history of an order") {
    running_plant mill{each_kind()};
    mill.finish();
    mill.tick(task_kind::process_completed);
    mill.odoo_accepts(true);
    const auto expected = json::parse(R"({
      "id": "00000000-0000-4000-8000-000000000002",
      "batch_no": 1, "mo_id": "WH/MO/00011", "consumption": 100.0,
      "equipment_id_batch": "PLC01", "finished_goods": "[10092] JF SAPOT",
      "silo_a": 101, "component_silo_a_name": "maize",
      "consumption_silo_a": 60.0, "actual_consumption_silo_a": 60.25,
      "silo_b": 102, "component_silo_b_name": null,
      "consumption_silo_b": 0.0, "actual_consumption_silo_b": 0.0,
      "silo_c": 103, "component_silo_c_name": null,
      "consumption_silo_c": 0.0, "actual_consumption_silo_c": 0.0,
      "silo_d": 104, "component_silo_d_name": null,
      "consumption_silo_d": 0.0, "actual_consumption_silo_d": 0.0,
      "silo_e": 105, "component_silo_e_name": null,
      "consumption_silo_e": 0.0, "actual_consumption_silo_e": 0.0,
      "silo_f": 106, "component_silo_f_name": null,
      "consumption_silo_f": 0.0, "actual_consumption_silo_f": 0.0,
      "silo_g": 107, "component_silo_g_name": null,
      "consumption_silo_g": 0.0, "actual_consumption_silo_g": 0.0,
      "silo_h": 108, "component_silo_h_name": null,
      "consumption_silo_h": 0.0, "actual_consumption_silo_h": 0.0,
      "silo_i": 109, "component_silo_i_name": null,
      "consumption_silo_i": 0.0, "actual_consumption_silo_i": 0.0,
      "silo_j": 110, "component_silo_j_name": null,
      "consumption_silo_j": 0.0, "actual_consumption_silo_j": 0.0,
      "silo_k": 111, "component_silo_k_name": null,
      "consumption_silo_k": 0.0, "actual_consumption_silo_k": 0.0,
      "silo_l": 112, "component_silo_l_name": null,
      "consumption_silo_l": 0.0, "actual_consumption_silo_l": 0.0,
      "silo_m": 113, "component_silo_m_name": null,
      "consumption_silo_m": 0.0, "actual_consumption_silo_m": 0.0,
      "lq114": 114, "component_lq_tetes_name": "molasses",
      "consumption_lq_tetes": 40.0, "actual_consumption_lq_tetes": 40.0,
      "lq115": 115, "component_lq_fml_name": null,
      "consumption_lq_fml": 0.0, "actual_consumption_lq_fml": 0.0,
      "status_manufacturing": true, "status_operation": false,
      "actual_weight_quantity_finished_goods": 100.25,
      "last_read_from_plc": "2026-11-22T09:00:00.000Z",
      "status": "completed", "notes": null,
      "finished_at": "2026-11-22T09:00:00.000Z",
      "archived_at": "2026-11-22T09:00:00.000Z"})");
    auto with_audit = expected;
    with_audit["audit"] = json::array();
    CHECK(mill.ask({store_view::history_of, mo, {}, 50, 0}) == with_audit);
    CHECK(view(mill, store_view::history).at("histories")
          == json::array({expected}));
  }

  TEST_CASE("an order that is not in the history is named") {
    running_plant mill{each_kind()};
    mill.store->on_query({store_view::history_of, mo, {}, 50, 0}, {"here", ""});
    CHECK_FALSE(mill.replies.back().second.ok);
    CHECK(mill.replies.back().second.message
          == "WH/MO/00011 is not in the history");
  }

  TEST_CASE("history is paged, newest first, with the total of all") {
    store_plant mill{each_kind()};
    archive_orders(mill, 7);
    const auto first = mill.ask({store_view::history, {}, {}, 3, 0});
    CHECK(first.at("total") == 7);
    CHECK(first.at("limit") == 3);
    CHECK(first.at("offset") == 0);
    CHECK(mo_ids(first) == names{"WH/MO/7", "WH/MO/6", "WH/MO/5"});
    const auto last = mill.ask({store_view::history, {}, {}, 3, 6});
    CHECK(last.at("total") == 7);
    CHECK(mo_ids(last) == names{"WH/MO/1"});
    const auto beyond = mill.ask({store_view::history, {}, {}, 3, 7});
    CHECK(beyond.at("total") == 7);
    CHECK(mo_ids(beyond).empty());
  }

  TEST_CASE("history by status and by order") {
    store_plant mill{each_kind()};
    archive_orders(mill, 7);
    const auto cancelled
      = mill.ask({store_view::history, {}, "cancelled", 1, 1});
    CHECK(cancelled.at("total") == 2);
    CHECK(mo_ids(cancelled) == names{"WH/MO/3"});
    const auto one = mill.ask({store_view::history, "WH/MO/4", {}, 50, 0});
    CHECK(one.at("total") == 1);
    CHECK(mo_ids(one) == names{"WH/MO/4"});
    CHECK(
      mill.ask({store_view::history, "WH/MO/4", "cancelled", 50, 0}).at("total")
      == 0);
    CHECK(mill.ask({store_view::history, "x' or '1'='1", {}, 50, 0}).at("total")
          == 0);
  }

  TEST_CASE("pages neither repeat nor leave out what was archived at "
            "the same time") {
    store_plant mill{each_kind()};
    archive_orders(mill, 40);
    mill.data.sql().execute(
      "update mo_histories set archived_at = '2026-11-21 09:00:00+00'");
    std::vector<std::string> all;
    for (int offset = 0; offset < 40; offset += 8)
      for (const auto& mo_id :
           mo_ids(mill.ask({store_view::history, {}, {}, 8, offset})))
        all.push_back(mo_id);
    std::sort(all.begin(), all.end());
    CHECK(std::unique(all.begin(), all.end()) == all.end());
    CHECK(all.size() == 40);
  }

  TEST_CASE("failed-to-push tells why, how often and when again") {
    running_plant mill{each_kind()};
    mill.finish();
    mill.tick(task_kind::process_completed);
    mill.odoo_refuses(events::odoo_error::rejected, "Odoo said \"no\"");
    CHECK(view(mill, store_view::failed_to_push) == json::parse(R"({
      "total": 1, "batches": [
        {"batch_no": 1, "batch_id": "00000000-0000-4000-8000-000000000002",
         "mo_id": "WH/MO/00011", "equipment": "PLC01",
         "state": "completed", "hold_kind": null, "reason": "rejected: Odoo said \"no\"",
         "advice": "Odoo refuses it: correct the order in Odoo. It is tried again by itself, or at once with POST /api/admin/manual/retry-push-odoo/WH/MO/00011. If it cannot be corrected: POST /api/admin/manual/set-aside/WH/MO/00011.", "error_class": "rejected", "attempts": 1,
         "last_try": "2026-11-22T09:00:00.000Z",
         "next_try": "2026-11-22T09:00:00.500Z",
         "finished_at": "2026-11-22T09:00:00.000Z",
         "actual_finished_goods": 100.25,
         "actual_consumptions": {"silo_a": 60.25, "lq_tetes": 40.0},
         "actions": ["retry", "reset", "reset_and_write", "set_aside",
                     "cancel"]}]})"));
  }

  TEST_CASE("failed-to-push shows held batches and what to do") {
    running_plant mill{each_kind()};
    mill.plc_reports({finished(slot_of(1, mo, {}, "100"))});
    const auto held = view(mill, store_view::failed_to_push).at("batches");
    REQUIRE(held.size() == 1);
    CHECK(held[0].at("reason")
          == "the PLC reports the batch finished and nothing consumed");
    CHECK(held[0].at("advice")
          == "Check in the PLC what was dosed, book the order in Odoo by hand, "
             "then POST /api/admin/manual/set-aside/WH/MO/00011.");
    CHECK(held[0].at("attempts") == 0);
    CHECK(held[0].at("error_class").is_null());
    CHECK(held[0].at("hold_kind") == "nothing_consumed");
    CHECK(held[0].at("actions")
          == json::array({"reset", "reset_and_write", "set_aside", "cancel"}));
  }
}
