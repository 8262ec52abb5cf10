#include "services/batch-store/migrations.hpp"

#include "common/telemetry/clock.hpp"
#include "services/batch-store/columns.hpp"
#include "services/batch-store/history_sums.hpp"

#include <set>

namespace millrace::store {

namespace {

constexpr int current_version = 5;

std::set<std::string> columns_of(sql_session& sql, const std::string& table) {
  std::set<std::string> names;
  for (const auto& row :
       sql.query(list_columns(sql.kind()), 1, {{"table", table}}))
    names.insert(row[0].value_or(""));
  return names;
}

/// Columns of mo_histories that no batch has.
struct extra_column {
  const char* name;
  const char* type;
};
constexpr extra_column history_extras[]{
  {"status", "VARCHAR(32)"},      {"notes", "TEXT"},
  {"archived_at", "TIMESTAMPTZ"}, {"open_in_odoo", "BOOLEAN"},
  {"booking_open", "BOOLEAN"},
};

void create_table(sql_session& sql, const std::string& table, bool history) {
  std::string text = "create table " + table + " (";
  bool first = true;
  const auto add = [&](const std::string& name, const std::string& type) {
    text += (first ? "" : ", ") + name + " " + type;
    first = false;
  };
  for (const auto& c : batch_columns())
    if (!history || c.in_history)
      add(c.name, c.type);
  if (history)
    for (const auto& extra : history_extras)
      add(extra.name, extra.type);
  sql.execute(text + ")");
}

/// A plain type for a column that is added to a table with rows.
std::string addable(const std::string& type) {
  return type.substr(0, type.find(" NOT NULL"));
}

/// Makes the table, or adds what an existing one lacks. True when it existed.
bool complete_table(sql_session& sql, const std::string& table, bool history) {
  const auto present = columns_of(sql, table);
  if (present.empty()) {
    create_table(sql, table, history);
    return false;
  }
  const auto add_missing
    = [&](const std::string& name, const std::string& type) {
        if (!present.contains(name))
          sql.execute("alter table " + table + " add column " + name + " "
                      + addable(type));
      };
  for (const auto& c : batch_columns())
    if (!history || c.in_history)
      add_missing(c.name, c.type);
  if (history)
    for (const auto& extra : history_extras)
      add_missing(extra.name, extra.type);
  return true;
}

/// The handshake covers a whole queue: where one batch has begun, or batch 1 is
/// through, the PLC holds the others too. Writing only the rest would clear the
/// other slots and have the mill produce twice.
void mark_begun_queues_written(sql_session& sql) {
  sql.execute(
    "update mo_batch set state = 'written' where state = 'staged' and "
    "equipment_id_batch in (select equipment_id_batch from mo_batch group by "
    "equipment_id_batch having min(batch_no) > 1 or max(case when state = "
    "'staged' then 0 else 1 end) = 1)");
}

/// The old middleware's rows get a state. Whether a row without figures is in
/// the PLC already is not known here; plc-gateway looks before it writes. What
/// Odoo holds is not known either (the old update_odoo could lie), so figures
/// are pushed once more: Odoo replaces, so that is harmless.
std::size_t adopt_queue(sql_session& sql, const std::string& line) {
  const auto found
    = sql.query("select count(*) from mo_batch where state is null", 1)[0][0];
  std::string any_actual;
  for (const auto& point : dosing_points)
    any_actual += " or coalesce(actual_consumption_" + std::string(point.tag)
                  + ", 0) > 0";
  sql.execute("update mo_batch set equipment_id_batch = :line where "
              "equipment_id_batch is null",
              {{"line", line}});
  sql.execute(
    "update mo_batch set stage = 1, pushed_revision = -1, push_attempts = 0, "
    "revision = case when status_manufacturing"
    + any_actual
    + " then 1 else 0 end, "
      "state = case when status_operation then 'failed' "
      "when status_manufacturing then 'completed' when 1 = 0"
    + any_actual + " then 'running' else 'staged' end where state is null");
  sql.execute("update mo_batch set pushed_revision = 0 where revision = 0 and "
              "pushed_revision = -1");
  mark_begun_queues_written(sql);
  return std::stoul(found.value_or("0"));
}

/// Before version 2 it was not noted that the PLC was given a batch.
void mark_given(sql_session& sql) {
  sql.execute("update mo_batch set given_before = :yes where given_before is "
              "null and state <> 'staged'",
              {{"yes", "1"}});
}

void adopt_history(sql_session& sql, const std::string& line) {
  sql.execute("update mo_histories set equipment_id_batch = :line where "
              "equipment_id_batch is null",
              {{"line", line}});
  sql.execute("update mo_histories set archived_at = "
              "coalesce(last_read_from_plc, :now) where archived_at is null",
              {{"now", format_utc(std::chrono::system_clock::now())}});
}

void create_own_tables(sql_session& sql) {
  const auto serial = serial_key(sql.kind());
  for (const auto& statement : {
         std::string("create table if not exists line_queue (line VARCHAR(64) "
                     "PRIMARY KEY, stage BIGINT NOT NULL, fetch_id "
                     "VARCHAR(64))"),
         "create table if not exists outbox (seq " + serial
           + ", topic TEXT NOT NULL, payload TEXT NOT NULL)",
         std::string(
           "create table if not exists pending_acknowledge (line VARCHAR(64) "
           "NOT NULL, slot INTEGER NOT NULL, mo_id VARCHAR(64) NOT NULL, "
           "PRIMARY KEY (line, slot))"),
         "create table if not exists audit (seq " + serial
           + ", audit_id VARCHAR(64) NOT NULL, decided_at TIMESTAMPTZ NOT "
             "NULL, line "
             "VARCHAR(64) NOT NULL, mo_id VARCHAR(64) NOT NULL, batch_id "
             "VARCHAR(64) NOT NULL, action VARCHAR(32) NOT NULL, user_name "
             "VARCHAR(128) NOT NULL, notes TEXT NOT NULL, outcome TEXT NOT "
             "NULL)",
         "create table if not exists batch_journal (seq " + serial
           + ", entry_key VARCHAR(200) NOT NULL UNIQUE, batch_id VARCHAR(64) "
             "NOT NULL, mo_id VARCHAR(64) NOT NULL, line VARCHAR(64) NOT NULL, "
             "happened_at TIMESTAMPTZ NOT NULL, kind VARCHAR(32) NOT NULL, "
             "message TEXT NOT NULL, data TEXT NOT NULL, times INTEGER NOT "
             "NULL, last_at TIMESTAMPTZ NOT NULL)",
         std::string("create table if not exists clear_order (line VARCHAR(64) "
                     "PRIMARY KEY, withdraw BOOLEAN NOT NULL, user_name "
                     "VARCHAR(128) NOT NULL, notes TEXT NOT NULL)"),
         std::string(
           "create table if not exists alert (line VARCHAR(64) NOT NULL, kind "
           "VARCHAR(64) NOT NULL, mo_id VARCHAR(64) NOT NULL, alert_id "
           "VARCHAR(64) NOT NULL, severity VARCHAR(16) NOT NULL, message TEXT "
           "NOT NULL, advice TEXT NOT NULL, raised_at TIMESTAMPTZ NOT NULL, "
           "PRIMARY KEY (line, kind, mo_id))"),
         std::string("create table if not exists past_order (mo_id VARCHAR(64) "
                     "PRIMARY KEY, line VARCHAR(64) NOT NULL, archived_at "
                     "TIMESTAMPTZ NOT NULL, open_in_odoo BOOLEAN NOT NULL)"),
       })
    sql.execute(statement);
}

/// Before version 4 nobody could acknowledge an alert.
void complete_alerts(sql_session& sql) {
  const auto present = columns_of(sql, "alert");
  for (const auto& [name, type] : {std::pair{"acknowledged_at", "TIMESTAMPTZ"},
                                   {"acknowledged_by", "VARCHAR(128)"},
                                   {"acknowledge_notes", "TEXT"}})
    if (!present.contains(name))
      sql.execute(std::string("alter table alert add column ") + name + " "
                  + type);
}

void create_indexes(sql_session& sql) {
  try {
    sql.execute("create unique index if not exists mo_batch_line_batch_no on "
                "mo_batch (equipment_id_batch, batch_no)");
    sql.execute(
      "create unique index if not exists mo_batch_mo_id on mo_batch (mo_id)");
  } catch (const storage_error& e) {
    throw storage_error(
      e.kind, "mo_batch holds an order or a batch number twice; remove the "
              "wrong row by hand, then start again: "
                + std::string(e.what()));
  }
  for (const auto* statement : {
         "create index if not exists mo_histories_mo_id on mo_histories "
         "(mo_id)",
         "create index if not exists mo_histories_cut_name on mo_histories "
         "(substr(mo_id, 1, 16))",
         "create index if not exists audit_batch_id on audit (batch_id)",
         "create index if not exists mo_histories_booking_open on "
         "mo_histories (archived_at) where booking_open",
         "create index if not exists batch_journal_batch_id on batch_journal "
         "(batch_id)",
         // A page of the history is read in the order of one of these.
         "drop index if exists mo_histories_archived_at",
         // A search reads through the names in it, and not through the rows.
         "drop index if exists mo_histories_page",
         "create index mo_histories_page on mo_histories (archived_at, "
         "batch_no, id, mo_id, finished_goods, status, equipment_id_batch)",
         "create index if not exists mo_histories_line_page on mo_histories "
         "(equipment_id_batch, archived_at, batch_no, id)",
         "create index if not exists mo_histories_status_page on mo_histories "
         "(status, archived_at, batch_no, id)",
         "create index if not exists mo_histories_line_status_page on "
         "mo_histories (equipment_id_batch, status, archived_at, batch_no, id)",
         "create index if not exists mo_histories_open_in_odoo on "
         "mo_histories (equipment_id_batch, archived_at) where open_in_odoo",
         "create index if not exists past_order_open_in_odoo on past_order "
         "(line, archived_at) where open_in_odoo",
         // Old tables hold ids of other types.
         "create index if not exists mo_histories_id_text on mo_histories "
         "((cast(id as text)))",
         // The newest of each slot, which the PLC may still show.
         "create index if not exists mo_histories_slot on mo_histories "
         "(equipment_id_batch, batch_no, archived_at)",
         "create index if not exists mo_histories_may_report on mo_histories "
         "(equipment_id_batch, archived_at) where not status_manufacturing and "
         "not status_operation and not accepted",
         // For each day's waits without a look at the rows.
         "create index if not exists mo_histories_waits on mo_histories "
         "(archived_at, equipment_id_batch, finished_at) where status = "
         "'completed' and finished_at is not null",
       })
    sql.execute(statement);
}

int version_of(sql_session& sql) {
  sql.execute("create table if not exists schema_version (version INTEGER "
              "PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL)");
  const auto rows
    = sql.query("select coalesce(max(version), 0) from schema_version", 1);
  return std::stoi(rows.at(0).at(0).value_or("0"));
}

/// `before_commit` sees the outcome; what it throws undoes all of it.
migration_report
migrate(sql_session& sql, const std::string& line,
        const std::function<void(const migration_report&)>& before_commit) {
  migration_report report;
  sql.transaction([&] {
    report.from_version = version_of(sql);
    report.to_version = current_version;
    if (report.from_version > current_version)
      throw storage_error(
        storage_failure::other,
        "the database has version " + std::to_string(report.from_version)
          + ", this program knows " + std::to_string(current_version)
          + ": a newer Millrace has used it");
    if (report.from_version == current_version)
      return;
    const bool queue_existed = complete_table(sql, "mo_batch", false);
    const bool history_existed = complete_table(sql, "mo_histories", true);
    create_own_tables(sql);
    complete_alerts(sql);
    if (report.from_version == 0) {
      report.adopted = queue_existed || history_existed;
      report.adopted_batches = adopt_queue(sql, line);
      adopt_history(sql, line);
      // The adopted queue is the line's first; the next one gets another
      // number.
      sql.execute("insert into line_queue (line, stage) select "
                  "equipment_id_batch, 1 from mo_batch group by "
                  "equipment_id_batch");
    }
    mark_given(sql);
    if (const auto mend = mend_times(sql.kind(), "mo_histories", "archived_at");
        !mend.empty())
      sql.execute(mend);
    create_indexes(sql);
    make_history_sums(sql);
    sql.execute("insert into schema_version (version, applied_at) values "
                "(:version, :now)",
                {{"version", std::to_string(current_version)},
                 {"now", format_utc(std::chrono::system_clock::now())}});
    before_commit(report);
  });
  return report;
}

/// Ends a transaction that was only a try.
struct only_a_try {};

} // namespace

migration_report migrate(sql_session& sql, const std::string& line) {
  return migrate(sql, line, [](const migration_report&) {});
}

void try_to_migrate(sql_session& sql, const std::string& line,
                    const std::function<void(const migration_report&)>& look) {
  try {
    migrate(sql, line, [&](const migration_report& report) {
      look(report);
      throw only_a_try{};
    });
  } catch (const only_a_try&) {
  }
}

} // namespace millrace::store
