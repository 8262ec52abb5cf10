#include "services/batch-store/sql_cells.hpp"
#include "services/batch-store/sql_filter.hpp"
#include "services/batch-store/sql_repository.hpp"

// What the mill produced, summed up by the database.

namespace millrace::store {

namespace {

// Both databases show a time so: SQLite holds the text, PostgreSQL is told to
// (session_setup: ISO, UTC).
constexpr const char* day_of = "substr(cast(archived_at as text), 1, 10)";

sql_filter in_period(const history_filter& filter) {
  sql_filter found;
  found.between("archived_at", filter);
  found.equal("equipment_id_batch", "line", filter.line);
  return found;
}

kilograms mass(const sql_session::value& text) {
  return kilograms::parse(text.value_or("0")).value_or(kilograms{});
}

std::int64_t whole(const sql_session::value& text) {
  return std::stoll(text.value_or("0"));
}

std::vector<trend_figures::production> production_of(sql_session& sql,
                                                     sql_filter found) {
  found.conditions.push_back("status_manufacturing");
  const std::string day = day_of;
  std::vector<trend_figures::production> out;
  for (const auto& row : sql.query(
         "select " + day
           + ", cast(count(*) as text), "
             "cast(sum(actual_weight_quantity_finished_goods) as text), "
             "cast(sum(consumption) as text) from mo_histories"
           + found.where() + " group by " + day + " order by " + day,
         4, found.with))
    out.push_back(
      {row[0].value_or(""), whole(row[1]), mass(row[2]), mass(row[3])});
  return out;
}

std::array<trend_figures::dosing, dosing_point_count>
dosed_in(sql_session& sql, sql_filter found) {
  found.conditions.push_back("status_manufacturing");
  std::string sums;
  for (const auto& point : dosing_points) {
    const std::string planned = "consumption_" + std::string(point.tag);
    const std::string actual = "actual_" + planned;
    sums += (sums.empty() ? "" : ", ") + ("cast(sum(" + planned)
            + ") as text), cast(sum(" + actual
            + ") as text), cast(sum(case when " + planned + " > 0 or " + actual
            + " > 0 then 1 else 0 end) as text)";
  }
  const auto row
    = sql
        .query("select " + sums + " from mo_histories" + found.where(),
               3 * dosing_point_count, found.with)
        .at(0);
  std::array<trend_figures::dosing, dosing_point_count> out{};
  for (std::size_t i = 0; i < dosing_point_count; ++i)
    out[i] = {mass(row[3 * i]), mass(row[3 * i + 1]), whole(row[3 * i + 2])};
  return out;
}

/// SQLite has no median: each day's waits are ranked, the middle one or two
/// are averaged.
std::vector<trend_figures::latency> latency_of(sql_session& sql,
                                               sql_filter found) {
  found.conditions.push_back("status = 'completed'");
  found.conditions.push_back("finished_at is not null");
  const std::string day = day_of;
  const auto wait = seconds_between(sql.kind(), "finished_at", "archived_at");
  std::vector<trend_figures::latency> out;
  for (const auto& row : sql.query(
         "select day, cast(max(batches) as text), cast(avg(case when place in "
         "((batches + 1) / 2, (batches + 2) / 2) then wait end) as text), "
         "cast(max(wait) as text) from (select day, wait, row_number() over "
         "(partition by day order by wait) as place, count(*) over (partition "
         "by day) as batches from (select "
           + day + " as day, " + wait + " as wait from mo_histories"
           + found.where() + ") as waits) as ranked group by day order by day",
         4, found.with))
    out.push_back({row[0].value_or(""), whole(row[1]),
                   std::stod(row[2].value_or("0")),
                   std::stod(row[3].value_or("0"))});
  return out;
}

} // namespace

trend_figures sql_repository::trends(const history_filter& filter) {
  const auto found = in_period(filter);
  return {production_of(*sql_, found), dosed_in(*sql_, found),
          latency_of(*sql_, found)};
}

} // namespace millrace::store
