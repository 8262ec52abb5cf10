#pragma once

#include "tests/unit/events/samples.hpp"

namespace millrace::events::samples {

template <>
inline sample<task_run> sample_of() {
  return {{"PLC02", task_kind::process_completed, "tick-7", true},
          R"({"line":"PLC02","manual":true,"task":"process_completed",)"
          R"("tick_id":"tick-7"})"};
}

template <>
inline sample<task_trigger> sample_of() {
  return {{"PLC02", task_kind::health}, R"({"line":"PLC02","task":"health"})"};
}

template <>
inline sample<scheduler_toggle> sample_of() {
  return {{false}, R"({"enabled":false})"};
}

template <>
inline sample<mo_fetch> sample_of() {
  return {{"PLC02", "fetch-3", 7, {"WH/MO/00001", "WH/MO/00002"}},
          R"({"exclude":["WH/MO/00001","WH/MO/00002"],"fetch_id":"fetch-3",)"
          R"("limit":7,"line":"PLC02"})"};
}

template <>
inline sample<plc_write> sample_of() {
  return {{"PLC02",
           12,
           "2026-11-22T10:00:00.000Z",
           {{4, "WH/MO/00011", "BOM-9", "[10092] JF SAPOT 1B", kg("1000.25"),
             all_points()}},
           true,
           true,
           {"WH/MO/00011"}},
          R"({"again":["WH/MO/00011"],"batches":[{"bom_code":"BOM-9",)"
          R"("consumption_kg":)"
            + all_points_json
            + R"(,"finished_goods":"[10092] JF SAPOT 1B",)"
              R"("mo_id":"WH/MO/00011","quantity_kg":1000.25,"slot":4}],)"
              R"("expires_at":"2026-11-22T10:00:00.000Z","line":"PLC02",)"
              R"("only_if_lost":true,"only_look":true,"stage":12})"};
}

template <>
inline sample<plc_read_now> sample_of() {
  return {{"PLC02", true}, R"({"full":true,"line":"PLC02"})"};
}

template <>
inline sample<plc_inspect> sample_of() {
  return {{"PLC02", plc_area::write}, R"({"area":"write","line":"PLC02"})"};
}

template <>
inline sample<plc_acknowledge> sample_of() {
  return {{"PLC02", 10, "WH/MO/00011", kg("912.50")},
          R"({"line":"PLC02","mo_id":"WH/MO/00011","slot":10,)"
          R"("weight_kg":912.5})"};
}

template <>
inline sample<plc_withdraw> sample_of() {
  return {{"PLC02",
           12,
           "2026-11-22T10:00:00.000Z",
           true,
           {{4, "WH/MO/00011", "BOM-9", "[10092] JF SAPOT 1B", kg("1000.25"),
             all_points()}}},
          R"({"batches":[{"bom_code":"BOM-9","consumption_kg":)"
            + all_points_json
            + R"(,"finished_goods":"[10092] JF SAPOT 1B",)"
              R"("mo_id":"WH/MO/00011","quantity_kg":1000.25,"slot":4}],)"
              R"("empty":true,"expires_at":"2026-11-22T10:00:00.000Z",)"
              R"("line":"PLC02","stage":12})"};
}

template <>
inline sample<odoo_push> sample_of() {
  return {
    {"PLC02", "b-1", "WH/MO/00011", 5, all_points(), true, kg("998.125"),
     "2026-11-22T10:00:00.000Z", true},
    R"({"batch_id":"b-1","consumption_kg":)" + all_points_json
      + R"(,"finished_at":"2026-11-22T10:00:00.000Z","line":"PLC02",)"
        R"("look_first":true,"mark_done":true,"mo_id":"WH/MO/00011","revision":5,)"
        R"("weight_kg":998.125})"};
}

template <>
inline sample<odoo_cancel> sample_of() {
  return {{"PLC02", "b-1", "WH/MO/00011"},
          R"({"batch_id":"b-1","line":"PLC02","mo_id":"WH/MO/00011"})"};
}

template <>
inline sample<odoo_check> sample_of() {
  return {{"PLC02", "check-4", {"WH/MO/00011"}},
          R"({"check_id":"check-4","line":"PLC02",)"
          R"("mo_ids":["WH/MO/00011"]})"};
}

template <>
inline sample<store_query> sample_of() {
  return {{store_view::history_of, "WH/MO/00011", "cancelled", 20, 40, "PLC02",
           "JF SAPOT", "2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z",
           true},
          R"({"from":"2026-11-01T00:00:00.000Z","limit":20,"line":"PLC02",)"
          R"("mo_id":"WH/MO/00011","offset":40,"oldest_first":true,)"
          R"("search":"JF SAPOT","status":"cancelled",)"
          R"("to":"2026-12-01T00:00:00.000Z","view":"history_of"})"};
}

template <>
inline sample<retry_push> sample_of() {
  return {{"WH/MO/00011", "Odoo is back", "eve"},
          R"({"mo_id":"WH/MO/00011","notes":"Odoo is back","user":"eve"})"};
}

template <>
inline sample<queue_wanted> sample_of() {
  return {{"PLC02", 12}, R"({"line":"PLC02","stage":12})"};
}

template <>
inline sample<batch_decide> sample_of() {
  return {{"PLC02", "WH/MO/00011", 4, decision::set_aside, "silo empty", "ann"},
          R"({"action":"set_aside","batch_no":4,"line":"PLC02",)"
          R"("mo_id":"WH/MO/00011","notes":"silo empty","user":"ann"})"};
}

template <>
inline sample<queue_clear> sample_of() {
  return {{"PLC02", true, "new day", "ann"},
          R"({"line":"PLC02","notes":"new day","user":"ann",)"
          R"("withdraw":true})"};
}

template <>
inline sample<alert_acknowledge> sample_of() {
  return {{"a-1", "on my way", "ann"},
          R"({"alert_id":"a-1","notes":"on my way","user":"ann"})"};
}

template <>
inline sample<command_result> sample_of() {
  return {{true, "2 of 2", {R"({"total": 2, "rows": [1, null]})"}},
          R"({"data":{"rows":[1,null],"total":2},"message":"2 of 2",)"
          R"("ok":true})"};
}

} // namespace millrace::events::samples
