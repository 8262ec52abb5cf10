#include "common/domain/order_name.hpp"
#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"
#include "services/batch-store/batch_store.hpp"

#include <algorithm>

// What the PLC gets, and what its reports do.

namespace millrace::store {

using namespace std::chrono_literals;

namespace {

// A write that could not be done yet is looked at again with these pauses. The
// longest stays below the slack that recovery after a fault may have (5 s).
constexpr std::chrono::milliseconds first_pause = 500ms;
constexpr std::chrono::milliseconds longest_pause = 4s;
// Written within this time or not at all: a command that was queued somewhere
// for long may be about a queue that is through.
constexpr auto write_expires_after = 5min;

// More than can be on their way at once.
constexpr std::size_t reads_remembered = 64;

bool in_plc(const batch& row) {
  return row.state != batch_state::staged;
}

} // namespace

void batch_store::reconcile_plc(const std::string& line,
                                const service::context& about) {
  if (!continue_clearing(line))
    write_what_waits(line, rows_.queue(line), about);
}

void batch_store::write_what_waits(const std::string& line,
                                   const std::vector<batch>& queue,
                                   const service::context& about) {
  // One queue after another, the oldest first.
  std::vector<batch> staged;
  for (const auto& row : queue)
    if (next_step(row, settings_.plant) == step::write_to_plc) {
      if (!staged.empty() && row.stage < staged.front().stage)
        staged.clear();
      if (staged.empty() || row.stage == staged.front().stage)
        staged.push_back(row);
    }
  auto& state = lines_[line];
  if (staged.empty())
    state.waiting_to_write_since.reset();
  if (ask_before_writing(line, queue, staged, about))
    return;
  if (staged.empty())
    state.write_overdue.reset();
  else if (may_send_write(line))
    send_write(line, staged, about);
}

bool batch_store::may_send_write(const std::string& line) {
  const auto& state = lines_[line];
  const auto now = now_();
  const bool under_way = state.write_overdue && now < *state.write_overdue;
  return !under_way && now >= state.next_write;
}

void batch_store::send_write(const std::string& line,
                             const std::vector<batch>& staged,
                             const service::context& about, bool only_look) {
  auto& state = lines_[line];
  state.write_overdue = now_() + settings_.repeat_after;
  const bool to_be_written = staged.front().state == batch_state::staged;
  if (to_be_written && !state.waiting_to_write_since) {
    state.waiting_to_write_since = now_();
    state.write_problem = "plc-gateway has not answered yet";
  }
  events::plc_write command;
  command.line = line;
  command.stage = staged.front().stage;
  command.expires_at = format_utc(clock_() + write_expires_after);
  for (const auto& row : staged) {
    command.batches.push_back(slot_order_of(row));
    if (row.given_before)
      command.only_if_lost = true;
    if (!row.earlier_slots.empty() || doubt_overruled_.contains(row.id))
      command.again.push_back(row.mo_id);
  }
  command.only_look = only_look;
  reach_.write(command, about);
}

void batch_store::on_queue_wanted(const events::queue_wanted& question,
                                  const service::reply_to& to) {
  const auto queue = rows_.queue(question.line);
  const bool wanted
    = std::any_of(queue.begin(), queue.end(), [&](const batch& row) {
        return row.stage == question.stage
               && next_step(row, settings_.plant) == step::write_to_plc;
      });
  reach_.reply(
    to, {wanted, wanted ? "yes" : "no batch of it waits for the PLC", {}});
}

void batch_store::write_again_later(const std::string& line,
                                    const std::string& reason) {
  auto& state = lines_[line];
  state.write_overdue.reset();
  state.write_pause
    = std::clamp(state.write_pause * 2, first_pause, longest_pause);
  state.next_write = now_() + state.write_pause;
  if (state.write_problem != reason)
    log::warn("plc.queue_not_written", {{"line", line}, {"reason", reason}});
  state.write_problem = reason;
}

void batch_store::on_plc_written(
  const events::event<events::plc_written>& answer) {
  const auto& line = answer.data.line;
  if (!serves(line))
    return;
  rows_.write([&] {
    mark_written(line, answer.data.stage, answer.data.batches);
    note_late_write(answer.data);
  });
  auto& state = lines_[line];
  state.doubts.looked = true;
  state.write_overdue.reset();
  state.waiting_to_write_since.reset();
  state.write_pause = 0ms;
  state.write_problem.clear();
  state.next_write = {};
  const log::scope story(1, answer.meta.traceparent);
  log::info("plc.queue_written",
            {{"line", line},
             {"batches", answer.data.batches.size()},
             {"frames", answer.data.frames},
             {"already_there", answer.data.already_there}});
}

void batch_store::mark_written(const std::string& line, std::int64_t stage,
                               const std::vector<events::slot_name>& batches) {
  for (auto& row : rows_.queue(line)) {
    const bool named
      = std::any_of(batches.begin(), batches.end(), [&](const auto& b) {
          return b.mo_id == row.mo_id && b.slot == row.batch_no;
        });
    const auto after = next_state(row.state, batch_fact::plc_written);
    if (!named || row.stage != stage || !after)
      continue;
    row.state = *after;
    row.given_before = true;
    row.last_read = row.last_change = utc_now();
    rows_.update(row);
    rows_.add_journal(was_written(row, row.last_change));
  }
  alerts_.clear(line, "plc_write_failed");
  alerts_.clear(line, "plc_write_waiting");
}

void batch_store::on_plc_write_deferred(
  const events::event<events::plc_write_deferred>& answer) {
  if (serves(answer.data.line))
    write_again_later(answer.data.line, answer.data.reason);
}

void batch_store::on_plc_write_failed(
  const events::event<events::plc_write_failed>& answer) {
  const auto& line = answer.data.line;
  if (!serves(line))
    return;
  write_again_later(line, answer.data.reason);
  if (!answer.data.in_doubt.empty()) {
    // One does not hold back the others.
    hold_in_doubt(answer.data);
    lines_[line].next_write = {};
    return reconcile_plc(line, {});
  }
  if (answer.data.needs_person)
    rows_.write([&] {
      alerts_.raise(
        {line,
         "plc_write_failed",
         {},
         events::severity::critical,
         "the queue cannot be written to the PLC: " + answer.data.reason,
         "Correct the cause; the queue is tried again by itself."});
    });
}

void batch_store::on_plc_read(const events::event<events::plc_read>& read) {
  const auto& line = read.data.line;
  if (!serves(line))
    return;
  auto& seen = lines_[line].reads_seen;
  // Sent once more by the bus, after newer ones perhaps.
  if (std::find(seen.begin(), seen.end(), read.meta.id) != seen.end())
    return;
  const log::scope scope(2, read.meta.traceparent);
  read_followup after;
  rows_.write([&] {
    after = {};
    auto queue = rows_.queue(line);
    std::int64_t begun_stage = -1;
    for (const auto& report : read.data.slots) {
      look_for_vanished(queue, report, read.data);
      if (report.mo_id.empty() && !report.problem)
        continue;
      const auto row
        = std::find_if(queue.begin(), queue.end(), [&](const batch& candidate) {
            const bool unnamed = report.mo_id.empty() && in_plc(candidate);
            return candidate.batch_no == report.slot
                   && (unnamed || cut_to_field(candidate.mo_id) == report.mo_id)
                   && !reports_other_quantity(candidate, report);
          });
      if (row == queue.end()) {
        take_stranger(queue, line, report, read, after);
        continue;
      }
      if (is_lookalike(*row, report, after))
        continue;
      take_report(*row, report, read, after);
      if (in_plc(*row))
        begun_stage = std::max(begun_stage, row->stage);
    }
    mark_queue_written(queue, begun_stage);
    if (read.data.full)
      clear_known_orders(read.data);
  });
  note_running(read.data);
  lines_[line].doubts.saw_all |= read.data.full;
  seen.push_back(read.meta.id);
  if (seen.size() > reads_remembered)
    seen.pop_front();
  send_acknowledges(after.to_acknowledge);
  for (const auto& row : after.to_push)
    start_errand(row, haste::when_due, about(row, read.meta));
}

void batch_store::note_running(const events::plc_read& read) {
  auto& running = lines_[read.line].running;
  if (read.full)
    running.clear();
  for (const auto& report : read.slots)
    if (report.mo_id.empty() || report.problem
        || (report.finished && report.acknowledged))
      running.erase(report.slot);
    else
      running.insert_or_assign(report.slot, report);
}

bool batch_store::is_lookalike(const batch& row,
                               const events::slot_report& report,
                               read_followup& after) {
  if (!fills_plc_name(row.mo_id) || report.problem)
    return false;
  for (const auto& waiting : rows_.acknowledges(row.line))
    if (waiting.slot == report.slot && waiting.mo_id != row.mo_id
        && report.finished) {
      after.to_acknowledge.push_back(waiting);
      return true;
    }
  const auto old
    = rows_.archived_by_cut_name(row.line, cut_to_field(row.mo_id));
  const bool old_failed = old && old->row.batch_no == report.slot
                          && old->row.mo_id != row.mo_id
                          && old->row.status_operation;
  if (!may_be_of_lookalike(row, report, old_failed))
    return false;
  log::debug("plc.slot_holds_lookalike",
             {{"mo_id", row.mo_id}, {"slot", report.slot}});
  return true;
}

void batch_store::take_report(batch& row, const events::slot_report& report,
                              const events::event<events::plc_read>& read,
                              read_followup& after) {
  if (row.state == batch_state::cancelled)
    return take_cancelled(row, report, read.data.read_at, after);
  const auto before = row;
  const auto effect
    = apply_report(row, report, read.data.read_at, settings_.plant);
  if (effect.ignored_final) {
    metrics::count("millrace_final_figures_protected_total",
                   "Reports that would have changed a finished batch",
                   {{"line", row.line}});
    log::warn("batch.final_figures_protected",
              {{"mo_id", row.mo_id}, {"slot", report.slot}});
  }
  if (effect.changed) {
    rows_.update(row);
    tell_of_read(row, effect, about(row, read.meta));
    note_read(before, row, effect);
    if (next_step(row, settings_.plant) == step::push_consumption
        && row.state == batch_state::running)
      after.to_push.push_back(row);
  }
  // Only now: the values are in this transaction, the command goes after it.
  const bool stored
    = row.status_manufacturing || row.state == batch_state::failed;
  const bool usable = !report.problem || row.accepted;
  if (!report.finished || !usable || !stored)
    return;
  const pending_acknowledge one{row.line, report.slot, row.mo_id,
                                report.weight};
  if (report.acknowledged) {
    rows_.forget_acknowledge(one);
    rows_.add_journal(was_acknowledged(row, report.slot, read.data.read_at));
  } else {
    rows_.remember_acknowledge(one);
    after.to_acknowledge.push_back(one);
  }
}

void batch_store::note_read(const batch& before, const batch& row,
                            const read_effect& effect) {
  const auto at = utc_now(); // a held row may never have changed
  if (row.state == batch_state::running && before.state != row.state)
    rows_.add_journal(has_started(row, at));
  if (effect.released)
    rows_.add_journal(was_released(row, before.held, at));
  if (effect.now_held)
    rows_.add_journal(was_held(row, at));
}

void batch_store::take_stranger(const std::vector<batch>& queue,
                                const std::string& line,
                                const events::slot_report& report,
                                const events::event<events::plc_read>& read,
                                read_followup& after) {
  for (const auto& row : queue)
    if (cut_to_field(row.mo_id) == report.mo_id
        && ran_earlier_in(row, report.slot))
      return take_earlier_run(row, report, read.data.read_at, after);
  if (!report.acknowledged && !report.mo_id.empty()) {
    auto old = archived_as_reported(line, report);
    // Stored and archived, but its flag never got through: without it the slot
    // would be lost to the plant.
    if (old && store_late_report(*old, report, read.data.read_at)) {
      const pending_acknowledge one{line, report.slot, old->row.mo_id,
                                    report.weight};
      rows_.remember_acknowledge(one);
      after.to_acknowledge.push_back(one);
      return;
    }
  }
  if (report.finished && report.acknowledged)
    note_finished_stranger(line, report);
  warn_of_unknown_order(line, report);
  metrics::count("millrace_unmatched_slots_total",
                 "Slots whose order name matches no batch of the queue",
                 {{"line", line}});
  log::debug("plc.slot_unmatched",
             {{"line", line}, {"slot", report.slot}, {"mo_id", report.mo_id}});
}

void batch_store::take_earlier_run(const batch& row,
                                   const events::slot_report& report,
                                   const std::string& read_at,
                                   read_followup& after) {
  if (!report.finished || report.acknowledged || report.problem)
    return;
  const pending_acknowledge one{row.line, report.slot, row.mo_id,
                                report.weight};
  const auto owed = rows_.acknowledges(row.line);
  const bool known
    = std::any_of(owed.begin(), owed.end(), [&](const auto& each) {
        return each.slot == one.slot && each.mo_id == one.mo_id;
      });
  if (!known) {
    // It went on after it was ordered to be produced again.
    auto earlier = row;
    earlier.status_manufacturing = false;
    take_unwanted_figures(earlier, report, read_at);
    alerts_.raise(
      {row.line, "earlier_run", row.mo_id, events::severity::warning,
       row.mo_id + ": its earlier run in slot " + std::to_string(report.slot)
         + " has finished: " + figures_text(earlier),
       "These figures are not booked: the order is produced again. "
       "Book them in Odoo by hand if they were used."});
    rows_.remember_acknowledge(one);
  }
  after.to_acknowledge.push_back(one);
}

void batch_store::note_late_write(const events::plc_written& answer) {
  for (const auto& given : answer.batches) {
    if (rows_.find(given.mo_id))
      continue;
    const auto past = rows_.archived(given.mo_id);
    if (past && past->status == "cleared" && past->row.stage == answer.stage)
      rows_.set_open_in_odoo(given.mo_id);
  }
}

void batch_store::read_soon(const std::string& line) {
  // Also for the next tick, should this one fail.
  lines_[line].want_full_picture = true;
  reach_.read_now({line, true}, {}, [](const auto&) {
    // What it found comes as plc.read.
  });
}

void batch_store::tell_of_read(const batch& row, const read_effect& effect,
                               const service::context& context) {
  auto keyed = context;
  keyed.natural_key = row.id + "/" + std::to_string(row.revision) + "/"
                      + std::string(name_of(row.state))
                      + (row.held ? "/held" : "");
  out_.add(row.line,
           events::batch_updated{row.line, row.id, row.batch_no, row.mo_id,
                                 std::string(name_of(row.state)), row.revision,
                                 row.actual, row.weight},
           keyed);
  // The batch's own trace, not that of the reading.
  const log::scope story(2, row.traceparent);
  if (effect.completed) {
    out_.add(row.line,
             events::batch_completed{row.line, row.id, row.batch_no, row.mo_id,
                                     row.revision, row.actual, row.weight},
             keyed);
    log::info("batch.completed", {{"mo_id", row.mo_id},
                                  {"slot", row.batch_no},
                                  {"weight_kg", row.weight.to_string()}});
  }
  // In this order: a released batch may be held at once for something else.
  if (effect.released || effect.now_held)
    alerts_.clear(row.line, "batch_held", row.mo_id);
  if (effect.now_held)
    alerts_.raise(
      {row.line, "batch_held", row.mo_id, events::severity::critical,
       row.mo_id + " is held: " + row.held.reason, row.held.advice});
  if (effect.failed)
    alerts_.raise({row.line, "batch_failed", row.mo_id,
                   events::severity::warning,
                   row.mo_id
                     + ": the PLC reports that the batch failed "
                       "(status_operation 1)",
                   "It is cancelled in Odoo and archived. Check the line."});
  for (const auto& warning : effect.warnings)
    alerts_.raise({row.line, "weight_high", row.mo_id,
                   events::severity::warning, row.mo_id + ": " + warning,
                   "The value is used. Check the scale."});
}

void batch_store::mark_queue_written(std::vector<batch>& queue,
                                     std::int64_t stage) {
  // The handshake covers the whole queue: when the PLC reports one batch of it,
  // it has them all. Writing the rest once more would produce it twice. What is
  // held was not given to it, or nobody knows.
  for (auto& row : queue)
    if (row.stage == stage && !row.held)
      if (const auto after = next_state(row.state, batch_fact::plc_written)) {
        row.state = *after;
        row.given_before = true;
        row.last_read = row.last_change = utc_now();
        rows_.update(row);
        rows_.add_journal(was_written(row, row.last_change));
      }
}

void batch_store::send_acknowledges(
  const std::vector<pending_acknowledge>& all) {
  for (const auto& one : all) {
    service::context context;
    context.subject = one.mo_id;
    reach_.acknowledge({one.line, one.slot, one.mo_id,
                        one.weight ? one.weight : stored_weight(one)},
                       context);
  }
}

std::optional<kilograms>
batch_store::stored_weight(const pending_acknowledge& one) {
  auto row = rows_.find(one.mo_id);
  if (!row)
    if (auto old = rows_.archived(one.mo_id))
      row = std::move(old->row);
  // One that is produced again owes the acknowledge of its earlier run.
  const bool is_final
    = row && row->status_manufacturing && row->batch_no == one.slot;
  return is_final ? std::optional(row->weight) : std::nullopt;
}

void batch_store::on_plc_acknowledged(
  const events::event<events::plc_acknowledged>& answer) {
  const auto& data = answer.data;
  if (!serves(data.line))
    return;
  const bool changed
    = data.outcome == events::acknowledge_outcome::slot_changed;
  if (changed)
    log::warn("plc.slot_changed_before_acknowledge",
              {{"mo_id", data.mo_id}, {"slot", data.slot}});
  rows_.write([&] {
    rows_.forget_acknowledge({data.line, data.slot, data.mo_id});
    if (changed)
      return;
    const auto row = rows_.find(data.mo_id);
    const auto past = row ? std::nullopt : rows_.archived(data.mo_id);
    if (row || past)
      rows_.add_journal(
        was_acknowledged(row ? *row : past->row, data.slot, utc_now()));
  });
}

} // namespace millrace::store
