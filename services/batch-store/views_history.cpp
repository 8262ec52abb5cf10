#include "common/telemetry/clock.hpp"
#include "services/batch-store/view_parts.hpp"

// What is through, and what people decided.

namespace millrace::store {

namespace {

using std::chrono::system_clock;

constexpr std::size_t date_size = 10; // "2026-11-22"

struct moment {
  system_clock::time_point at;
  bool whole_day = false;
};

result<std::optional<moment>>
read_moment(const std::string& field, const std::optional<std::string>& text) {
  if (!text || text->empty())
    return std::optional<moment>{};
  const bool date = text->size() == date_size;
  const auto at = parse_utc(date ? *text + "T00:00:00Z" : *text);
  if (!at)
    return error{field + " is \"" + *text
                 + "\", expected a UTC time like 2026-11-22T09:00:00Z or a "
                   "date like 2026-11-22"};
  return std::optional(moment{*at, date});
}

} // namespace

result<history_filter> read_filter(const events::store_query& question) {
  history_filter filter{question.mo_id,
                        question.status,
                        question.limit,
                        question.offset,
                        question.line,
                        question.search,
                        {},
                        {},
                        question.oldest_first};
  const auto from = read_moment("from", question.from);
  if (!from)
    return error{from.why()};
  const auto to = read_moment("to", question.to);
  if (!to)
    return error{to.why()};
  if (*from)
    filter.from = format_utc((*from)->at);
  if (*to)
    filter.to
      = format_utc((*to)->at + std::chrono::days{(*to)->whole_day ? 1 : 0});
  // Midnight after a date is not that day any more.
  if (filter.from && filter.to
      && (*filter.from > *filter.to
          || ((*to)->whole_day && *filter.from == *filter.to)))
    return error{"from is \"" + *question.from + "\", later than to \""
                 + *question.to + "\""};
  return filter;
}

} // namespace millrace::store

namespace millrace::store::view {

ordered_json history_row(const archived_batch& entry) {
  const auto& row = entry.row;
  ordered_json out{{"id", row.id},
                   {"batch_no", row.batch_no},
                   {"mo_id", row.mo_id},
                   {"consumption", row.ordered.to_double()},
                   {"equipment_id_batch", row.line},
                   {"finished_goods", row.finished_goods}};
  for (std::size_t i = 0; i < dosing_point_count; ++i) {
    const auto& point = dosing_points[i];
    const std::string tag(point.tag);
    out[std::string(point.id_column)] = point.id;
    out["component_" + tag + "_name"] = text_or_null(row.component_names[i]);
    out["consumption_" + tag] = row.planned[i].to_double();
    out["actual_consumption_" + tag] = row.actual[i].to_double();
  }
  out["status_manufacturing"] = row.status_manufacturing;
  out["status_operation"] = row.status_operation;
  out["actual_weight_quantity_finished_goods"] = row.weight.to_double();
  out["last_read_from_plc"] = text_or_null(row.last_read);
  out["status"] = entry.status;
  out["notes"] = text_or_null(entry.notes);
  out["finished_at"] = text_or_null(row.finished_at);
  out["archived_at"] = text_or_null(entry.archived_at);
  return out;
}

ordered_json history(repository& rows, const history_filter& filter) {
  ordered_json found = json::array();
  for (const auto& entry : rows.history(filter))
    found.push_back(history_row(entry));
  return {{"total", rows.history_count(filter)},
          {"limit", filter.limit},
          {"offset", filter.offset},
          {"histories", found}};
}

ordered_json audit(repository& rows, const history_filter& filter) {
  ordered_json found = json::array();
  for (const auto& one : rows.audit(filter))
    found.push_back({{"at", one.at},
                     {"line", one.line},
                     {"mo_id", one.mo_id},
                     {"batch_id", one.batch_id},
                     {"action", one.action},
                     {"user", one.user},
                     {"notes", text_or_null(one.notes)},
                     {"outcome", one.outcome}});
  return {{"total", rows.audit_count(filter)},
          {"limit", filter.limit},
          {"offset", filter.offset},
          {"entries", found}};
}

} // namespace millrace::store::view
