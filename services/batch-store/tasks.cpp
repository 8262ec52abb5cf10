#include "common/domain/order_name.hpp"
#include "common/telemetry/log.hpp"
#include "services/batch-store/batch_store.hpp"

#include <algorithm>

// The four tasks (FACTS 8): what a tick sets going, and how its run ends.

namespace millrace::store {

using namespace std::chrono_literals;
using events::task_kind;
using events::task_outcome;

namespace {

// Longer than odoo-gateway needs for all pages with its own time-outs.
constexpr auto fetch_patience = 90s;
// A run does not wait longer for Odoo, so that a batch which completes
// meanwhile is not held up by one that hangs.
constexpr auto process_patience = 5s;
// Longer than the request to plc-gateway takes to time out (main.cpp).
constexpr auto read_patience = 60s;
constexpr auto failures_to_alert = 3;
// The PLC may produce what was cleared, cancelled or set aside for this long.
constexpr auto watch_removed = 24h;
// Odoo may list orders that are through; each round learns and leaves them out.
constexpr int max_refetches = 3;

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts)
    out += (out.empty() ? "" : "; ") + part;
  return out;
}

/// Grows with every queue, also over a database that was made anew or restored:
/// plc-gateway refuses a lower number than it has seen.
std::int64_t next_stage(std::int64_t last,
                        std::chrono::system_clock::time_point now) {
  const auto seconds
    = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  return std::max<std::int64_t>(last + 1, seconds.count());
}

std::string task_text(task_kind task) {
  return std::string(
    events::enum_names<task_kind>::values[static_cast<std::size_t>(task)]);
}

service::context caused_by(const events::envelope& cause) {
  service::context about;
  about.causation_id = cause.id;
  about.traceparent = child_traceparent(cause.traceparent);
  return about;
}

constexpr int plc_slots = 10; // FACTS 2

/// Where the PLC works on an order that is not known here (a restored database)
/// no other one is put, as long as there are other slots: some PLC programs
/// take the new one at once, and nobody would ever learn what became of the
/// other.
void keep_clear_of(const std::set<int>& strange, const past_orders& past,
                   queue_plan& plan) {
  std::set<int> free;
  for (int slot = 1; slot <= plc_slots; ++slot)
    if (!strange.contains(slot))
      free.insert(slot);
  if (strange.empty() || free.empty())
    return;
  std::vector<batch> kept;
  for (auto& row : plan.batches) {
    const int avoid
      = fills_plc_name(row.mo_id) ? past.slot_of_lookalike(row.mo_id) : 0;
    const auto slot = std::find_if(free.begin(), free.end(),
                                   [&](int n) { return n != avoid; });
    if (slot == free.end()) {
      plan.left_out.push_back({row.mo_id,
                               "the PLC works on orders that are not known "
                               "here; it comes with the next queue"});
      continue;
    }
    row.batch_no = *slot;
    free.erase(slot);
    kept.push_back(std::move(row));
  }
  plan.batches = std::move(kept);
}

} // namespace

// The same tick once more: its run answers for both.
bool batch_store::is_running(const std::optional<run>& which,
                             const events::event<events::task_run>& tick) {
  return which && which->tick_id == tick.data.tick_id;
}

void batch_store::on_task_run(const events::event<events::task_run>& tick) {
  if (!serves(tick.data.line))
    return;
  const log::scope scope(number_of(tick.data.task), tick.meta.traceparent);
  switch (tick.data.task) {
  case task_kind::sync_mo:
    return start_sync(tick);
  case task_kind::plc_read:
    return start_read(tick);
  case task_kind::process_completed:
    return start_process(tick);
  case task_kind::health:
    return run_health(tick);
  }
}

void batch_store::start_sync(const events::event<events::task_run>& tick) {
  const auto& line = tick.data.line;
  auto& state = lines_[line];
  if (is_running(state.sync, tick))
    return;
  reconcile_plc(line, caused_by(tick.meta));
  if (state.sync)
    return finish_now(tick, task_outcome::skipped,
                      "a fetch is under way already");
  if (rows_.clearing(line))
    return finish_now(tick, task_outcome::skipped,
                      "the queue is being cleared");
  if (const auto waiting = rows_.count(line); waiting > 0)
    return finish_now(tick, task_outcome::skipped,
                      "mo_batch still holds " + std::to_string(waiting)
                        + (waiting == 1 ? " batch" : " batches"));
  begin_fetch(line, caused_by(tick.meta));
  state.sync = run{tick.data.tick_id,
                   tick.meta.traceparent,
                   now_() + fetch_patience,
                   {},
                   0,
                   {}};
  state.refetches = 0;
}

std::int64_t batch_store::take_new_stage(const std::string& line) {
  const auto stage = next_stage(rows_.stage(line), clock_());
  rows_.set_line_queue(line, stage, rows_.fetch_id(line));
  return stage;
}

void batch_store::begin_fetch(const std::string& line,
                              const service::context& about) {
  const auto fetch_id = ids_();
  std::vector<std::string> exclude;
  rows_.write([&] {
    rows_.set_line_queue(line, rows_.stage(line), fetch_id);
    exclude = rows_.open_in_odoo(line);
  });
  // The PLC has them from elsewhere: they would fill the page and be left out.
  for (const auto& raised : rows_.alerts())
    if (raised.line == line && plc_runs_unknown(line, raised.mo_id)
        && !fills_plc_name(raised.mo_id))
      exclude.push_back(raised.mo_id);
  auto& state = lines_[line];
  state.fetch = {line, fetch_id, settings_.batch_limit, exclude};
  state.fetch_about = about;
  send_fetch(state);
}

void batch_store::send_fetch(line_state& state) {
  state.fetch_again = now_() + settings_.repeat_after;
  reach_.fetch(state.fetch, state.fetch_about);
}

void batch_store::on_mo_fetched(
  const events::event<events::mo_fetched>& answer) {
  const auto& line = answer.data.line;
  if (!serves(line))
    return;
  auto& state = lines_[line];
  const log::scope scope(number_of(task_kind::sync_mo),
                         answer.meta.traceparent);
  queue_plan plan;
  bool expected = false;
  bool empty = false;
  rows_.write([&] {
    plan = {};
    expected = rows_.fetch_id(line) == answer.data.fetch_id;
    // The gate, inside the transaction.
    empty = rows_.count(line) == 0 && !rows_.clearing(line);
    if (!expected || !empty)
      return;
    warn_of_running_offers(line, answer.data.orders);
    const auto last_stage = rows_.stage(line);
    const auto stage = next_stage(last_stage, clock_());
    plan = plan_queue(line, answer.data.orders, settings_.batch_limit, stage,
                      settings_.plant, past_of(line), ids_);
    std::set<int> strange;
    for (const auto& [slot, report] : state.running)
      if (!report.finished && !report.failed
          && plc_runs_unknown(line, report.mo_id))
        strange.insert(slot);
    keep_clear_of(strange, past_of(line), plan);
    rows_.set_line_queue(line, plan.batches.empty() ? last_stage : stage, {});
    for (auto& row : plan.batches) {
      row.traceparent = answer.meta.traceparent;
      rows_.insert(row);
      auto context = about(row, answer.meta);
      context.natural_key = row.id;
      out_.add(line,
               events::batch_staged{line, row.id, row.batch_no, row.mo_id,
                                    row.finished_goods, row.ordered,
                                    row.planned},
               context);
    }
    for (const auto& odd : plan.odd_recipes)
      alerts_.raise({line, "recipe_sum", odd.mo_id, events::severity::warning,
                     odd.mo_id + ": " + odd.reason,
                     "Check the bill of materials in Odoo. The batch is "
                     "produced as Odoo ordered it; nothing was rescaled."});
    clear_settled_rejections(answer.data);
    const auto past = past_of(line);
    for (const auto& bad : answer.data.rejected)
      if (!past.knows(bad.mo_id))
        alerts_.raise({line, "order_rejected", bad.mo_id,
                       events::severity::warning, bad.mo_id + ": " + bad.reason,
                       "Correct the order in Odoo; the next fetch takes it."});
  });
  if (!expected) {
    log::info("mo_fetched.not_expected", {{"line", line}});
    // Taken before, and only the answer to the commit was lost.
    if (state.sync && state.fetch.fetch_id == answer.data.fetch_id)
      finish(line, task_kind::sync_mo, state.sync, task_outcome::done,
             "staged already");
    return;
  }
  for (const auto& left : plan.left_out)
    log::warn("order.left_out",
              {{"mo_id", left.mo_id}, {"reason", left.reason}});
  if (!empty)
    return finish(line, task_kind::sync_mo, state.sync, task_outcome::skipped,
                  "mo_batch is not empty any more");
  if (plan.batches.empty() && !plan.left_out.empty() && state.sync
      && ++state.refetches <= max_refetches)
    return begin_fetch(line, caused_by(answer.meta));
  vouch_for(plan.batches);
  if (!plan.batches.empty())
    send_write(line, plan.batches, caused_by(answer.meta));
  finish(line, task_kind::sync_mo, state.sync, task_outcome::done,
         plan.batches.empty()
           ? "Odoo has no confirmed order for this line"
           : std::to_string(plan.batches.size()) + " batches staged");
}

past_orders batch_store::past_of(const std::string& line) {
  past_orders past;
  past.knows = [this, line](const std::string& mo_id) {
    if (rows_.find(mo_id) || plc_runs_unknown(line, mo_id))
      return true;
    const auto old = rows_.archived(mo_id);
    if (!old && rows_.has_forgotten(mo_id)) {
      rows_.set_open_in_odoo(mo_id);
      return true;
    }
    // Cleared before the PLC began: the order may come again.
    const bool unused = old && old->status == "cleared" && !old->open_in_odoo
                        && !old->row.status_manufacturing
                        && total(old->row.actual).milli() == 0;
    if (old && !unused)
      rows_.set_open_in_odoo(mo_id);
    return old && !unused;
  };
  past.slot_of_lookalike = [this, line](const std::string& mo_id) {
    const auto old = rows_.archived_by_cut_name(line, cut_to_field(mo_id));
    return old && old->row.mo_id != mo_id ? old->row.batch_no : 0;
  };
  return past;
}

void batch_store::clear_settled_rejections(const events::mo_fetched& answer) {
  for (const auto& raised : rows_.alerts()) {
    const bool rejected_still
      = std::any_of(answer.rejected.begin(), answer.rejected.end(),
                    [&](const auto& bad) { return bad.mo_id == raised.mo_id; });
    if (raised.line == answer.line && raised.kind == "order_rejected"
        && !rejected_still)
      alerts_.clear(raised.line, raised.kind, raised.mo_id);
  }
}

void batch_store::on_mo_fetch_failed(
  const events::event<events::mo_fetch_failed>& answer) {
  const auto& line = answer.data.line;
  if (!serves(line) || !lines_[line].sync
      || rows_.fetch_id(line) != answer.data.fetch_id)
    return;
  finish(line, task_kind::sync_mo, lines_[line].sync, task_outcome::failed,
         std::string(name_of(answer.data.error_class)) + ": "
           + answer.data.text);
}

void batch_store::start_read(const events::event<events::task_run>& tick) {
  const auto line = tick.data.line;
  auto& state = lines_[line];
  if (is_running(state.read, tick))
    return;
  const bool clearing = continue_clearing(line);
  const auto queue = rows_.queue(line);
  if (!clearing)
    write_what_waits(line, queue, caused_by(tick.meta));
  if (state.read)
    return finish_now(tick, task_outcome::skipped, "a read is under way");
  const auto unacknowledged = rows_.acknowledges(line);
  bool active = !unacknowledged.empty();
  for (const auto& row : queue) {
    active = active || !row.status_manufacturing;
    if (next_step(row, settings_.plant) == step::push_consumption)
      start_errand(row, haste::when_due, about(row, tick.meta));
  }
  send_acknowledges(unacknowledged);
  if (!active && !may_still_report(line))
    return finish_now(tick, task_outcome::skipped, "no active batches");
  state.read = run{tick.data.tick_id,
                   tick.meta.traceparent,
                   now_() + read_patience,
                   {},
                   0,
                   {}};
  const bool full = state.want_full_picture;
  state.want_full_picture = false;
  reach_.read_now({line, full}, caused_by(tick.meta),
                  [this, line, full, tick_id = tick.data.tick_id](
                    result<events::command_result> answer) {
                    end_read(line, tick_id, full, answer);
                  });
}

/// Whether the PLC may tell of something else than the queue.
bool batch_store::may_still_report(const std::string& line) {
  // Until the PLC has finished it and a person has settled it.
  for (const auto& raised : rows_.alerts())
    if (raised.line == line && plc_runs_unknown(line, raised.mo_id))
      return true;
  return rows_.awaits_reports(line, format_utc(clock_() - watch_removed));
}

void batch_store::end_read(const std::string& line, const std::string& tick_id,
                           bool full,
                           const result<events::command_result>& answer) {
  auto& state = lines_[line];
  const bool ok = answer && answer->ok;
  if (full && !ok)
    state.want_full_picture = true;
  // The PLC is back: with its memory?
  if (ok && state.read_failed)
    state.doubts.looked = false;
  state.read_failed = !ok;
  // A later read may be under way: this one was given up.
  if (!state.read || state.read->tick_id != tick_id)
    return;
  if (ok && now_() - state.last_touch >= 10s) {
    rows_.touch(line, utc_now());
    state.last_touch = now_();
  }
  finish(line, task_kind::plc_read, state.read,
         ok ? task_outcome::done : task_outcome::failed,
         answer ? answer->message : answer.why());
}

void batch_store::start_process(const events::event<events::task_run>& tick) {
  const auto& line = tick.data.line;
  auto& state = lines_[line];
  if (is_running(state.process, tick))
    return;
  if (state.process)
    return finish_now(tick, task_outcome::skipped, "a run is under way");
  run fresh{tick.data.tick_id,
            tick.meta.traceparent,
            now_() + process_patience,
            {},
            0,
            {}};
  int through = 0;
  int not_due = 0;
  for (const auto& row : rows_.queue(line)) {
    const auto context = about(row, tick.meta);
    if (archive_if_through(row, context)) {
      ++through;
      continue;
    }
    const bool of_odoo = row.status_manufacturing || row.status_operation
                         || row.state == batch_state::cancelled;
    if (!of_odoo)
      continue;
    if (row.held && row.state != batch_state::cancelled)
      fresh.failures.push_back(row.mo_id + " is held: " + row.held.reason);
    else if (start_errand(row, haste::when_due, context)
             || errands_.contains(row.id))
      fresh.waiting.insert(row.id);
    else
      ++not_due;
  }
  fresh.succeeded = through;
  if (fresh.waiting.empty() && fresh.failures.empty() && through == 0)
    return finish_now(tick, task_outcome::skipped,
                      not_due > 0 ? std::to_string(not_due)
                                      + " completed, next try not due yet"
                                  : "no completed batches");
  state.process = std::move(fresh);
  if (state.process->waiting.empty())
    finish_process_if_answered(line);
}

void batch_store::finish_process_if_answered(const std::string& line) {
  auto& which = lines_[line].process;
  if (!which || (!which->waiting.empty() && now_() < which->deadline))
    return;
  auto text = std::to_string(which->succeeded) + " through";
  if (!which->waiting.empty())
    text += ", " + std::to_string(which->waiting.size())
            + " still waiting for Odoo";
  if (!which->failures.empty())
    text += ", " + std::to_string(which->failures.size())
            + " not: " + joined(which->failures);
  finish(line, task_kind::process_completed, which,
         which->failures.empty() ? task_outcome::done : task_outcome::failed,
         text);
}

void batch_store::run_health(const events::event<events::task_run>& tick) {
  const auto& line = tick.data.line;
  const auto stuck_before = clock_() - settings_.stuck_after;
  const auto is_old = [&](const std::string& at) {
    const auto when = parse_utc(at);
    return when && *when < stuck_before;
  };
  int stuck = 0;
  rows_.write([&] {
    stuck = 0;
    for (const auto& row : rows_.queue(line)) {
      std::string text;
      if (row.state == batch_state::running && is_old(row.last_change))
        text = "runs without any change since " + row.last_change;
      else if (row.state == batch_state::written && is_old(row.last_read))
        text = "was last seen by a PLC read at " + row.last_read;
      else if (row.state == batch_state::completed && is_old(row.finished_at))
        text = "finished at " + row.finished_at
               + " and is not booked: " + waiting_reason(row);
      if (text.empty()) {
        alerts_.clear(line, "batch_stuck", row.mo_id);
        continue;
      }
      ++stuck;
      alerts_.raise({line, "batch_stuck", row.mo_id, events::severity::warning,
                     row.mo_id + " " + text,
                     "Look at the batch in the PLC and at failed-to-push."});
    }
    const auto& state = lines_[line];
    if (state.waiting_to_write_since
        && now_() - *state.waiting_to_write_since > settings_.stuck_after)
      alerts_.raise({line,
                     "plc_write_waiting",
                     {},
                     events::severity::warning,
                     "the queue waits to be written: " + state.write_problem,
                     "Check that the PLC runs and has read the previous "
                     "batches (D7076)."});
  });
  // Without an active batch nothing else would ever look at the PLC.
  if (!lines_[line].doubts.saw_all)
    read_soon(line);
  ask_odoo_anew(line);
  reconcile_plc(line, caused_by(tick.meta));
  finish_now(tick, task_outcome::done,
             stuck == 0 ? "no stuck batches"
                        : std::to_string(stuck) + " stuck batches");
}

void batch_store::finish(const std::string& line, task_kind task,
                         std::optional<run>& which, task_outcome outcome,
                         const std::string& text) {
  if (!which)
    return;
  const auto ended = std::move(*which);
  which.reset();
  const log::scope scope(number_of(task), ended.traceparent);
  service::context context;
  context.traceparent = child_traceparent(ended.traceparent);
  // A run that a restart cut short may end once more, differently.
  context.natural_key = ended.tick_id + "/" + text;
  // First, because the run is over whether or not the database is there to note
  // it.
  reach_.task_finished({line, task, ended.tick_id, outcome, text}, context);
  note_outcome(line, task, outcome, text);
}

void batch_store::finish_now(const events::event<events::task_run>& tick,
                             task_outcome outcome, const std::string& text) {
  note_outcome(tick.data.line, tick.data.task, outcome, text);
  auto context = caused_by(tick.meta);
  context.natural_key = tick.data.tick_id + "/" + text;
  reach_.task_finished(
    {tick.data.line, tick.data.task, tick.data.tick_id, outcome, text},
    context);
}

void batch_store::note_outcome(const std::string& line, task_kind task,
                               task_outcome outcome, const std::string& text) {
  auto& failures
    = lines_[line].failures_in_a_row[static_cast<std::size_t>(task)];
  const auto kind = "task_failing_" + task_text(task);
  if (outcome == task_outcome::failed) {
    failures = std::max(failures, 0) + 1;
    if (failures == 1)
      log::warn("task.failed", {{"line", line}, {"reason", text}});
    if (failures >= failures_to_alert)
      rows_.write([&] {
        alerts_.raise(
          {line,
           kind,
           {},
           events::severity::critical,
           "task " + std::to_string(number_of(task)) + " failed "
             + std::to_string(failures_to_alert) + " times in a row: " + text,
           "Read the reason; it goes away by itself when the task succeeds."});
      });
    return;
  }
  if (failures != 0 && outcome == task_outcome::done) {
    if (failures > 0)
      log::info("task.recovered", {{"line", line}, {"failures", failures}});
    failures = 0;
    rows_.write([&] { alerts_.clear(line, kind); });
  }
  log::debug("task.ended", {{"line", line}, {"outcome", text}});
}

} // namespace millrace::store
