#include "common/telemetry/clock.hpp"
#include "services/batch-store/sql_cells.hpp"
#include "services/batch-store/sql_filter.hpp"
#include "services/batch-store/sql_repository.hpp"

// What the mill produced. Whole days come from production_day (history_sums),
// the ends of the period from the rows.

namespace millrace::store {

namespace {

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

kilograms of_grams(const sql_session::value& text) {
  return kilograms::from_milli(whole(text));
}

std::vector<trend_figures::production> production_of(sql_session& sql,
                                                     sql_filter found) {
  found.conditions.push_back("status_manufacturing");
  const auto day = day_of(sql.kind(), "archived_at");
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
  const auto day = day_of(sql.kind(), "archived_at");
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

using std::chrono::days;
using std::chrono::sys_days;

std::string date_of(sys_days day) {
  return format_utc(day).substr(0, std::string("2026-11-22").size());
}

sql_filter on_days(const history_filter& filter, sys_days begin, sys_days end) {
  sql_filter found;
  found.conditions.push_back("batches > 0");
  found.add("day >= :begin", "begin", date_of(begin));
  found.add("day < :end", "end", date_of(end));
  found.equal("line", "line", filter.line);
  return found;
}

std::vector<trend_figures::production> production_on(sql_session& sql,
                                                     const sql_filter& found) {
  std::vector<trend_figures::production> out;
  for (const auto& row : sql.query(
         "select day, cast(sum(batches) as text), cast(sum(weight) as text), "
         "cast(sum(ordered) as text) from production_day"
           + found.where() + " group by day order by day",
         4, found.with))
    out.push_back(
      {row[0].value_or(""), whole(row[1]), of_grams(row[2]), of_grams(row[3])});
  return out;
}

std::array<trend_figures::dosing, dosing_point_count>
dosed_on(sql_session& sql, const sql_filter& found) {
  std::string text;
  for (const auto& point : dosing_points)
    for (const std::string sum : {"planned_", "actual_", "dosed_"})
      text += (text.empty() ? "cast(sum(" : ", cast(sum(") + sum
              + std::string(point.tag) + ") as text)";
  const auto row
    = sql
        .query("select " + text + " from production_day" + found.where(),
               3 * dosing_point_count, found.with)
        .at(0);
  std::array<trend_figures::dosing, dosing_point_count> out{};
  for (std::size_t i = 0; i < dosing_point_count; ++i)
    out[i]
      = {of_grams(row[3 * i]), of_grams(row[3 * i + 1]), whole(row[3 * i + 2])};
  return out;
}

/// `later` is all of later days.
void append(trend_figures& sum, trend_figures later) {
  sum.days.insert(sum.days.end(), later.days.begin(), later.days.end());
  for (std::size_t i = 0; i < dosing_point_count; ++i) {
    sum.dosed[i].planned += later.dosed[i].planned;
    sum.dosed[i].actual += later.dosed[i].actual;
    sum.dosed[i].batches += later.dosed[i].batches;
  }
}

trend_figures from_rows(sql_session& sql, history_filter filter,
                        const std::string& from, const std::string& to) {
  filter.from = from;
  filter.to = to;
  const auto found = in_period(filter);
  return {production_of(sql, found), dosed_in(sql, found), {}};
}

} // namespace

trend_figures sql_repository::trends(const history_filter& filter) {
  const auto begin = ceil<days>(*parse_utc(*filter.from));
  const auto end = floor<days>(*parse_utc(*filter.to));
  trend_figures out;
  if (begin >= end) {
    out = from_rows(*sql_, filter, *filter.from, *filter.to);
  } else {
    const auto whole_days = on_days(filter, begin, end);
    if (const auto text = format_utc(begin); text != *filter.from)
      out = from_rows(*sql_, filter, *filter.from, text);
    append(out,
           {production_on(*sql_, whole_days), dosed_on(*sql_, whole_days), {}});
    if (const auto text = format_utc(end); text != *filter.to)
      append(out, from_rows(*sql_, filter, text, *filter.to));
  }
  out.push_latency = latency_of(*sql_, in_period(filter));
  return out;
}

} // namespace millrace::store
