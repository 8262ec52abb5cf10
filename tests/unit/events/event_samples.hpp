#pragma once

#include "tests/unit/events/samples.hpp"

namespace millrace::events::samples {

template <>
inline sample<mo_fetched> sample_of() {
  return {
    {"PLC02",
     "fetch-3",
     {{"WH/MO/00011",
       "[10092] JF SAPOT 1B",
       "BOM-9",
       kg("1000"),
       "2026-11-22 03:00:00",
       {{"silo_c", "Jagung", kg("300.001")}},
       kg("12.5")}},
     {{"WH/MO/00012", "quantity: expected above 0, got 0"}}},
    R"({"fetch_id":"fetch-3","line":"PLC02","orders":[{"bom_code":"BOM-9",)"
    R"("components":[{"product_name":"Jagung","tag":"silo_c",)"
    R"("to_consume_kg":300.001}],"mo_id":"WH/MO/00011",)"
    R"("other_components_kg":12.5,"product_name":"[10092] JF SAPOT 1B",)"
    R"("quantity_kg":1000.0,"schedule_start":"2026-11-22 03:00:00"}],)"
    R"("rejected":[{"mo_id":"WH/MO/00012",)"
    R"("reason":"quantity: expected above 0, got 0"}]})"};
}

template <>
inline sample<mo_fetch_failed> sample_of() {
  return {{"PLC02", "fetch-3", odoo_error::authentication, "wrong password"},
          R"({"error_class":"authentication","fetch_id":"fetch-3",)"
          R"("line":"PLC02","text":"wrong password"})"};
}

template <>
inline sample<batch_staged> sample_of() {
  return {
    {"PLC02", "b-1", 3, "WH/MO/00011", "JF SAPOT", kg("1000"), all_points()},
    R"({"batch_id":"b-1","batch_no":3,"consumption_kg":)" + all_points_json
      + R"(,"finished_goods":"JF SAPOT","line":"PLC02",)"
        R"("mo_id":"WH/MO/00011","quantity_kg":1000.0})"};
}

template <>
inline sample<plc_written> sample_of() {
  return {{"PLC02", 12, {{1, "WH/MO/00011"}, {2, "WH/MO/00012"}}, true, 14},
          R"({"already_there":true,"batches":[{"mo_id":"WH/MO/00011",)"
          R"("slot":1},{"mo_id":"WH/MO/00012","slot":2}],"frames":14,)"
          R"("line":"PLC02","stage":12})"};
}

template <>
inline sample<plc_write_deferred> sample_of() {
  return {{"PLC02", 12, "D7076 is 0"},
          R"({"line":"PLC02","reason":"D7076 is 0","stage":12})"};
}

template <>
inline sample<plc_write_failed> sample_of() {
  return {{"PLC02", 12, "quantity does not fit", true, {"WH/MO/00011"}},
          R"({"in_doubt":["WH/MO/00011"],"line":"PLC02","needs_person":true,)"
          R"("reason":"quantity does not fit","stage":12})"};
}

template <>
inline sample<plc_looked> sample_of() {
  return {{"PLC02", 12, true, {{1, "WH/MO/00011"}}, {"WH/MO/00012"}},
          R"({"batches":[{"mo_id":"WH/MO/00011","slot":1}],"line":"PLC02",)"
          R"("missing":["WH/MO/00012"],"stage":12,"there":true})"};
}

template <>
inline sample<plc_read> sample_of() {
  return {
    {"PLC02",
     "2026-11-22T10:00:00.000Z",
     true,
     {{2, "WH/MO/00011", "BOM-9", "JF SAPOT", kg("1000"), all_points(), true,
       true, kg("1001.5"), true,
       slot_problem{"weight", "at most 10000000", {65535, 1}, true}}}},
    R"({"full":true,"line":"PLC02","read_at":"2026-11-22T10:00:00.000Z",)"
    R"("slots":[{"acknowledged":true,"bom_code":"BOM-9","consumption_kg":)"
      + all_points_json
      + R"(,"failed":true,"finished":true,"finished_goods":"JF SAPOT",)"
        R"("mo_id":"WH/MO/00011","problem":{"field":"weight",)"
        R"("implausible":true,)"
        R"("raw_words":[65535,1],"rule":"at most 10000000"},)"
        R"("quantity_kg":1000.0,"slot":2,"weight_kg":1001.5}]})"};
}

template <>
inline sample<plc_acknowledged> sample_of() {
  return {{"PLC02", 9, "WH/MO/00011", acknowledge_outcome::slot_changed},
          R"({"line":"PLC02","mo_id":"WH/MO/00011",)"
          R"("outcome":"slot_changed","slot":9})"};
}

template <>
inline sample<batch_updated> sample_of() {
  return {
    {"PLC02", "b-1", 3, "WH/MO/00011", "running", 6, all_points(), kg("12.75")},
    R"({"batch_id":"b-1","batch_no":3,"consumption_kg":)" + all_points_json
      + R"(,"line":"PLC02","mo_id":"WH/MO/00011","revision":6,)"
        R"("state":"running","weight_kg":12.75})"};
}

template <>
inline sample<batch_completed> sample_of() {
  return {{"PLC02", "b-1", 3, "WH/MO/00011", 6, all_points(), kg("999.9")},
          R"({"batch_id":"b-1","batch_no":3,"consumption_kg":)"
            + all_points_json
            + R"(,"line":"PLC02","mo_id":"WH/MO/00011","revision":6,)"
              R"("weight_kg":999.9})"};
}

template <>
inline sample<odoo_checked> sample_of() {
  return {
    {"PLC02",
     "check-4",
     {{"WH/MO/00011", true, "confirmed", all_points(),
       order{"WH/MO/00011",
             "JF SAPOT",
             "BOM-9",
             kg("1000"),
             "2026-11-22 03:00:00",
             {{"silo_c", "Jagung", kg("300.001")}},
             kg("12.5")}}}},
    R"({"check_id":"check-4","line":"PLC02","orders":[{"consumed_kg":)"
      + all_points_json
      + R"(,"found":true,"mo_id":"WH/MO/00011","order":{"bom_code":"BOM-9",)"
        R"("components":[{"product_name":"Jagung","tag":"silo_c",)"
        R"("to_consume_kg":300.001}],"mo_id":"WH/MO/00011",)"
        R"("other_components_kg":12.5,"product_name":"JF SAPOT",)"
        R"("quantity_kg":1000.0,"schedule_start":"2026-11-22 03:00:00"},)"
        R"("state":"confirmed"}]})"};
}

template <>
inline sample<odoo_check_failed> sample_of() {
  return {{"PLC02", "check-4", odoo_error::time_out, "no answer"},
          R"({"check_id":"check-4","error_class":"time_out","line":"PLC02",)"
          R"("text":"no answer"})"};
}

template <>
inline sample<odoo_pushed> sample_of() {
  return {{"PLC02", "b-1", "WH/MO/00011", 6, true, {"silo101: 5 kg stay"}},
          R"({"batch_id":"b-1","differences":["silo101: 5 kg stay"],)"
          R"("done":true,"line":"PLC02","mo_id":"WH/MO/00011","revision":6})"};
}

template <>
inline sample<odoo_push_failed> sample_of() {
  return {{"PLC02", "b-1", "WH/MO/00011", 6, odoo_operation::mark_done,
           odoo_error::partial, "silo101: no move"},
          R"({"batch_id":"b-1","error_class":"partial","line":"PLC02",)"
          R"("mo_id":"WH/MO/00011","operation":"mark_done","revision":6,)"
          R"("text":"silo101: no move"})"};
}

template <>
inline sample<odoo_cancelled> sample_of() {
  return {{"PLC02", "b-1", "WH/MO/00011"},
          R"({"batch_id":"b-1","line":"PLC02","mo_id":"WH/MO/00011"})"};
}

template <>
inline sample<batch_archived> sample_of() {
  return {{"PLC02", "b-1", 3, "WH/MO/00011", "completed", "weight was 0"},
          R"({"batch_id":"b-1","batch_no":3,"line":"PLC02",)"
          R"("mo_id":"WH/MO/00011","notes":"weight was 0",)"
          R"("status":"completed"})"};
}

template <>
inline sample<batch_cancelled> sample_of() {
  return {{"PLC02", "b-1", 3, "WH/MO/00011", "the PLC failed it"},
          R"({"batch_id":"b-1","batch_no":3,"line":"PLC02",)"
          R"("mo_id":"WH/MO/00011","reason":"the PLC failed it"})"};
}

template <>
inline sample<batch_decided> sample_of() {
  return {{"PLC02", "b-1", "WH/MO/00011", "cancel", "ann", "silo empty",
           "cancelled in Odoo", "2026-11-22T10:00:00.000Z"},
          R"({"action":"cancel","batch_id":"b-1",)"
          R"("decided_at":"2026-11-22T10:00:00.000Z","line":"PLC02",)"
          R"("mo_id":"WH/MO/00011","notes":"silo empty",)"
          R"("outcome":"cancelled in Odoo","user":"ann"})"};
}

template <>
inline sample<queue_emptied> sample_of() {
  return {{"PLC02", 12}, R"({"line":"PLC02","stage":12})"};
}

template <>
inline sample<task_finished> sample_of() {
  return {{"PLC02", task_kind::plc_read, "tick-7", task_outcome::failed,
           "PLC02 is unreachable"},
          R"({"line":"PLC02","outcome":"failed","task":"plc_read",)"
          R"("text":"PLC02 is unreachable","tick_id":"tick-7"})"};
}

template <>
inline sample<alert_raised> sample_of() {
  return {{"PLC02", "a-1", "batch_held", severity::critical, "weight is odd",
           "look at the scale", "WH/MO/00011"},
          R"({"advice":"look at the scale","alert_id":"a-1",)"
          R"("kind":"batch_held","line":"PLC02","mo_id":"WH/MO/00011",)"
          R"("severity":"critical","text":"weight is odd"})"};
}

template <>
inline sample<alert_cleared> sample_of() {
  return {{"PLC02", "a-1", "batch_held", "WH/MO/00011"},
          R"({"alert_id":"a-1","kind":"batch_held","line":"PLC02",)"
          R"("mo_id":"WH/MO/00011"})"};
}

template <>
inline sample<alert_acknowledged> sample_of() {
  return {{"PLC02", "a-1", "batch_held", "WH/MO/00011", "ann", "on my way",
           "2026-11-22T10:00:00.000Z"},
          R"({"acknowledged_at":"2026-11-22T10:00:00.000Z",)"
          R"("alert_id":"a-1","kind":"batch_held","line":"PLC02",)"
          R"("mo_id":"WH/MO/00011","notes":"on my way","user":"ann"})"};
}

template <>
inline sample<line_state> sample_of() {
  return {{"PLC02", true, "2026-11-22T10:00:00.000Z", 5'120, 3,
           "no answer within 2 s", 977},
          R"({"errors":3,"last_cycle_at":"2026-11-22T10:00:00.000Z",)"
          R"("last_cycle_us":5120,"last_error":"no answer within 2 s",)"
          R"("line":"PLC02","max_read_words":977,"reachable":true})"};
}

template <>
inline sample<service_state> sample_of() {
  return {
    {"plc-gateway", "online", "0.1.0", "2026-11-22T10:00:00.000Z", "1f2e3d4c"},
    R"({"instance":"1f2e3d4c","service":"plc-gateway",)"
    R"("since":"2026-11-22T10:00:00.000Z","status":"online",)"
    R"("version":"0.1.0"})"};
}

template <>
inline sample<instance_claim> sample_of() {
  return {{"plc-gateway", "1f2e3d4c", claim_status::stands_by, 7, {"PLC02"}},
          R"({"beat":7,"instance":"1f2e3d4c","lines":["PLC02"],)"
          R"("service":"plc-gateway","status":"stands_by"})"};
}

template <>
inline sample<scheduler_state> sample_of() {
  return {{false,
           {{"PLC02", task_kind::health, false, 600'000,
             "2026-11-22T10:00:00.000Z", "2026-11-22T10:10:00.000Z",
             task_outcome::skipped, "nothing to do", true}}},
          R"({"enabled":false,"tasks":[{"enabled":false,)"
          R"("interval_ms":600000,"last_outcome":"skipped",)"
          R"("last_run":"2026-11-22T10:00:00.000Z",)"
          R"("last_text":"nothing to do","line":"PLC02",)"
          R"("next_run":"2026-11-22T10:10:00.000Z","running":true,)"
          R"("task":"health"}]})"};
}

template <>
inline sample<notifier_state> sample_of() {
  return {{"PLC02: 1 alert",
           "weight is odd",
           3,
           2,
           severity::critical,
           {{"PLC02",
             "a-1",
             "batch_held",
             severity::critical,
             "weight is odd",
             "look at the scale",
             "WH/MO/00011",
             "2026-11-22T10:00:00.000Z",
             {"mail"}}}},
          R"({"standing":3,"text":"weight is odd","title":"PLC02: 1 alert",)"
          R"("told":[{"advice":"look at the scale","alert_id":"a-1",)"
          R"("kind":"batch_held","line":"PLC02","mo_id":"WH/MO/00011",)"
          R"("raised_at":"2026-11-22T10:00:00.000Z","severity":"critical",)"
          R"("text":"weight is odd","told_to":["mail"]}],)"
          R"("unacknowledged":2,"worst":"critical"})"};
}

template <>
inline sample<message_rejected> sample_of() {
  return {{"batch-store", "millrace/v1/PLC02/_event/plc.read", "no JSON", "{x"},
          R"({"payload_start":"{x","reason":"no JSON",)"
          R"("service":"batch-store",)"
          R"("topic":"millrace/v1/PLC02/_event/plc.read"})"};
}

} // namespace millrace::events::samples
