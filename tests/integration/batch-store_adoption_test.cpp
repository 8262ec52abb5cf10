// Does a database of the Python middleware go on here, with all that is in it?

#include "services/batch-store/adoption.hpp"
#include "services/batch-store/migrations.hpp"
#include "services/batch-store/sql_repository.hpp"
#include "tests/integration/support/store_plant.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace millrace;
using namespace millrace::test;
using events::task_kind;
using store::database_kind;
using store::sql_session;
using names = std::vector<std::string>;

namespace {

/// A database as the Python middleware (SQLAlchemy) made it: FLOAT figures; on
/// SQLite ids without dashes and times without zone.
struct old_database : empty_database {
  explicit old_database(database_kind kind)
    : empty_database(kind), sql(address()),
      sqlite(kind == database_kind::sqlite) {
    sql.execute("create table mo_batch (" + columns()
                + ", update_odoo BOOLEAN DEFAULT false, odoo_cancelled BOOLEAN "
                  "DEFAULT false, UNIQUE (mo_id))");
    sql.execute("create table mo_histories (" + columns()
                + ", status VARCHAR(32), notes TEXT)");
  }

  std::string columns() const {
    std::string text = sqlite ? "id CHAR(32) NOT NULL PRIMARY KEY"
                              : "id UUID NOT NULL PRIMARY KEY";
    text += ", batch_no INTEGER NOT NULL, mo_id VARCHAR(64) NOT NULL, "
            "consumption FLOAT, equipment_id_batch VARCHAR(64), finished_goods "
            "VARCHAR(128)";
    for (const auto& point : dosing_points) {
      const std::string tag(point.tag);
      text += ", " + std::string(point.id_column) + " INTEGER DEFAULT "
              + std::to_string(point.id) + ", component_" + tag
              + "_name VARCHAR(64), consumption_" + tag
              + " FLOAT, actual_consumption_" + tag + " FLOAT";
    }
    return text
           + ", status_manufacturing BOOLEAN, status_operation BOOLEAN, "
             "actual_weight_quantity_finished_goods FLOAT, last_read_from_plc "
           + (sqlite ? "DATETIME" : "TIMESTAMP WITH TIME ZONE");
  }

  /// `more` are further columns with their values.
  void add(const std::string& table, int batch_no, const std::string& mo_id,
           const std::vector<std::pair<std::string, std::string>>& more = {}) {
    const auto id = std::string(sqlite ? "000000000000400080000000000000"
                                       : "00000000-0000-4000-8000-0000000000")
                    + std::to_string(++added + 10);
    std::string into = "id, batch_no, mo_id, equipment_id_batch, consumption";
    std::string values = "'" + id + "', " + std::to_string(batch_no) + ", '"
                         + mo_id + "', 'PLC01', 1000.1";
    for (const auto& [name, value] : more) {
      into += ", " + name;
      values += ", " + value;
    }
    sql.execute("insert into " + table + " (" + into + ") values (" + values
                + ")");
  }

  std::string time(const std::string& utc) const {
    return "'" + utc + (sqlite ? ".000000'" : "+00'");
  }

  /// Every cell of the columns that the Python middleware made.
  std::vector<sql_session::row> cells(const std::string& table) {
    std::string list;
    std::size_t width = 0;
    const auto add_column = [&](const std::string& name) {
      list += (list.empty() ? "cast(" : ", cast(") + name + " as text)";
      ++width;
    };
    for (const auto* name :
         {"id", "batch_no", "mo_id", "consumption", "equipment_id_batch",
          "finished_goods", "status_manufacturing", "status_operation",
          "actual_weight_quantity_finished_goods", "last_read_from_plc"})
      add_column(name);
    for (const auto& point : dosing_points) {
      const std::string tag(point.tag);
      add_column(std::string(point.id_column));
      add_column("component_" + tag + "_name");
      add_column("consumption_" + tag);
      add_column("actual_consumption_" + tag);
    }
    if (table == "mo_histories") {
      add_column("status");
      add_column("notes");
    } else {
      add_column("update_odoo");
      add_column("odoo_cancelled");
    }
    return sql.query("select " + list + " from " + table + " order by mo_id",
                     width);
  }

  std::string migration_error() {
    try {
      store::migrate(sql, "PLC01");
    } catch (const store::storage_error& e) {
      return e.what();
    }
    return {};
  }

  sql_session sql;
  bool sqlite;
  int added = 0;
};

/// A queue in work and an archive.
void fill(old_database& old) {
  old.add("mo_batch", 1, "WH/MO/00011",
          {{"finished_goods", "'[10092] JF SAPOT 1B'"},
           {"component_silo_a_name", "'Maïs'"},
           {"consumption_silo_a", "825.125"},
           {"actual_consumption_silo_a", "123.456"},
           {"actual_consumption_lq_fml", "0.1"},
           {"status_manufacturing", "false"},
           {"status_operation", "false"},
           {"last_read_from_plc", old.time("2026-11-22 08:59:58")},
           {"update_odoo", "true"}});
  old.add("mo_batch", 2, "WH/MO/00012",
          {{"actual_consumption_silo_a", "73.74"},
           {"status_manufacturing", "true"},
           {"status_operation", "false"},
           {"actual_weight_quantity_finished_goods", "1000000.07"},
           {"update_odoo", "true"}});
  old.add("mo_batch", 3, "WH/MO/00013",
          {{"consumption_silo_a", "600"}, {"status_manufacturing", "false"}});
  old.add("mo_histories", 4, "WH/MO/00001",
          {{"actual_consumption_silo_c", "299.999"},
           {"status_manufacturing", "true"},
           {"actual_weight_quantity_finished_goods", "837.5"},
           {"last_read_from_plc", old.time("2026-11-21 10:00:00")},
           {"status", "'completed'"},
           {"notes", "'by hand'"}});
  old.add("mo_histories", 5, "WH/MO/00002", {{"status", "'cleared'"}});
  old.add("mo_histories", 6, "WH/MO/00003",
          {{"status", "'cleared'"}, {"actual_consumption_silo_a", "5"}});
}

/// Rows of another process are looked for in the PLC, never written.
bool only_looked(const store_plant& mill) {
  return std::all_of(mill.writes.begin(), mill.writes.end(),
                     [](const auto& one) { return one.only_look; });
}

} // namespace

TEST_SUITE("adoption") {
  TEST_CASE("no row and no value is lost") {
    old_database old{each_kind()};
    fill(old);
    auto queue = old.cells("mo_batch");
    const auto archive = old.cells("mo_histories");
    const auto report = store::migrate(old.sql, "PLC01");
    CHECK(report.adopted);
    CHECK(report.adopted_batches == 3);
    CHECK(old.cells("mo_batch") == queue);
    CHECK(old.cells("mo_histories") == archive);
    // Once is enough.
    CHECK_FALSE(store::migrate(old.sql, "PLC01").adopted);
    CHECK(old.cells("mo_batch") == queue);
  }

  TEST_CASE("a try tells what will happen, and nothing has") {
    old_database old{each_kind()};
    fill(old);
    const auto seen = store::preview_adoption(old.sql, "PLC01");
    CHECK(seen.report.adopted);
    CHECK(seen.new_columns.at("mo_batch").contains("given_before"));
    CHECK_FALSE(seen.new_columns.at("mo_batch").contains("mo_id"));
    CHECK(seen.new_tables.contains("outbox"));
    CHECK_FALSE(seen.new_tables.contains("mo_batch"));
    REQUIRE(seen.queue.size() == 3);
    CHECK(seen.queue[0].state == "running");
    CHECK(seen.queue[1].state == "completed");
    CHECK(seen.queue[2].state == "written");
    const auto text = store::told(seen);
    for (const auto* line :
         {"A database of the Python middleware: it is taken over.\n",
          "  new table outbox\n",
          "  PLC01 batch 2, WH/MO/00012: finished; its figures are pushed to "
          "Odoo once more\n",
          "Batches in the queue: 3. Archived, never fetched again: 3.\n"}) {
      CAPTURE(line);
      CHECK(text.find(line) != std::string::npos);
    }
    CHECK_THROWS_AS(old.sql.query("select state from mo_batch", 1),
                    store::storage_error);
    CHECK_THROWS_AS(old.sql.query("select seq from outbox", 1),
                    store::storage_error);
    store::migrate(old.sql, "PLC01");
    CHECK(store::told(store::preview_adoption(old.sql, "PLC01"))
          == "The database has this program's version: nothing will change.\n");
  }

  TEST_CASE("figures, times and texts are read exactly") {
    old_database old{each_kind()};
    fill(old);
    store_plant mill{old.address()};
    const auto running = mill.row("WH/MO/00011");
    CHECK(running.finished_goods == "[10092] JF SAPOT 1B");
    CHECK(running.component_names[0] == "Maïs");
    CHECK(running.ordered == kg("1000.1"));
    CHECK(running.planned == amounts({{"silo_a", "825.125"}}));
    CHECK(running.actual
          == amounts({{"silo_a", "123.456"}, {"lq_fml", "0.1"}}));
    CHECK(running.last_read == "2026-11-22T08:59:58.000Z");
    CHECK(mill.row("WH/MO/00012").weight == kg("1000000.07"));
    const auto past = mill.history_of("WH/MO/00001");
    CHECK(past.row.actual == amounts({{"silo_c", "299.999"}}));
    CHECK(past.row.weight == kg("837.5"));
    CHECK(past.status == "completed");
    CHECK(past.notes == "by hand");
    CHECK(past.archived_at == "2026-11-21T10:00:00.000Z");
    CHECK(mill.rows->history_count({}) == 3);
  }

  TEST_CASE("a queue in work goes on: nothing is written again, all "
            "figures are pushed once more") {
    old_database old{each_kind()};
    fill(old);
    store_plant mill{old.address()};
    CHECK(mill.state_of("WH/MO/00011") == "running");
    CHECK(mill.state_of("WH/MO/00012") == "completed");
    CHECK(mill.state_of("WH/MO/00013") == "written");
    // The old update_odoo could lie.
    CHECK_FALSE(mill.row("WH/MO/00011").update_odoo());
    CHECK_FALSE(mill.row("WH/MO/00012").update_odoo());
    mill.tick(task_kind::plc_read);
    mill.tick(task_kind::process_completed);
    CHECK(only_looked(mill));
    REQUIRE(mill.pushes.size() == 2);
    CHECK(mill.pushes[0].mo_id == "WH/MO/00011");
    CHECK_FALSE(mill.pushes[0].mark_done);
    CHECK(mill.pushes[1].mo_id == "WH/MO/00012");
    CHECK(mill.pushes[1].mark_done);
    CHECK(mill.pushes[1].weight == kg("1000000.07"));
    mill.odoo_accepts(true);
    CHECK(mill.history_of("WH/MO/00012").row.actual
          == amounts({{"silo_a", "73.74"}}));
    CHECK(mill.history_of("WH/MO/00012").row.weight == kg("1000000.07"));
  }

  TEST_CASE("a queue that nobody has begun is written") {
    old_database old{each_kind()};
    old.add("mo_batch", 1, "WH/MO/1", {{"status_manufacturing", "false"}});
    old.add("mo_batch", 2, "WH/MO/2", {{"consumption_silo_a", "12.5"}});
    store_plant mill{old.address()};
    mill.tick(task_kind::sync_mo);
    REQUIRE(mill.writes.size() == 1);
    REQUIRE(mill.writes[0].batches.size() == 2);
    CHECK(mill.writes[0].batches[1].consumption
          == amounts({{"silo_a", "12.5"}}));
    CHECK(mill.fetches.empty());
  }

  TEST_CASE("a queue whose first batches are through is not written") {
    old_database old{each_kind()};
    old.add("mo_batch", 3, "WH/MO/3");
    old.add("mo_batch", 4, "WH/MO/4");
    store_plant mill{old.address()};
    mill.tick(task_kind::plc_read);
    CHECK(only_looked(mill));
    CHECK(mill.state_of("WH/MO/3") == "written");
  }

  TEST_CASE("the next queue has another number than the adopted one") {
    old_database old{each_kind()};
    old.add("mo_batch", 1, "WH/MO/1");
    store_plant mill{old.address()};
    const auto adopted = mill.row("WH/MO/1").stage;
    mill.plc_reports(
      {finished(slot_of(1, "WH/MO/1", amounts({{"silo_a", "1"}}), "1"))});
    mill.tick(task_kind::process_completed);
    mill.odoo_accepts(true);
    mill.stage({"WH/MO/2"});
    CHECK(mill.row("WH/MO/2").stage > adopted);
  }

  TEST_CASE("orders of the old archive are never staged, but for what "
            "was cleared unused") {
    old_database old{each_kind()};
    old.add("mo_histories", 1, "WH/MO/1", {{"status", "'completed'"}});
    old.add("mo_histories", 2, "WH/MO/2", {{"status", "'cleared'"}});
    old.add("mo_histories", 3, "WH/MO/3",
            {{"status", "'cleared'"}, {"actual_consumption_silo_a", "5"}});
    old.add("mo_histories", 4, "WH/MO/4", {{"status", "'cancelled'"}});
    old.add("mo_histories", 5, "WH/MO/5", {{"status", "'failed'"}});
    store_plant mill{old.address()};
    mill.stage(
      {"WH/MO/1", "WH/MO/2", "WH/MO/3", "WH/MO/4", "WH/MO/5", "WH/MO/6"});
    CHECK(mill.queue() == names{"WH/MO/2", "WH/MO/6"});
  }

  TEST_CASE("rows without a line get ours") {
    old_database old{each_kind()};
    fill(old);
    old.sql.execute("update mo_batch set equipment_id_batch = null");
    old.sql.execute("update mo_histories set equipment_id_batch = null");
    store_plant mill{old.address()};
    CHECK(mill.queue().size() == 3);
    CHECK(mill.rows->archived_by_cut_name("PLC01", "WH/MO/00001"));
  }

  TEST_CASE("an order that is there twice is refused in words, and "
            "nothing is changed") {
    old_database old{each_kind()};
    old.add("mo_batch", 1, "WH/MO/1");
    old.add("mo_batch", 1, "WH/MO/2");
    CHECK(old.migration_error().find(
            "mo_batch holds an order or a batch number twice; remove the wrong "
            "row by hand, then start again: ")
          == 0);
    CHECK_THROWS_AS(old.sql.query("select state from mo_batch", 1),
                    store::storage_error);
    old.sql.execute("delete from mo_batch where mo_id = 'WH/MO/2'");
    CHECK(old.migration_error().empty());
  }

  TEST_CASE("a database of a newer version is refused") {
    old_database old{each_kind()};
    store::migrate(old.sql, "PLC01");
    old.sql.execute("insert into schema_version (version, applied_at) values "
                    "(99, '2026-11-22 09:00:00+00')");
    CHECK(old.migration_error()
          == "the database has version 99, this program knows 5: a newer "
             "Millrace has used it");
  }

  TEST_CASE("a database of version 1 gets what came since") {
    empty_database fresh{each_kind()};
    sql_session sql{fresh.address()};
    store::migrate(sql, "PLC01");
    for (const auto* back :
         {"update schema_version set version = 1", "drop table audit",
          "drop table clear_order", "drop index mo_histories_booking_open",
          "alter table mo_histories drop column booking_open",
          "alter table mo_batch drop column given_before",
          "alter table mo_batch drop column earlier_slots",
          "alter table alert drop column acknowledged_at",
          "alter table alert drop column acknowledged_by",
          "alter table alert drop column acknowledge_notes",
          "insert into mo_batch (id, batch_no, mo_id, equipment_id_batch, "
          "state, stage) values ('00000000-0000-4000-8000-000000000001', 1, "
          "'A/1', 'PLC01', 'written', 7)"})
      sql.execute(back);
    const auto report = store::migrate(sql, "PLC01");
    CHECK(report.from_version == 1);
    CHECK_FALSE(report.adopted);
    store::sql_repository rows{sql};
    const auto row = rows.find("A/1");
    REQUIRE(row);
    CHECK(row->given_before);
    CHECK(row->stage == 7);
    CHECK(row->earlier_slots.empty());
    CHECK(rows.open_bookings().empty());
    CHECK(rows.audit_of(row->id).empty());
    CHECK(rows.alerts().empty());
  }

  TEST_CASE("an empty database gets the tables of FACTS 5") {
    empty_database fresh{each_kind()};
    sql_session sql{fresh.address()};
    const auto report = store::migrate(sql, "PLC01");
    CHECK_FALSE(report.adopted);
    CHECK(report.to_version == 5);
    sql.execute(
      "insert into mo_batch (id, batch_no, mo_id, equipment_id_batch, "
      "consumption) values ('00000000-0000-4000-8000-000000000001', 1, 'A/1', "
      "'PLC01', 999999999999999.999)");
    const auto twice = [&](const std::string& values) {
      CHECK_THROWS_AS(sql.execute("insert into mo_batch (id, batch_no, mo_id, "
                                  "equipment_id_batch) values ("
                                  + values + ")"),
                      store::storage_error);
    };
    twice("'00000000-0000-4000-8000-000000000002', 1, 'A/2', 'PLC01'");
    twice("'00000000-0000-4000-8000-000000000003', 2, 'A/1', 'PLC01'");
    twice("'00000000-0000-4000-8000-000000000001', 3, 'A/3', 'PLC01'");
    sql.execute("insert into mo_batch (id, batch_no, mo_id, "
                "equipment_id_batch) values "
                "('00000000-0000-4000-8000-000000000004', 1, 'A/4', 'PLC02')");
  }
}
