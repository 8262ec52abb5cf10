#include "services/batch-store/operator_decisions.hpp"
#include "services/batch-store/view_parts.hpp"

#include <algorithm>

// What is in the queue, what of it is stuck, and what is wrong.

namespace millrace::store::view {

namespace {

constexpr int plc_slots = 10;
/// Raised by task 2 when it failed several times in a row.
constexpr const char* unreachable = "task_failing_plc_read";

bool is_completed(const batch& row) {
  return row.status_manufacturing;
}

ordered_json status_line(const batch& row) {
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

/// Whether the batch waits for Odoo or for a person.
bool waits_for_odoo(const batch& row) {
  return row.held || row.status_manufacturing || row.status_operation
         || row.state == batch_state::cancelled || row.push.attempts > 0;
}

ordered_json waiting_line(const batch& row) {
  return {{"batch_no", row.batch_no},
          {"batch_id", row.id},
          {"mo_id", row.mo_id},
          {"equipment", row.line},
          {"state", name_of(row.state)},
          {"hold_kind", text_or_null(row.held.kind)},
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

std::size_t stuck_total(repository& rows) {
  const auto all = rows.all_batches();
  return static_cast<std::size_t>(
           std::count_if(all.begin(), all.end(), waits_for_odoo))
         + rows.open_bookings().size();
}

/// Share of the planned kilograms that is dosed, 0..1.
double progress_of(const batch& row) {
  const auto planned = total(row.planned).to_double();
  return planned > 0
           ? std::clamp(total(row.actual).to_double() / planned, 0.0, 1.0)
           : 0.0;
}

bool awaits_acknowledge(const std::vector<pending_acknowledge>& owed,
                        const batch& row) {
  return std::any_of(owed.begin(), owed.end(), [&](const auto& one) {
    return one.slot == row.batch_no && one.mo_id == row.mo_id;
  });
}

ordered_json slot_of(const scene& here, const batch& row) {
  return {{"slot", row.batch_no},
          {"empty", false},
          {"mo_id", row.mo_id},
          {"batch_id", row.id},
          {"finished_goods", row.finished_goods},
          {"state", name_of(row.state)},
          {"status_manufacturing", row.status_manufacturing},
          {"status_operation", row.status_operation},
          {"ordered", row.ordered.to_double()},
          {"weight", row.weight.to_double()},
          {"planned", total(row.planned).to_double()},
          {"actual", total(row.actual).to_double()},
          {"progress", progress_of(row)},
          {"last_read", text_or_null(row.last_read)},
          {"last_change", text_or_null(row.last_change)},
          {"finished_at", text_or_null(row.finished_at)},
          {"revision", row.revision},
          {"pushed_revision", row.pushed_revision},
          {"hold", hold_or_null(row.held)},
          {"actions", decisions_about(here, row)},
          {"dosing", dosing_of(row)}};
}

} // namespace

std::vector<std::string> decisions_about(const scene& here, const batch& row) {
  const bool stuck
    = here.rows.find_alert(row.line, "batch_stuck", row.mo_id).has_value();
  return sensible_decisions(row, stuck, here.plant);
}

std::vector<std::string> decisions_about(const scene& here,
                                         const archived_batch& past) {
  const bool unwanted
    = here.rows.find_alert(past.row.line, "produced_unwanted", past.row.mo_id)
        .has_value();
  return sensible_decisions(past, unwanted);
}

ordered_json batch_status(repository& rows) {
  ordered_json batches = json::array();
  int completed = 0;
  const auto all = rows.all_batches();
  for (const auto& row : all) {
    completed += is_completed(row) ? 1 : 0;
    batches.push_back(status_line(row));
  }
  const auto total = static_cast<int>(all.size());
  return {{"total_batches", total},
          {"active_batches", total - completed},
          {"completed_batches", completed},
          {"is_empty", all.empty()},
          {"batches", batches}};
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

ordered_json failed_to_push(const scene& here) {
  ordered_json batches = json::array();
  for (const auto& row : here.rows.all_batches())
    if (waits_for_odoo(row)) {
      auto line = waiting_line(row);
      line["actions"] = decisions_about(here, row);
      batches.push_back(std::move(line));
    }
  // Those that left the queue unbooked.
  for (const auto& entry : here.rows.open_bookings()) {
    auto line = waiting_line(entry.row);
    line["history_status"] = entry.status;
    line["notes"] = text_or_null(entry.notes);
    line["actions"] = decisions_about(here, entry);
    batches.push_back(std::move(line));
  }
  return {{"total", batches.size()}, {"batches", batches}};
}

ordered_json line(const scene& here, const std::string& code) {
  const auto queue = here.rows.queue(code);
  const auto owed = here.rows.acknowledges(code);
  std::string last_read;
  ordered_json slots = json::array();
  for (int slot = 1; slot <= plc_slots; ++slot) {
    const auto row = std::ranges::find(queue, slot, &batch::batch_no);
    if (row == queue.end()) {
      slots.push_back({{"slot", slot}, {"empty", true}});
      continue;
    }
    last_read = std::max(last_read, row->last_read);
    auto one = slot_of(here, *row);
    one["acknowledge_pending"] = awaits_acknowledge(owed, *row);
    slots.push_back(std::move(one));
  }
  return {{"line", code},
          {"last_read", text_or_null(last_read)},
          {"reachable", !here.rows.find_alert(code, unreachable, "")},
          {"slots", slots}};
}

ordered_json alerts(const scene& here, const events::store_query& question) {
  ordered_json found = json::array();
  for (const auto& one : here.rows.alerts())
    if (!question.line || one.line == *question.line)
      found.push_back(
        {{"alert_id", one.alert_id},
         {"line", one.line},
         {"kind", one.kind},
         {"severity", one.severity},
         {"mo_id", text_or_null(one.mo_id)},
         {"text", one.text},
         {"advice", one.advice},
         {"raised_at", one.raised_at},
         {"acknowledged_at", text_or_null(one.acknowledged_at)},
         {"acknowledged_by", text_or_null(one.acknowledged_by)},
         {"acknowledge_notes", text_or_null(one.acknowledge_notes)}});
  history_filter today;
  today.from = format_utc(std::chrono::floor<std::chrono::days>(here.now));
  return {{"total", found.size()},
          {"alerts", found},
          {"stuck_total", stuck_total(here.rows)},
          {"archived_today", here.rows.history_count(today)}};
}

} // namespace millrace::store::view
