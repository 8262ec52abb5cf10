#include "services/batch-store/sql_cells.hpp"
#include "services/batch-store/sql_filter.hpp"
#include "services/batch-store/sql_repository.hpp"

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

sql_filter of_history(const history_filter& filter) {
  sql_filter found;
  found.equal("mo_id", "mo_id", filter.mo_id);
  found.equal("status", "status", filter.status);
  found.equal("equipment_id_batch", "line", filter.line);
  found.between("archived_at", filter);
  found.contains({"mo_id", "finished_goods"}, filter.search);
  return found;
}

sql_filter of_audit(const history_filter& filter) {
  sql_filter found;
  found.equal("mo_id", "mo_id", filter.mo_id);
  found.equal("line", "line", filter.line);
  found.between("decided_at", filter);
  found.contains({"mo_id", "user_name"}, filter.search);
  return found;
}

std::string page_of(const history_filter& filter) {
  return " limit " + std::to_string(filter.limit) + " offset "
         + std::to_string(filter.offset);
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

void sql_filter::contains(const std::vector<std::string>& columns,
                          const std::optional<std::string>& part) {
  if (!part || part->empty())
    return;
  // One column after the other, since a parameter may be named once only.
  std::string any;
  for (const auto& column : columns) {
    const auto name = "in_" + column;
    any += (any.empty() ? "(" : " or ") + ("lower(" + column + ") like lower(:")
           + name + ") escape '" + like_escape + "'";
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

std::vector<archived_batch>
sql_repository::history(const history_filter& filter) {
  const auto found = of_history(filter);
  // The order of the indexes, so that a page costs the rows of the page.
  const std::string way = filter.oldest_first ? " asc" : " desc";
  return select_history(found.where() + " order by mo_histories.archived_at"
                          + way + ", mo_histories.batch_no" + way
                          + ", mo_histories.id" + way + page_of(filter),
                        found.with);
}

std::int64_t sql_repository::history_count(const history_filter& filter) {
  const auto found = of_history(filter);
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
  const auto found = of_audit(filter);
  return select_audit(found.where() + " order by audit.seq"
                        + (filter.oldest_first ? " asc" : " desc")
                        + page_of(filter),
                      found.with);
}

std::int64_t sql_repository::audit_count(const history_filter& filter) {
  const auto found = of_audit(filter);
  return number(
    sql_->query("select count(*) from audit" + found.where(), 1, found.with));
}

} // namespace millrace::store
