#include "services/batch-store/sql_repository.hpp"

#include "common/telemetry/log.hpp"
#include "services/batch-store/columns.hpp"
#include "services/batch-store/sql_cells.hpp"

namespace millrace::store {

namespace {

using parameters = sql_session::parameters;

struct select_list {
  std::string text;
  std::vector<const column*> columns;
};

select_list build_select(bool history) {
  select_list list;
  for (const auto& c : batch_columns()) {
    if (history && !c.in_history)
      continue;
    list.text
      += (list.text.empty() ? "cast(" : ", cast(") + c.name + " as text)";
    list.columns.push_back(&c);
  }
  return list;
}

const select_list& queue_select() {
  static const auto list = build_select(false);
  return list;
}

const select_list& history_select() {
  static const auto list = build_select(true);
  return list;
}

/// A value that cannot be read is logged and left at its default: one bad cell,
/// perhaps edited by hand, must not stop the mill.
batch batch_from(const select_list& list, const sql_session::row& values) {
  batch row;
  for (std::size_t i = 0; i < list.columns.size(); ++i)
    if (const auto bad = list.columns[i]->set(row, values[i].value_or(""));
        !bad.empty())
      log::warn("database.bad_value", {{"column", list.columns[i]->name},
                                       {"mo_id", row.mo_id},
                                       {"error", bad}});
  return row;
}

} // namespace

// Every column is read as text, and PostgreSQL names "cast(x as text)" x as
// well: "order by x" would then sort the texts ("10" before "9"). So what is
// sorted by is always named with its table.

std::vector<batch> sql_repository::select_batches(const std::string& condition,
                                                  const parameters& with) {
  const auto& list = queue_select();
  std::vector<batch> out;
  for (const auto& values :
       sql_->query("select " + list.text + " from mo_batch " + condition,
                   list.columns.size(), with))
    out.push_back(batch_from(list, values));
  return out;
}

std::vector<batch> sql_repository::queue(const std::string& line) {
  return select_batches(
    "where equipment_id_batch = :line order by mo_batch.batch_no",
    {{"line", line}});
}

std::vector<batch> sql_repository::all_batches() {
  return select_batches("order by equipment_id_batch, mo_batch.batch_no", {});
}

std::int64_t sql_repository::count(const std::string& line) {
  return number(sql_->query(
    "select count(*) from mo_batch where equipment_id_batch = :line", 1,
    {{"line", line}}));
}

std::optional<batch> sql_repository::find(const std::string& mo_id) {
  auto rows = select_batches("where mo_id = :mo_id", {{"mo_id", mo_id}});
  return rows.empty() ? std::nullopt : std::optional(std::move(rows[0]));
}

std::optional<batch> sql_repository::find_by_id(const std::string& id) {
  auto rows = select_batches("where cast(id as text) = :id", {{"id", id}});
  return rows.empty() ? std::nullopt : std::optional(std::move(rows[0]));
}

void sql_repository::insert(const batch& row) {
  std::string names, values;
  parameters with;
  for (const auto& c : batch_columns()) {
    names += (names.empty() ? "" : ", ") + c.name;
    values += (values.empty() ? ":" : ", :") + c.name;
    with.emplace_back(c.name, c.get(row));
  }
  sql_->execute("insert into mo_batch (" + names + ") values (" + values + ")",
                with);
}

void sql_repository::update(const batch& row) {
  static const auto statement = [] {
    std::string assignments;
    for (const auto& c : batch_columns())
      if (!c.fixed)
        assignments
          += (assignments.empty() ? "" : ", ") + c.name + " = :" + c.name;
    return "update mo_batch set " + assignments + " where mo_id = :key";
  }();
  parameters with;
  for (const auto& c : batch_columns())
    if (!c.fixed)
      with.emplace_back(c.name, c.get(row));
  with.emplace_back("key", row.mo_id);
  sql_->execute(statement, with);
}

void sql_repository::touch(const std::string& line,
                           const std::string& read_at) {
  sql_->execute(
    "update mo_batch set last_read_from_plc = :at where "
    "equipment_id_batch = :line and state in ('written', 'running')",
    {{"at", read_at}, {"line", line}});
}

void sql_repository::archive(const archived_batch& entry) {
  std::string names = "status, notes, archived_at, open_in_odoo, booking_open";
  std::string values
    = ":status, :notes, :archived_at, :open_in_odoo, :booking_open";
  parameters with{{"status", entry.status},
                  {"notes", entry.notes},
                  {"archived_at", entry.archived_at},
                  {"open_in_odoo", entry.open_in_odoo ? "1" : "0"},
                  {"booking_open", entry.booking_open ? "1" : "0"}};
  for (const auto& c : batch_columns())
    if (c.in_history) {
      names += ", " + c.name;
      values += ", :" + c.name;
      with.emplace_back(c.name, c.get(entry.row));
    }
  sql_->execute(
    "insert into mo_histories (" + names + ") values (" + values + ")", with);
  sql_->execute("delete from mo_batch where mo_id = :mo_id",
                {{"mo_id", entry.row.mo_id}});
}

std::vector<archived_batch>
sql_repository::select_history(const std::string& condition,
                               const parameters& with) {
  const auto& list = history_select();
  const auto width = list.columns.size();
  std::vector<archived_batch> out;
  for (const auto& values : sql_->query(
         "select " + list.text
           + ", status, notes, cast(archived_at as text), cast(open_in_odoo as "
             "text), cast(booking_open as text) from mo_histories "
           + condition,
         width + 5, with)) {
    archived_batch entry;
    entry.row = batch_from(list, values);
    entry.status = values[width].value_or("");
    entry.notes = values[width + 1].value_or("");
    entry.archived_at = utc_or_empty(values[width + 2]);
    entry.open_in_odoo = flag(values[width + 3]);
    entry.booking_open = flag(values[width + 4]);
    out.push_back(std::move(entry));
  }
  return out;
}

std::optional<archived_batch>
sql_repository::archived(const std::string& mo_id) {
  auto rows = select_history(
    "where mo_id = :mo_id order by mo_histories.archived_at desc limit 1",
    {{"mo_id", mo_id}});
  return rows.empty() ? std::nullopt : std::optional(std::move(rows[0]));
}

std::optional<archived_batch>
sql_repository::archived_by_cut_name(const std::string& line,
                                     const std::string& cut) {
  // There is an index on this expression. No range of mo_id: where '/' and '~'
  // sort depends on the database's collation.
  auto rows = select_history(
    "where substr(mo_id, 1, 16) = :cut and equipment_id_batch = :line "
    "order by mo_histories.archived_at desc limit 1",
    {{"cut", cut}, {"line", line}});
  return rows.empty() ? std::nullopt : std::optional(std::move(rows[0]));
}

std::vector<archived_batch>
sql_repository::archived_lookalikes(const std::string& line,
                                    const std::string& cut, int slot) {
  return select_history(
    "where substr(mo_id, 1, 16) = :cut and equipment_id_batch = :line "
    "and batch_no = cast(:slot as integer) "
    "order by mo_histories.archived_at desc limit 10",
    {{"cut", cut}, {"line", line}, {"slot", std::to_string(slot)}});
}

std::optional<archived_batch>
sql_repository::archived_by_id(const std::string& id) {
  auto rows
    = select_history("where cast(id as text) = :id limit 1", {{"id", id}});
  return rows.empty() ? std::nullopt : std::optional(std::move(rows[0]));
}

std::vector<archived_batch> sql_repository::open_bookings() {
  return select_history("where booking_open order by mo_histories.archived_at, "
                        "mo_histories.batch_no",
                        {});
}

bool sql_repository::awaits_reports(const std::string& line,
                                    const std::string& since) {
  return number(sql_->query(
           "select count(*) from mo_histories where archived_at > :since and "
           "equipment_id_batch = :line and (open_in_odoo or status = "
           "'cancelled') and status in ('cleared', 'cancelled', 'failed') and "
           "not status_manufacturing and not status_operation and not accepted",
           1, {{"since", since}, {"line", line}}))
         > 0;
}

void sql_repository::update_archived(const archived_batch& entry) {
  std::string assignments
    = "status = :status, notes = :notes, open_in_odoo = :open_in_odoo, "
      "booking_open = :booking_open";
  parameters with{{"status", entry.status},
                  {"notes", entry.notes},
                  {"open_in_odoo", entry.open_in_odoo ? "1" : "0"},
                  {"booking_open", entry.booking_open ? "1" : "0"}};
  for (const auto& c : batch_columns())
    if (c.in_history && !c.fixed) {
      assignments += ", " + c.name + " = :" + c.name;
      with.emplace_back(c.name, c.get(entry.row));
    }
  with.emplace_back("key", entry.row.id);
  sql_->execute("update mo_histories set " + assignments
                  + " where cast(id as text) = :key",
                with);
}

void sql_repository::set_open_in_odoo(const std::string& mo_id) {
  for (const std::string table : {"mo_histories", "past_order"})
    sql_->execute("update " + table
                    + " set open_in_odoo = :yes where mo_id = :mo",
                  {{"yes", "1"}, {"mo", mo_id}});
}

std::vector<std::string> sql_repository::open_in_odoo(const std::string& line) {
  std::vector<std::string> names;
  for (const auto& row : sql_->query(
         "select mo_id from (select mo_id, archived_at from mo_histories where "
         "open_in_odoo and equipment_id_batch = :line union all select mo_id, "
         "archived_at from past_order where open_in_odoo and line = :again) as "
         "listed order by archived_at desc limit 500",
         1, {{"line", line}, {"again", line}}))
    names.push_back(row[0].value_or(""));
  return names;
}

std::int64_t sql_repository::stage(const std::string& line) {
  return number(sql_->query("select stage from line_queue where line = :line",
                            1, {{"line", line}}));
}

std::string sql_repository::fetch_id(const std::string& line) {
  const auto rows = sql_->query(
    "select fetch_id from line_queue where line = :line", 1, {{"line", line}});
  return rows.empty() ? std::string() : rows[0][0].value_or("");
}

void sql_repository::set_line_queue(const std::string& line, std::int64_t stage,
                                    const std::string& fetch_id) {
  sql_->execute(
    "insert into line_queue (line, stage, fetch_id) values (:line, :stage, "
    ":fetch) on conflict (line) do update set stage = excluded.stage, fetch_id "
    "= excluded.fetch_id",
    {{"line", line},
     {"stage", std::to_string(stage)},
     {"fetch", fetch_id.empty() ? std::nullopt : std::optional(fetch_id)}});
}

void sql_repository::remember_acknowledge(const pending_acknowledge& one) {
  sql_->execute("insert into pending_acknowledge (line, slot, mo_id) values "
                "(:line, :slot, :mo_id) on conflict (line, slot) do update set "
                "mo_id = excluded.mo_id",
                {{"line", one.line},
                 {"slot", std::to_string(one.slot)},
                 {"mo_id", one.mo_id}});
}

void sql_repository::forget_acknowledge(const pending_acknowledge& one) {
  sql_->execute("delete from pending_acknowledge where line = :line and slot = "
                ":slot and mo_id = :mo_id",
                {{"line", one.line},
                 {"slot", std::to_string(one.slot)},
                 {"mo_id", one.mo_id}});
}

std::vector<pending_acknowledge>
sql_repository::acknowledges(const std::string& line) {
  std::vector<pending_acknowledge> out;
  for (const auto& row : sql_->query(
         "select cast(slot as text), mo_id from pending_acknowledge where line "
         "= :line order by pending_acknowledge.slot",
         2, {{"line", line}}))
    out.push_back({line, std::stoi(row[0].value_or("0")), row[1].value_or("")});
  return out;
}

} // namespace millrace::store
