#include "services/batch-store/columns.hpp"
#include "tests/unit/batch-store/rows.hpp"

#include <doctest/doctest.h>

#include <set>
#include <stdexcept>

using namespace millrace;
using namespace millrace::store;
using namespace millrace::store::test;

namespace {

const column& column_named(const std::string& name) {
  for (const auto& c : batch_columns())
    if (c.name == name)
      return c;
  throw std::out_of_range(name);
}

std::string text_of(const std::string& name, const batch& row) {
  return column_named(name).get(row).value_or("NULL");
}

std::string complaint(const std::string& name, const std::string& text) {
  batch row;
  return column_named(name).set(row, text);
}

batch full_row() {
  auto row = row_in(batch_state::completed);
  row.bom_code = "BOM/1";
  for (std::size_t i = 0; i < dosing_point_count; ++i) {
    const auto milli = static_cast<std::int64_t>(i);
    row.component_names[i] = "product " + std::to_string(i);
    row.planned[i] = kilograms::from_milli(1000 + milli);
    row.actual[i] = kilograms::from_milli(2000 + milli);
  }
  row.weight = kg("837.125");
  row.status_manufacturing = true;
  row.last_read = "2026-11-22T09:00:00.001Z";
  row.last_change = "2026-11-22T09:00:00.002Z";
  row.finished_at = "2026-11-22T09:00:00.003Z";
  row.revision = 12;
  row.pushed_revision = -1;
  row.odoo_cancelled = true;
  row.held = {"kind", "reason", "advice", "2026-11-22T09:00:00.004Z"};
  row.push = {4, "time_out", "text", "2026-11-22T09:00:00.005Z",
              "2026-11-22T09:00:00.006Z"};
  row.traceparent = "00-0123";
  return row;
}

} // namespace

TEST_SUITE("columns") {
  TEST_CASE("the names of FACTS 5 are there, each once") {
    std::set<std::string> names;
    for (const auto& c : batch_columns())
      CHECK(names.insert(c.name).second);
    for (const auto* name : {"id",
                             "batch_no",
                             "mo_id",
                             "consumption",
                             "equipment_id_batch",
                             "finished_goods",
                             "silo_a",
                             "silo_m",
                             "component_silo_a_name",
                             "consumption_silo_a",
                             "actual_consumption_silo_a",
                             "lq114",
                             "lq115",
                             "component_lq_tetes_name",
                             "consumption_lq_tetes",
                             "actual_consumption_lq_tetes",
                             "component_lq_fml_name",
                             "consumption_lq_fml",
                             "actual_consumption_lq_fml",
                             "status_manufacturing",
                             "status_operation",
                             "actual_weight_quantity_finished_goods",
                             "last_read_from_plc",
                             "update_odoo",
                             "odoo_cancelled"})
      CHECK(names.contains(name));
  }

  TEST_CASE("the types of FACTS 5") {
    CHECK(column_named("consumption").type == "NUMERIC(18,3)");
    CHECK(column_named("mo_id").type == "VARCHAR(64) NOT NULL");
    CHECK(column_named("finished_goods").type == "VARCHAR(128)");
    CHECK(column_named("component_lq_fml_name").type == "VARCHAR(64)");
    CHECK(column_named("actual_weight_quantity_finished_goods").type
          == "NUMERIC(18,3)");
    CHECK(column_named("last_read_from_plc").type == "TIMESTAMPTZ");
    CHECK(column_named("update_odoo").type == "BOOLEAN");
    CHECK_FALSE(column_named("update_odoo").in_history);
    CHECK_FALSE(column_named("odoo_cancelled").in_history);
  }

  TEST_CASE("a row comes back as it went") {
    const auto row = full_row();
    batch back;
    for (const auto& c : batch_columns())
      CHECK(c.set(back, c.get(row).value_or("")) == "");
    for (const auto& c : batch_columns()) {
      CAPTURE(c.name);
      CHECK(c.get(back) == c.get(row));
    }
    CHECK(back.actual == row.actual);
    CHECK(back.state == batch_state::completed);
    CHECK(back.held.reason == "reason");
    CHECK(back.push.attempts == 4);
    CHECK(back.pushed_revision == -1);
  }

  TEST_CASE("figures travel as exact decimals") {
    auto row = full_row();
    row.weight = kg("999999999999.999");
    CHECK(text_of("actual_weight_quantity_finished_goods", row)
          == "999999999999.999");
    CHECK(text_of("actual_consumption_lq_fml", row) == "2.014");
    CHECK(text_of("lq114", row) == "114");
    CHECK(text_of("silo_c", row) == "103");
  }

  TEST_CASE("what existing databases hold is understood") {
    batch row;
    const auto& weight = column_named("actual_weight_quantity_finished_goods");
    CHECK(weight.set(row, "1e+06") == "");
    CHECK(row.weight == kg("1000000"));
    CHECK(weight.set(row, "73.73999999999999") == "");
    CHECK(row.weight == kg("73.74"));
    CHECK(weight.set(row, "") == "");
    CHECK(row.weight == kg("0"));
    const auto& read = column_named("last_read_from_plc");
    for (const std::string text :
         {"2026-02-01 10:00:00.25+00", "2026-02-01 10:00:00.250000",
          "2026-02-01T17:00:00.250+07:00"}) {
      CAPTURE(text);
      CHECK(read.set(row, text) == "");
      CHECK(row.last_read == "2026-02-01T10:00:00.250Z");
    }
    const auto& flag = column_named("status_manufacturing");
    for (const auto* yes : {"true", "1", "t"}) {
      flag.set(row, yes);
      CHECK(row.status_manufacturing);
    }
    for (const auto* no : {"false", "0", ""}) {
      flag.set(row, no);
      CHECK_FALSE(row.status_manufacturing);
    }
  }

  TEST_CASE("what cannot be read is said") {
    CHECK(complaint("consumption", "much") == "\"much\" is no quantity");
    CHECK(complaint("batch_no", "x") == "\"x\" is no whole number");
    CHECK(complaint("last_read_from_plc", "noon") == "\"noon\" is no time");
    CHECK(complaint("state", "lost") == "\"lost\" is no state of a batch");
  }

  TEST_CASE("update_odoo says whether the revisions agree") {
    auto row = full_row();
    CHECK(text_of("update_odoo", row) == "0");
    row.pushed_revision = 12;
    CHECK(text_of("update_odoo", row) == "1");
    column_named("update_odoo").set(row, "0");
    CHECK(row.pushed_revision == 12);
  }

  TEST_CASE("a text too long is cut, never inside a character") {
    batch row;
    row.component_names[0] = std::string(63, 'x') + "é"; // bytes 64 and 65
    CHECK(text_of("component_silo_a_name", row) == std::string(63, 'x'));
    row.component_names[0] = std::string(62, 'x') + "éy";
    CHECK(text_of("component_silo_a_name", row) == std::string(62, 'x') + "é");
    row.component_names[0] = std::string(61, 'x') + "€y"; // three bytes
    CHECK(text_of("component_silo_a_name", row) == std::string(61, 'x') + "€");
    row.component_names[0] = std::string(62, 'x') + "€";
    CHECK(text_of("component_silo_a_name", row) == std::string(62, 'x'));
  }

  TEST_CASE("a number with something behind it is no number") {
    CHECK(complaint("batch_no", "7") == "");
    CHECK(complaint("batch_no", "") == "");
    for (const auto* text : {"7x", "7 ", "7.0", "x", "99999999999"})
      CHECK(complaint("batch_no", text)
            == "\"" + std::string(text) + "\" is no whole number");
  }

  TEST_CASE("a flag is true, false or NULL") {
    for (const auto* text : {"true", "t", "1", "false", "f", "0", ""})
      CHECK(complaint("status_manufacturing", text) == "");
    for (const auto* text : {"2", "yes", "TRUE ", "finished"})
      CHECK(complaint("status_manufacturing", text)
            == "\"" + std::string(text) + "\" is neither true nor false");
  }

  TEST_CASE("control characters do not reach the database") {
    batch row;
    row.finished_goods = std::string("a\0b\nc", 5);
    CHECK(text_of("finished_goods", row) == "a b c");
  }

  TEST_CASE("no text is NULL") {
    const batch row;
    CHECK(text_of("finished_goods", row) == "NULL");
    CHECK(text_of("last_read_from_plc", row) == "NULL");
    CHECK(text_of("hold_reason", row) == "NULL");
    CHECK(text_of("consumption", row) == "0.000");
  }
}
