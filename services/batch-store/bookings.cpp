#include "common/telemetry/log.hpp"
#include "services/batch-store/batch_store.hpp"

// Batches that left the queue and are not through: set aside, cleared or
// cancelled ones whose figures a person has to book, or that the PLC produces
// all the same.

namespace millrace::store {

namespace {

batch as_archived(batch row) {
  row.state = batch_state::archived;
  return row;
}

/// Its final figures are stored.
bool is_through(const archived_batch& old) {
  return old.status == "completed" || old.row.status_manufacturing
         || old.row.status_operation;
}

} // namespace

void batch_store::raise_open_booking(const batch& row) {
  const auto left = as_archived(row);
  alerts_.clear(row.line, "booking_open", row.mo_id);
  alerts_.raise({row.line, "booking_open", row.mo_id,
                 events::severity::critical,
                 row.mo_id + " is not booked in Odoo: " + waiting_reason(left)
                   + "; figures: " + figures_text(row),
                 waiting_advice(left)});
}

void batch_store::retry_booking(const archived_batch& past,
                                const events::retry_push& wish,
                                const service::reply_to& to) {
  const auto& row = past.row;
  if (!can_be_booked(row))
    return reach_.reply(to,
                        {false,
                         row.mo_id + " cannot be pushed: " + waiting_reason(row)
                           + ". " + waiting_advice(row),
                         {}});
  rows_.write([&] { audit_retry(row, wish); });
  auto& errand = errands_[row.id];
  errand.what = step::push_and_close;
  errand.revision = row.revision;
  errand.overdue = now_() + settings_.answer_time_out;
  errand.repeat_at = errand.overdue;
  errand.asked_by.push_back({to, {}, {}});
  reach_.push({row.line, row.id, row.mo_id, row.revision, row.actual, true,
               row.weight, row.finished_at},
              about(row, {}));
}

void batch_store::settle_booking(const events::odoo_pushed& answer) {
  auto past = rows_.archived_by_id(answer.batch_id);
  if (!past || !past->booking_open
      || !apply_pushed(past->row, answer.revision, false))
    return;
  rows_.add_journal(was_pushed(past->row, answer, utc_now()));
  if (answer.done) {
    past->booking_open = false;
    past->status = "completed";
    past->row.held = {};
    past->notes += "; booked and done in Odoo " + utc_now();
    for (const auto* kind : {"booking_open", "produced_unwanted"})
      alerts_.clear(past->row.line, kind, past->row.mo_id);
    audit(past->row, "booked", "odoo", "", "booked and done in Odoo");
  }
  rows_.update_archived(*past);
}

void batch_store::fail_booking(const events::odoo_push_failed& answer) {
  auto past = rows_.archived_by_id(answer.batch_id);
  if (!past || !past->booking_open
      || (answer.revision && *answer.revision != past->row.revision))
    return;
  apply_push_failed(past->row, answer.error_class, answer.text, utc_now(), "");
  rows_.update_archived(*past);
  rows_.add_journal(push_failed(past->row, answer, utc_now()));
}

std::optional<archived_batch>
batch_store::archived_as_reported(const std::string& line,
                                  const events::slot_report& report) {
  // What is not finished is not acknowledged: a late reading of it does no
  // harm.
  if (!fills_plc_name(report.mo_id) || !report.finished)
    return rows_.archived_by_cut_name(line, report.mo_id);
  for (auto& old : rows_.archived_lookalikes(line, report.mo_id, report.slot)) {
    const auto& row = old.row;
    const bool same
      = row.actual == report.consumption && row.weight == report.weight;
    if (same || !is_through(old))
      return std::move(old);
  }
  return {};
}

bool batch_store::store_late_report(archived_batch& old,
                                    const events::slot_report& report,
                                    const std::string& read_at) {
  auto& row = old.row;
  if (is_through(old)) {
    const bool finished = report.finished && !report.problem;
    if (finished && !fills_plc_name(row.mo_id)
        && (row.actual != report.consumption || row.weight != report.weight))
      raise_produced_again(row, report);
    return finished;
  }
  // A name that fills the PLC's field may be another order's.
  if (fills_plc_name(row.mo_id) && row.batch_no != report.slot)
    return false;
  const bool first = !old.open_in_odoo && old.status != "cancelled";
  const bool stored = take_unwanted_figures(row, report, read_at);
  const bool known
    = old.booking_open
      || rows_.find_alert(row.line, "produced_unwanted", row.mo_id);
  if (first || stored) {
    old.open_in_odoo = true;
    old.booking_open = old.booking_open || stored;
    if (stored) {
      row.held = {};
      old.notes += "; the PLC finished it " + read_at;
    }
    rows_.update_archived(old);
  }
  if (stored && old.status == "failed")
    raise_open_booking(row);
  else if (stored || !known)
    raise_unwanted(row, old.status);
  return stored;
}

void batch_store::raise_produced_again(const batch& row,
                                       const events::slot_report& report) {
  auto other = row;
  other.actual = report.consumption;
  other.weight = report.weight;
  alerts_.raise(
    {row.line, "produced_again", row.mo_id, events::severity::critical,
     row.mo_id + " was through with " + figures_text(row)
       + "; the PLC now reports it in slot " + std::to_string(report.slot)
       + " with " + figures_text(other),
     "Find out in the PLC whether it was produced once more. "
     "Nothing of this is booked in Odoo."});
}

void batch_store::raise_unwanted(const batch& row, const std::string& status) {
  alerts_.clear(row.line, "produced_unwanted", row.mo_id);
  alerts_.raise({row.line, "produced_unwanted", row.mo_id,
                 events::severity::critical,
                 row.mo_id + " was " + status + ", but the PLC "
                   + (row.status_manufacturing
                        ? "has produced it: " + figures_text(row)
                        : "runs it in slot " + std::to_string(row.batch_no)),
                 row.status_manufacturing
                   ? waiting_advice(as_archived(row))
                   : "Stop it in the PLC, or let it finish: its figures then "
                     "wait in failed-to-push."});
}

void batch_store::hold_as_unwanted(batch& row, const std::string& now) {
  row.held
    = {"produced_unwanted",
       "it was cancelled, but the PLC has produced it: " + figures_text(row),
       waiting_advice(as_archived(row)), now};
}

void batch_store::take_cancelled(batch& row, const events::slot_report& report,
                                 const std::string& read_at,
                                 read_followup& after) {
  if (take_unwanted_figures(row, report, read_at)) {
    hold_as_unwanted(row, read_at);
    rows_.update(row);
    raise_unwanted(row, "cancelled");
  }
  if (!report.finished || !row.status_manufacturing || report.problem)
    return;
  const pending_acknowledge one{row.line, report.slot, row.mo_id,
                                report.weight};
  if (report.acknowledged)
    return rows_.forget_acknowledge(one);
  rows_.remember_acknowledge(one);
  after.to_acknowledge.push_back(one);
}

} // namespace millrace::store
