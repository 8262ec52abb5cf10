#include "common/telemetry/clock.hpp"
#include "services/batch-store/sql_cells.hpp"
#include "services/batch-store/sql_filter.hpp"
#include "services/batch-store/sql_repository.hpp"

#include <algorithm>

// What people page through: the history and the audit trail.

namespace millrace::store {

namespace {

/// LIKE's wildcards are meant as they are written.
std::string escaped(const std::string& part) {
  std::string out;
  for (const char c : part) {
    if (c == '%' || c == '_' || c == like_escape)
      out += like_escape;
    out += c;
  }
  return out;
}

sql_filter of_history(database_kind kind, const history_filter& filter) {
  sql_filter found;
  found.equal("mo_id", "mo_id", filter.mo_id);
  found.equal("status", "status", filter.status);
  found.equal("equipment_id_batch", "line", filter.line);
  found.between("archived_at", filter);
  found.contains(kind, {"mo_id", "finished_goods"}, filter.search);
  return found;
}

sql_filter of_audit(database_kind kind, const history_filter& filter) {
  sql_filter found;
  found.equal("mo_id", "mo_id", filter.mo_id);
  found.equal("line", "line", filter.line);
  found.between("decided_at", filter);
  found.contains(kind, {"mo_id", "user_name"}, filter.search);
  return found;
}

std::string page_of(const history_filter& filter) {
  return " limit " + std::to_string(filter.limit) + " offset "
         + std::to_string(filter.offset);
}

constexpr std::size_t date_size = 10; // "2026-11-22"
// Up to here the index is walked from its begin.
constexpr int far_page = 200;

/// Whether the sums by day know how many there are.
bool is_counted(const history_filter& filter) {
  return !filter.mo_id && (!filter.search || filter.search->empty());
}

using std::chrono::days;
using std::chrono::system_clock;

std::optional<system_clock::time_point>
time_in(const std::optional<std::string>& text) {
  return text ? parse_utc(*text) : std::nullopt;
}

/// Days that lie wholly in the filter's period, the end exclusive; no value: no
/// bound.
struct whole_days {
  std::optional<system_clock::time_point> begin;
  std::optional<system_clock::time_point> end;
};

whole_days days_within(const history_filter& filter) {
  whole_days out{time_in(filter.from), time_in(filter.to)};
  if (out.begin)
    out.begin = ceil<days>(*out.begin);
  if (out.end)
    out.end = floor<days>(*out.end);
  return out;
}

} // namespace

void sql_filter::equal(const std::string& column, const std::string& name,
                       const std::optional<std::string>& value) {
  if (value)
    add(column + " = :" + name, name, *value);
}

void sql_filter::between(const std::string& column,
                         const history_filter& filter) {
  if (filter.from)
    add(column + " >= :from_time", "from_time", *filter.from);
  if (filter.to)
    add(column + " < :to_time", "to_time", *filter.to);
}

void sql_filter::contains(database_kind kind,
                          const std::vector<std::string>& columns,
                          const std::optional<std::string>& part) {
  if (!part || part->empty())
    return;
  // One column after the other, since a parameter may be named once only.
  std::string any;
  for (const auto& column : columns) {
    const auto name = "in_" + column;
    any += (any.empty() ? "(" : " or ")
           + (column + " " + like_any_case(kind) + " :") + name + " escape '"
           + like_escape + "'";
    with.emplace_back(name, "%" + escaped(*part) + "%");
  }
  conditions.push_back(any + ")");
}

void sql_filter::add(const std::string& condition, const std::string& name,
                     const std::string& value) {
  conditions.push_back(condition);
  with.emplace_back(name, value);
}

std::string sql_filter::where() const {
  std::string text;
  for (const auto& one : conditions)
    text += (text.empty() ? " where " : " and ") + one;
  return text;
}

/// The sums know the days, and the rows at both ends of the period are counted.
std::vector<sql_repository::stretch>
sql_repository::stretches(const history_filter& filter) {
  const auto whole = days_within(filter);
  const auto rows_of = [&](const auto& from, const auto& to) {
    auto part = filter;
    part.from = from;
    part.to = to;
    return stretch{from, to, count_rows(part)};
  };
  if (whole.begin && whole.end && *whole.begin >= *whole.end)
    return {rows_of(filter.from, filter.to)};
  sql_filter found;
  found.conditions.push_back("batches > 0");
  found.equal("status", "status", filter.status);
  found.equal("line", "line", filter.line);
  std::vector<stretch> out;
  if (whole.begin) {
    const auto begin = format_utc(*whole.begin);
    found.add("day >= :begin", "begin", begin.substr(0, date_size));
    if (begin != filter.from)
      out.push_back(rows_of(filter.from, std::optional(begin)));
  }
  if (whole.end)
    found.add("day < :end", "end", format_utc(*whole.end).substr(0, date_size));
  for (const auto& row :
       sql_->query("select day, cast(sum(batches) as text) from history_count"
                     + found.where() + " group by day order by day",
                   2, found.with)) {
    const auto day = parse_utc(row[0].value_or("") + "T00:00:00Z");
    if (day)
      out.push_back({format_utc(*day), format_utc(*day + days{1}),
                     std::stoll(row[1].value_or("0"))});
  }
  if (whole.end && format_utc(*whole.end) != filter.to)
    out.push_back(rows_of(std::optional(format_utc(*whole.end)), filter.to));
  return out;
}

history_filter sql_repository::begun_near(history_filter filter) {
  if (filter.offset < far_page || !is_counted(filter))
    return filter;
  auto passed = stretches(filter);
  if (!filter.oldest_first)
    std::ranges::reverse(passed);
  for (const auto& one : passed) {
    if (filter.offset < one.batches) {
      (filter.oldest_first ? filter.from : filter.to)
        = filter.oldest_first ? one.from : one.to;
      return filter;
    }
    filter.offset -= static_cast<int>(one.batches);
  }
  filter.limit = 0; // beyond the end
  return filter;
}

std::vector<archived_batch>
sql_repository::history(const history_filter& wanted) {
  const auto filter = begun_near(wanted);
  const auto found = of_history(sql_->kind(), filter);
  // The order of the indexes, so that a page costs the rows of the page.
  const std::string way = filter.oldest_first ? " asc" : " desc";
  return select_history(found.where() + " order by mo_histories.archived_at"
                          + way + ", mo_histories.batch_no" + way
                          + ", mo_histories.id" + way + page_of(filter),
                        found.with);
}

std::int64_t sql_repository::history_count(const history_filter& filter) {
  if (!is_counted(filter))
    return count_rows(filter);
  std::int64_t count = 0;
  for (const auto& one : stretches(filter))
    count += one.batches;
  return count;
}

std::int64_t sql_repository::count_rows(const history_filter& filter) {
  const auto found = of_history(sql_->kind(), filter);
  return number(sql_->query("select count(*) from mo_histories" + found.where(),
                            1, found.with));
}

std::vector<audit_entry>
sql_repository::select_audit(const std::string& condition,
                             const sql_session::parameters& with) {
  std::vector<audit_entry> out;
  for (const auto& row :
       sql_->query("select audit_id, cast(decided_at as text), line, mo_id, "
                   "batch_id, action, user_name, notes, outcome from audit"
                     + condition,
                   9, with)) {
    const auto text = [&](std::size_t i) {
      return row[i].value_or("");
    };
    out.push_back({text(0), utc_or_empty(row[1]), text(2), text(3), text(4),
                   text(5), text(6), text(7), text(8)});
  }
  return out;
}

std::vector<audit_entry> sql_repository::audit_of(const std::string& batch_id) {
  return select_audit(" where batch_id = :id order by audit.seq",
                      {{"id", batch_id}});
}

std::vector<audit_entry> sql_repository::audit(const history_filter& filter) {
  const auto found = of_audit(sql_->kind(), filter);
  return select_audit(found.where() + " order by audit.seq"
                        + (filter.oldest_first ? " asc" : " desc")
                        + page_of(filter),
                      found.with);
}

std::int64_t sql_repository::audit_count(const history_filter& filter) {
  const auto found = of_audit(sql_->kind(), filter);
  return number(
    sql_->query("select count(*) from audit" + found.where(), 1, found.with));
}

} // namespace millrace::store
