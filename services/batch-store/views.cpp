#include "services/batch-store/views.hpp"

#include "services/batch-store/decisions.hpp"

#include <nlohmann/json.hpp>

// The shapes are fixed: people have scripts on them (FACTS 6).

namespace millrace::store {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

json text_or_null(const std::string& text) {
  return text.empty() ? json() : json(text);
}

bool is_completed(const batch& row) {
  return row.status_manufacturing;
}

ordered_json batch_line(const batch& row) {
  return {{"batch_no", row.batch_no},
          {"mo_id", row.mo_id},
          {"equipment", row.line},
          {"consumption", row.ordered.to_double()},
          {"status_manufacturing", row.status_manufacturing},
          {"status_operation", row.status_operation},
          {"actual_finished_goods", row.weight.to_double()},
          {"last_read_from_plc", text_or_null(row.last_read)},
          {"state", name_of(row.state)},
          {"finished_goods", row.finished_goods},
          {"planned", total(row.planned).to_double()},
          {"actual", total(row.actual).to_double()},
          {"update_odoo", row.update_odoo()},
          {"hold_reason", text_or_null(row.held.reason)}};
}

ordered_json batch_status(repository& rows) {
  ordered_json batches = json::array();
  int completed = 0;
  const auto all = rows.all_batches();
  for (const auto& row : all) {
    completed += is_completed(row) ? 1 : 0;
    batches.push_back(batch_line(row));
  }
  const auto total = static_cast<int>(all.size());
  return {{"total_batches", total},
          {"active_batches", total - completed},
          {"completed_batches", completed},
          {"is_empty", all.empty()},
          {"batches", batches}};
}

ordered_json consumptions_above_zero(const dosing_amounts& amounts) {
  ordered_json out = json::object();
  for (std::size_t i = 0; i < amounts.size(); ++i)
    if (amounts[i].milli() > 0)
      out[std::string(dosing_points[i].tag)] = amounts[i].to_double();
  return out;
}

ordered_json real_time(repository& rows) {
  ordered_json in_progress = json::array();
  ordered_json completed = json::array();
  const auto all = rows.all_batches();
  for (const auto& row : all) {
    ordered_json one{
      {"batch_no", row.batch_no},
      {"mo_id", row.mo_id},
      {"equipment_id", row.line},
      {"finished_goods", row.finished_goods},
      {"status_manufacturing", row.status_manufacturing},
      {"status_operation", row.status_operation},
      {"actual_weight", row.weight.to_double()},
      {"last_read", text_or_null(row.last_read)},
      {"actual_consumptions", consumptions_above_zero(row.actual)},
      {"state", name_of(row.state)}};
    (is_completed(row) ? completed : in_progress).push_back(std::move(one));
  }
  return {{"summary",
           {{"total", all.size()},
            {"in_progress", in_progress.size()},
            {"completed", completed.size()}}},
          {"in_progress", in_progress},
          {"completed", completed}};
}

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

ordered_json audit_lines(const std::vector<audit_entry>& entries) {
  ordered_json out = json::array();
  for (const auto& one : entries)
    out.push_back({{"at", one.at},
                   {"action", one.action},
                   {"user", one.user},
                   {"notes", text_or_null(one.notes)},
                   {"outcome", one.outcome}});
  return out;
}

std::set<std::string> names_in(const json& data, const char* member) {
  std::set<std::string> names;
  const auto found = data.find(member);
  if (found != data.end() && found->is_array())
    for (const auto& one : *found)
      if (one.is_string())
        names.insert(one.get<std::string>());
  return names;
}

ordered_json history(repository& rows, const events::store_query& question) {
  const history_filter filter{question.mo_id, question.status, question.limit,
                              question.offset};
  ordered_json found = json::array();
  for (const auto& entry : rows.history(filter))
    found.push_back(history_row(entry));
  return {{"total", rows.history_count(filter)},
          {"limit", question.limit},
          {"offset", question.offset},
          {"histories", found}};
}

/// Whether the batch waits for Odoo or for a person.
bool waits_for_odoo(const batch& row) {
  return row.held || row.status_manufacturing || row.status_operation
         || row.state == batch_state::cancelled || row.push.attempts > 0;
}

ordered_json waiting_line(const batch& row) {
  return {{"batch_no", row.batch_no},
          {"mo_id", row.mo_id},
          {"equipment", row.line},
          {"state", name_of(row.state)},
          {"reason", waiting_reason(row)},
          {"advice", waiting_advice(row)},
          {"error_class", text_or_null(row.push.error_class)},
          {"attempts", row.push.attempts},
          {"last_try", text_or_null(row.push.last_try)},
          {"next_try", text_or_null(row.push.next_try)},
          {"finished_at", text_or_null(row.finished_at)},
          {"actual_finished_goods", row.weight.to_double()},
          {"actual_consumptions", consumptions_above_zero(row.actual)}};
}

ordered_json failed_to_push(repository& rows) {
  ordered_json batches = json::array();
  for (const auto& row : rows.all_batches())
    if (waits_for_odoo(row))
      batches.push_back(waiting_line(row));
  // Those that left the queue unbooked.
  for (const auto& entry : rows.open_bookings()) {
    auto line = waiting_line(entry.row);
    line["history_status"] = entry.status;
    line["notes"] = text_or_null(entry.notes);
    batches.push_back(std::move(line));
  }
  return {{"total", batches.size()}, {"batches", batches}};
}

events::command_result answer(const ordered_json& data,
                              const std::string& message) {
  return {
    true, message, {data.dump(-1, ' ', false, json::error_handler_t::replace)}};
}

} // namespace

events::command_result answer_query(repository& rows,
                                    const events::store_query& question) {
  switch (question.view) {
  case events::store_view::batch_status:
    return answer(batch_status(rows), "batches in the queue");
  case events::store_view::real_time:
    return answer(real_time(rows), "batches in the queue");
  case events::store_view::history:
    return answer(history(rows, question), "archived batches");
  case events::store_view::failed_to_push:
    return answer(failed_to_push(rows), "batches that wait for Odoo");
  case events::store_view::history_of:
    break;
  case events::store_view::line:
  case events::store_view::batch_life:
  case events::store_view::alerts:
  case events::store_view::trends:
  case events::store_view::audit:
    return {false, "this view is not there yet", {}};
  }
  const auto mo_id = question.mo_id.value_or("");
  const auto entry = rows.archived(mo_id);
  if (!entry)
    return {false, mo_id + " is not in the history", {}};
  auto row = history_row(*entry);
  row["audit"] = audit_lines(rows.audit_of(entry->row.id));
  return answer(row, mo_id);
}

withdraw_proof read_proof(const events::command_result& answer) {
  const auto data = json::parse(answer.data.text, nullptr, false);
  if (!data.is_object())
    return {};
  const auto begun = data.find("begun");
  return {names_in(data, "not_taken"), names_in(data, "absent"),
          begun != data.end() && *begun == true};
}

events::command_result
cleared_answer(const std::vector<std::string>& cleared,
               const std::vector<std::string>& come_again,
               const std::vector<std::string>& open_bookings) {
  const auto counted = [](std::size_t n, const char* what) {
    return std::to_string(n) + what;
  };
  return answer(
    {{"deleted_count", cleared.size()},
     {"cleared", cleared},
     {"come_again", come_again},
     {"open_bookings", open_bookings}},
    counted(cleared.size(), " batches cleared") + ", "
      + counted(come_again.size(), " may come again with the next fetch") + ", "
      + counted(open_bookings.size(), " wait in failed-to-push"));
}

} // namespace millrace::store
