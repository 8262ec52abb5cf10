#include "common/telemetry/log.hpp"
#include "services/batch-store/batch_store.hpp"

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
  const bool same_again
    = running != errands_.end() && running->second.revision == row.revision;
  if (same_again && now < running->second.repeat_at)
    return false;
  const auto pause = not_before_.find(row.id);
  if (when == haste::when_due && pause != not_before_.end()
      && now < pause->second)
    return false;
  auto& errand = errands_[row.id];
  errand.revision = row.revision;
  errand.repeat_at = now + settings_.repeat_after;
  if (!same_again)
    errand.overdue = now + settings_.answer_time_out;
  if (cancel) {
    reach_.cancel({row.line, row.id, row.mo_id}, context);
    return true;
  }
  events::odoo_push command{row.line,   row.id, row.mo_id, row.revision,
                            row.actual, close,  {},        {}};
  if (close) {
    command.weight = row.weight;
    command.finished_at = row.finished_at;
  }
  reach_.push(command, context);
  return true;
}

void batch_store::end_errand(const std::string& batch_id, bool ok,
                             const std::string& text) {
  if (const auto it = errands_.find(batch_id); it != errands_.end()) {
    for (const auto& to : it->second.asked_by)
      reach_.reply(to, {ok, text, {}});
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
  return it != errands_.end() && revision < it->second.revision;
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
    current = row && apply_pushed(*row, data.revision, data.done);
    if (!current)
      return;
    closed = row->state == batch_state::pushed;
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
      archive(*row, "completed", joined(data.differences), false, context);
    else if (needed == step::archive_zero_weight)
      archive_zero_weight(*row, context);
  });
  if (current)
    not_before_.erase(data.batch_id);
  if (closed)
    log::info("batch.booked",
              {{"mo_id", data.mo_id}, {"revision", data.revision}});
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
  std::chrono::milliseconds pause{0};
  rows_.write([&] {
    auto row = rows_.find_by_id(data.batch_id);
    if (!row || (data.revision && *data.revision != row->revision))
      return;
    pause = pause_after(row->push.attempts + 1);
    apply_push_failed(*row, data.error_class, data.text, utc_now(),
                      format_utc(clock_() + pause));
    rows_.update(*row);
    raise_if_push_needs_person(*row);
  });
  not_before_[data.batch_id] = now_() + pause;
  log::warn("odoo.push_failed", {{"mo_id", data.mo_id},
                                 {"class", name_of(data.error_class)},
                                 {"text", data.text}});
  end_errand(data.batch_id, false,
             data.mo_id + ": " + std::string(name_of(data.error_class)) + ": "
               + data.text);
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
    const auto after
      = row ? next_state(row->state, batch_fact::odoo_cancelled) : std::nullopt;
    if (!after)
      return;
    row->state = *after;
    row->odoo_cancelled = true;
    row->push = {};
    const auto context = about(*row, answer.meta);
    const std::string reason = "the PLC reported that the batch failed";
    auto keyed = context;
    keyed.natural_key = row->id;
    out_.add(row->line,
             events::batch_cancelled{row->line, row->id, row->batch_no,
                                     row->mo_id, reason},
             keyed);
    alerts_.clear(row->line, "push_failing", row->mo_id);
    archive(*row, "cancelled", reason, false, context);
  });
  not_before_.erase(data.batch_id);
  end_errand(data.batch_id, true, data.mo_id + ": cancelled in Odoo");
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
    else
      archive(row,
              needed == step::archive_cancelled ? "cancelled" : "completed", "",
              false, context);
  });
  return true;
}

void batch_store::archive_zero_weight(const batch& row,
                                      const service::context& context) {
  archive(row, "completed",
          "The PLC reported weight 0: consumption booked, order not marked "
          "done in Odoo.",
          true, context);
  alerts_.raise({row.line, "zero_weight", row.mo_id, events::severity::warning,
                 row.mo_id
                   + ": finished with weight 0; its consumption is booked, the "
                     "order is still open in Odoo",
                 "Enter the finished quantity in Odoo by hand."});
}

void batch_store::archive(batch row, const std::string& status,
                          const std::string& notes, bool open_in_odoo,
                          const service::context& context) {
  row.state = batch_state::archived;
  rows_.archive({row, status, notes, utc_now(), open_in_odoo});
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
  log::info("batch.archived", {{"mo_id", row.mo_id}, {"status", status}});
  if (rows_.count(row.line) > 0)
    return;
  service::context emptied;
  emptied.causation_id = context.causation_id;
  emptied.traceparent = context.traceparent;
  emptied.natural_key = row.line + "/" + std::to_string(row.stage);
  out_.add(row.line, events::queue_emptied{row.line, row.stage}, emptied);
}

} // namespace millrace::store
