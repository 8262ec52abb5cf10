#include "services/batch-store/history_sums.hpp"

#include "common/domain/dosing.hpp"

namespace millrace::store {

namespace {

/// A column, and what a row of mo_histories adds to it (of a key: is told by).
/// `row` is "new.", "old." or nothing.
struct cell {
  std::string name;
  std::string value;
};

struct sums {
  const char* table;
  std::vector<cell> keys;
  std::vector<cell> figures;
  /// Which rows count.
  std::string only;
};

std::string grams(const std::string& column) {
  return "cast(round(coalesce(" + column + ", 0) * 1000) as bigint)";
}

std::vector<cell> keys_of(database_kind kind, const std::string& row) {
  return {{"day", day_of(kind, row + "archived_at")},
          {"line", "coalesce(" + row + "equipment_id_batch, '')"}};
}

sums counts(database_kind kind, const std::string& row) {
  auto keys = keys_of(kind, row);
  keys.push_back({"status", "coalesce(" + row + "status, '')"});
  return {"history_count",
          std::move(keys),
          {{"batches", "1"}},
          row + "archived_at is not null"};
}

sums production(database_kind kind, const std::string& row) {
  std::vector<cell> figures{
    {"batches", "1"},
    {"weight", grams(row + "actual_weight_quantity_finished_goods")},
    {"ordered", grams(row + "consumption")}};
  for (const auto& point : dosing_points) {
    const std::string tag(point.tag);
    const auto planned = row + "consumption_" + tag;
    const auto actual = row + "actual_consumption_" + tag;
    figures.push_back({"planned_" + tag, grams(planned)});
    figures.push_back({"actual_" + tag, grams(actual)});
    figures.push_back({"dosed_" + tag, "case when " + planned + " > 0 or "
                                         + actual + " > 0 then 1 else 0 end"});
  }
  return {"production_day", keys_of(kind, row), std::move(figures),
          row + "archived_at is not null and " + row
            + "status_manufacturing is true"};
}

/// Adds up `add(one)` of each, with commas between.
template <class Add>
std::string list(const std::vector<cell>& cells, const Add& add) {
  std::string text;
  for (const auto& one : cells)
    text += (text.empty() ? "" : ", ") + add(one);
  return text;
}

std::string name_of(const cell& one) {
  return one.name;
}

std::string value_of(const cell& one) {
  return one.value;
}

std::string names(const sums& of) {
  return list(of.keys, name_of) + ", " + list(of.figures, name_of);
}

void create_table(sql_session& sql, const sums& of) {
  sql.execute(
    "create table if not exists " + std::string(of.table) + " ("
    + list(of.keys,
           [](const cell& one) { return one.name + " VARCHAR(64) NOT NULL"; })
    + ", "
    + list(of.figures,
           [](const cell& one) { return one.name + " BIGINT NOT NULL"; })
    + ", PRIMARY KEY (" + list(of.keys, name_of) + "))");
}

/// Sums up all rows of mo_histories anew.
void fill(sql_session& sql, const sums& of) {
  sql.execute("delete from " + std::string(of.table));
  sql.execute(
    "insert into " + std::string(of.table) + " (" + names(of) + ") select "
    + list(of.keys, value_of) + ", "
    + list(of.figures, [](const cell& one) { return "sum(" + one.value + ")"; })
    + " from mo_histories where " + of.only + " group by "
    + list(of.keys, value_of));
}

/// The statement that adds the trigger's row (`sign` "+") or takes it out.
std::string note(const sums& of, const std::string& sign) {
  const std::string table = of.table;
  return "insert into " + table + " (" + names(of) + ") select "
         + list(of.keys, value_of) + ", "
         + list(of.figures,
                [&](const cell& one) { return sign + "(" + one.value + ")"; })
         + " where " + of.only + " on conflict (" + list(of.keys, name_of)
         + ") do update set "
         + list(of.figures,
                [&](const cell& one) {
                  return one.name + " = " + table + "." + one.name
                         + " + excluded." + one.name;
                })
         + "; ";
}

std::string taking_out(database_kind kind) {
  return note(counts(kind, "old."), "-") + note(production(kind, "old."), "-");
}

std::string adding(database_kind kind) {
  return note(counts(kind, "new."), "+") + note(production(kind, "new."), "+");
}

void make_sqlite_triggers(sql_session& sql) {
  const auto kind = sql.kind();
  const auto make = [&](const std::string& on, const std::string& work) {
    const auto name = "mo_histories_" + on + "_sums";
    sql.execute("drop trigger if exists " + name);
    sql.execute("create trigger " + name + " after " + on
                + " on mo_histories begin " + work + "end");
  };
  make("insert", adding(kind));
  make("update", taking_out(kind) + adding(kind));
  make("delete", taking_out(kind));
}

void make_postgresql_trigger(sql_session& sql) {
  const auto kind = sql.kind();
  sql.execute("create or replace function mo_histories_sums() returns trigger "
              "language plpgsql as $$ begin if tg_op <> 'INSERT' then "
              + taking_out(kind) + "end if; if tg_op <> 'DELETE' then "
              + adding(kind) + "end if; return null; end $$");
  sql.execute("drop trigger if exists mo_histories_sums on mo_histories");
  sql.execute("create trigger mo_histories_sums after insert or update or "
              "delete on mo_histories for each row execute function "
              "mo_histories_sums()");
}

} // namespace

void make_history_sums(sql_session& sql) {
  for (const auto& of : {counts(sql.kind(), ""), production(sql.kind(), "")}) {
    create_table(sql, of);
    fill(sql, of);
  }
  if (sql.kind() == database_kind::sqlite)
    make_sqlite_triggers(sql);
  else
    make_postgresql_trigger(sql);
}

} // namespace millrace::store
