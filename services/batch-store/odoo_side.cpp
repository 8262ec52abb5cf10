#include "common/telemetry/log.hpp"
#include "services/batch-store/batch_store.hpp"
#include "services/batch-store/reconcile_decisions.hpp"

#include <algorithm>

// What Odoo is told, and what its answers do.

namespace millrace::store {

using namespace std::chrono_literals;

namespace {

// A failed push is tried again at the next tick after this pause, which doubles
// up to the longest. The longest stays within the slack for recovery (5 s); how
// hard Odoo is asked in an outage is limited by odoo-gateway's breaker.
constexpr std::chrono::milliseconds first_pause = 500ms;
constexpr std::chrono::milliseconds longest_pause = 4s;

// From here on a person should look.
constexpr int attempts_to_alert = 3;

std::chrono::milliseconds pause_after(int attempts) {
  auto pause = first_pause;
  for (int i = 1; i < attempts && pause < longest_pause; ++i)
    pause *= 2;
  return std::min(pause, longest_pause);
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts)
    out += (out.empty() ? "" : "; ") + part;
  return out;
}

} // namespace

bool batch_store::start_errand(const batch& row, haste when,
                               const service::context& context) {
  const auto needed = next_step(row, settings_.plant);
  const bool cancel = needed == step::cancel_in_odoo;
  const bool close = needed == step::push_and_close;
  if (!cancel && !close && needed != step::push_consumption)
    return false;
  const auto now = now_();
  const auto running = errands_.find(row.id);
  const bool same_again = running != errands_.end()
                          && running->second.revision == row.revision
                          && running->second.what == needed;
  if (same_again && now < running->second.repeat_at)
    return false;
  const auto pause = not_before_.find(row.id);
  if (when == haste::when_due && pause != not_before_.end()
      && now < pause->second)
    return false;
  auto& errand = errands_[row.id];
  errand.what = needed;
  errand.revision = row.revision;
  errand.repeat_at = now + settings_.repeat_after;
  if (!same_again)
    errand.overdue = now + settings_.answer_time_out;
  if (cancel) {
    reach_.cancel({row.line, row.id, row.mo_id}, context);
    return true;
  }
  events::odoo_push command{row.line,     row.id,     row.mo_id,
                            row.revision, row.actual, close,
                            {},           {},         false};
  if (close) {
    command.weight = row.weight;
    command.finished_at = row.finished_at;
  }
  command.look_first = !verified_.contains(row.id);
  reach_.push(command, context);
  return true;
}

void batch_store::end_errand(const std::string& batch_id, bool ok,
                             const std::string& text) {
  if (const auto it = errands_.find(batch_id); it != errands_.end()) {
    for (const auto& each : it->second.asked_by)
      reach_.reply(each.to, {ok, text, {}});
    errands_.erase(it);
  }
  for (auto& [name, state] : lines_)
    if (state.process && state.process->waiting.erase(batch_id) > 0) {
      if (ok)
        ++state.process->succeeded;
      else
        state.process->failures.push_back(text);
      finish_process_if_answered(name);
    }
}

bool batch_store::is_late(const std::string& batch_id,
                          std::int64_t revision) const {
  const auto it = errands_.find(batch_id);
  return it != errands_.end()
         && (revision < it->second.revision
             || it->second.what == step::cancel_in_odoo);
}

void batch_store::on_odoo_pushed(
  const events::event<events::odoo_pushed>& answer) {
  const auto& data = answer.data;
  if (!serves(data.line))
    return;
  bool current = false;
  bool closed = false;
  rows_.write([&] {
    auto row = rows_.find_by_id(data.batch_id);
    if (!row)
      return settle_booking(data);
    current = apply_pushed(*row, data.revision, data.done);
    if (data.revision <= row->revision)
      rows_.add_journal(was_pushed(*row, data, utc_now()));
    if (!current) {
      if (data.done && data.revision < row->revision
          && !row->earlier_slots.empty())
        alerts_.raise({row->line, "closed_early", row->mo_id,
                       events::severity::critical,
                       row->mo_id
                         + ": Odoo has closed the order with the figures of an "
                           "earlier run while it is produced again",
                       "Odoo will refuse the new figures: correct the order in "
                       "Odoo by hand, then POST /api/admin/manual/set-aside/"
                         + row->mo_id + "."});
      return;
    }
    closed = row->state == batch_state::pushed;
    if (is_of_odoo(row->held))
      release(*row);
    alerts_.clear(row->line, "push_failing", row->mo_id);
    if (!data.differences.empty())
      alerts_.raise({row->line, "odoo_differs", row->mo_id,
                     events::severity::warning,
                     row->mo_id
                       + ": Odoo holds other figures that it cannot "
                         "be told to change: "
                       + joined(data.differences),
                     "Correct the order's consumption in Odoo by hand."});
    rows_.update(*row);
    const auto needed = next_step(*row, settings_.plant);
    const auto context = about(*row, answer.meta);
    if (needed == step::archive_completed)
      archive(*row, "completed", joined(data.differences), {}, context);
    else if (needed == step::archive_zero_weight)
      archive_zero_weight(*row, context);
  });
  if (current) {
    not_before_.erase(data.batch_id);
    verified_.insert(data.batch_id);
    // Odoo is back: what odoo-gateway only kept away from it need not wait.
    if (!not_before_.empty())
      for (const auto& row : rows_.queue(data.line))
        if (row.push.error_class == name_of(events::odoo_error::unreachable))
          not_before_.erase(row.id);
  }
  if (closed) {
    const log::scope story(3, answer.meta.traceparent);
    log::info("batch.booked",
              {{"mo_id", data.mo_id}, {"revision", data.revision}});
  }
  if (is_late(data.batch_id, data.revision))
    return;
  end_errand(data.batch_id, true,
             data.mo_id
               + (data.done ? ": booked and done in Odoo"
                            : ": consumption booked in Odoo"));
}

void batch_store::on_odoo_push_failed(
  const events::event<events::odoo_push_failed>& answer) {
  const auto& data = answer.data;
  if (!serves(data.line))
    return;
  // A late answer about figures that are no longer the newest says nothing.
  if (data.revision && is_late(data.batch_id, *data.revision))
    return;
  const bool cancel = data.operation == events::odoo_operation::cancel;
  std::chrono::milliseconds pause{0};
  rows_.write([&] {
    auto row = rows_.find_by_id(data.batch_id);
    if (!row)
      return fail_booking(data);
    if (data.revision && *data.revision != row->revision)
      return;
    // Decided otherwise meanwhile.
    if (cancel != (next_step(*row, settings_.plant) == step::cancel_in_odoo))
      return;
    if (cancel && data.error_class == events::odoo_error::closed
        && next_state(row->state, batch_fact::odoo_done)
        && row->status_manufacturing)
      return cancel_came_too_late(*row);
    pause = pause_after(row->push.attempts + 1);
    apply_push_failed(*row, data.error_class, data.text, utc_now(),
                      format_utc(clock_() + pause));
    rows_.update(*row);
    rows_.add_journal(push_failed(*row, data, utc_now()));
    const auto hopeless = data.operation == events::odoo_operation::cancel
                            ? std::nullopt
                            : hold_if_push_is_hopeless(*row, data.error_class,
                                                       data.text, utc_now());
    if (!hopeless)
      raise_if_push_needs_person(*row);
    else if (hopeless->reason != row->held.reason)
      put_on_hold(*row, *hopeless);
  });
  not_before_[data.batch_id] = now_() + pause;
  log::warn("odoo.push_failed", {{"mo_id", data.mo_id},
                                 {"class", name_of(data.error_class)},
                                 {"text", data.text}});
  if (cancel)
    end_cancel(data);
  end_errand(data.batch_id, false,
             data.mo_id + ": " + std::string(name_of(data.error_class)) + ": "
               + data.text);
}

void batch_store::cancel_came_too_late(batch& row) {
  row.state = *next_state(row.state, batch_fact::odoo_done);
  row.push = {};
  row.held = {};
  row.operator_notes.clear();
  rows_.update(row);
  alerts_.clear(row.line, "produced_unwanted", row.mo_id);
  audit(row, "cancel", "millrace", "",
        row.mo_id
          + " is not cancelled: Odoo had closed the order before; its booking "
            "is compared with Odoo's figures");
}

void batch_store::end_cancel(const events::odoo_push_failed& answer) {
  const auto it = errands_.find(answer.batch_id);
  if (it == errands_.end())
    return;
  push_record record;
  record.error_class = name_of(answer.error_class);
  if (is_refused(record))
    return;
  // For who cancelled it is done, as far as it depends on us.
  std::erase_if(it->second.asked_by, [&](const waiter& each) {
    if (each.then.empty())
      return false;
    reach_.reply(each.to, {true, each.then + " (" + answer.text + ")", {}});
    return true;
  });
}

void batch_store::raise_if_push_needs_person(const batch& row) {
  const bool refused = is_refused(row.push);
  if (!refused && row.push.attempts < attempts_to_alert)
    return;
  alerts_.raise(
    {row.line, "push_failing", row.mo_id,
     refused ? events::severity::critical : events::severity::warning,
     row.mo_id + " is not booked in Odoo: " + waiting_reason(row),
     waiting_advice(row)});
}

void batch_store::on_odoo_cancelled(
  const events::event<events::odoo_cancelled>& answer) {
  const auto& data = answer.data;
  if (!serves(data.line))
    return;
  rows_.write([&] {
    auto row = rows_.find_by_id(data.batch_id);
    // Late, when it was decided otherwise meanwhile.
    if (!row || next_step(*row, settings_.plant) != step::cancel_in_odoo)
      return;
    row->state
      = next_state(row->state, batch_fact::odoo_cancelled).value_or(row->state);
    row->odoo_cancelled = true;
    row->push = {};
    archive_cancelled(*row, about(*row, answer.meta));
  });
  not_before_.erase(data.batch_id);
  end_errand(data.batch_id, true,
             data.mo_id + " is cancelled in Odoo and archived");
}

void batch_store::archive_cancelled(const batch& row,
                                    const service::context& context) {
  const std::string reason = row.operator_notes.empty()
                               ? "the PLC reported that the batch failed"
                               : row.operator_notes;
  auto keyed = context;
  keyed.natural_key = row.id;
  out_.add(
    row.line,
    events::batch_cancelled{row.line, row.id, row.batch_no, row.mo_id, reason},
    keyed);
  alerts_.clear(row.line, "push_failing", row.mo_id);
  // Held: the PLC has produced it all the same.
  archive(row, "cancelled", reason, {false, static_cast<bool>(row.held)},
          context);
}

bool batch_store::archive_if_through(const batch& row,
                                     const service::context& context) {
  const auto needed = next_step(row, settings_.plant);
  if (needed != step::archive_completed && needed != step::archive_zero_weight
      && needed != step::archive_cancelled)
    return false;
  rows_.write([&] {
    if (needed == step::archive_zero_weight)
      archive_zero_weight(row, context);
    else if (needed == step::archive_cancelled)
      archive_cancelled(row, context);
    else
      archive(row, "completed", "", {}, context);
  });
  return true;
}

void batch_store::archive_zero_weight(const batch& row,
                                      const service::context& context) {
  archive(row, "completed",
          "The PLC reported weight 0: consumption booked, order not marked "
          "done in Odoo.",
          {true, false}, context);
  alerts_.raise({row.line, "zero_weight", row.mo_id, events::severity::warning,
                 row.mo_id
                   + ": finished with weight 0; its consumption is booked, the "
                     "order is still open in Odoo",
                 "Enter the finished quantity in Odoo by hand."});
}

void batch_store::archive(batch row, const std::string& status,
                          const std::string& notes, leaving how,
                          const service::context& context) {
  row.state = batch_state::archived;
  rows_.archive(
    {row, status, notes, utc_now(), how.open_in_odoo, how.booking_open});
  // What was said about the batch on its way; what stays open in Odoo
  // (zero_weight, odoo_differs) stays raised.
  for (const auto* kind : {"batch_stuck", "batch_held", "batch_failed",
                           "push_failing", "recipe_sum", "weight_high"})
    alerts_.clear(row.line, kind, row.mo_id);
  auto keyed = context;
  keyed.natural_key = row.id;
  out_.add(row.line,
           events::batch_archived{row.line, row.id, row.batch_no, row.mo_id,
                                  status, notes},
           keyed);
  {
    const log::scope story(3, row.traceparent);
    log::info("batch.archived", {{"mo_id", row.mo_id}, {"status", status}});
  }
  if (rows_.count(row.line) > 0)
    return;
  service::context emptied;
  emptied.causation_id = context.causation_id;
  emptied.traceparent = context.traceparent;
  emptied.natural_key = row.line + "/" + std::to_string(row.stage);
  out_.add(row.line, events::queue_emptied{row.line, row.stage}, emptied);
}

} // namespace millrace::store
