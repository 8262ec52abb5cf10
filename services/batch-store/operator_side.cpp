#include "common/domain/order_name.hpp"
#include "common/telemetry/log.hpp"
#include "services/batch-store/batch_store.hpp"
#include "services/batch-store/reconcile_decisions.hpp"

#include <algorithm>

// What operators decide about one batch. The row, its audit entry and its
// events change together; what has to follow is derived from the row.

namespace millrace::store {

using namespace std::chrono_literals;
using events::decision;

namespace {

// An operator who cancels hears of Odoo when it answers within this time.
constexpr auto cancel_patience = 4s;
// A second click that comes when the PLC has just begun must not order a third
// run.
constexpr auto no_third_run_within = 60s;
// How long admin-gateway waits for the answer to a decision, and what the way
// here may take beyond it.
constexpr auto decide_patience = 15s;
constexpr auto on_the_way = 5s;
constexpr std::size_t wishes_remembered = 256;

std::string name_of(decision action) {
  return std::string(
    events::enum_names<decision>::values[static_cast<std::size_t>(action)]);
}

std::string with_notes(const std::string& text, const std::string& user,
                       const std::string& notes) {
  return text + " by " + user + (notes.empty() ? "" : ": " + notes);
}

ruling refused(std::string why) {
  return {false, false, std::move(why)};
}

} // namespace

bool batch_store::is_timely(const events::envelope& wish,
                            std::chrono::seconds sender_waits,
                            const service::reply_to& to) {
  if (std::ranges::find(wishes_seen_, wish.id) != wishes_seen_.end())
    return false; // the first of them is answered
  wishes_seen_.push_back(wish.id);
  if (wishes_seen_.size() > wishes_remembered)
    wishes_seen_.pop_front();
  const auto now = clock_();
  const auto made_at = parse_utc(wish.time);
  if (made_at && now - *made_at <= sender_waits + on_the_way)
    return true;
  log::warn("operator.command_too_late",
            {{"made_at", wish.time}, {"now", format_utc(now)}});
  reach_.reply(to,
               {false,
                "ordered at " + wish.time + ", arrived at " + format_utc(now)
                  + ": too late, nothing was changed. Repeat it; if it "
                    "stays so, compare the clocks of admin-gateway and "
                    "batch-store",
                {}});
  return false;
}

void batch_store::on_decide(const events::event<events::batch_decide>& in,
                            const service::reply_to& to) {
  if (!is_timely(in.meta, decide_patience, to))
    return;
  const auto& wish = in.data;
  auto found = find_decided(wish);
  if (!found)
    return reach_.reply(to, {false, found.why(), {R"({"not_found":true})"}});
  const auto& line = found->row ? found->row->line : found->past->row.line;
  if (!serves(line))
    return; // its own batch-store answers
  if (found->row && wish.action == decision::cancel)
    return cancel(std::move(*found->row), wish, to);
  const auto said
    = found->row ? decide(*found->row, wish) : decide_past(*found->past, wish);
  reach_.reply(to, {said.ok, said.text, {}});
}

void batch_store::on_acknowledge(
  const events::event<events::alert_acknowledge>& in,
  const service::reply_to& to) {
  const auto& wish = in.data;
  const auto all = rows_.alerts();
  const auto found = std::ranges::find(all, wish.alert_id, &alert::alert_id);
  if (found == all.end())
    return reach_.reply(to, {false,
                             "no alert " + wish.alert_id + " stands (any more)",
                             {R"({"not_found":true})"}});
  if (!serves(found->line))
    return; // its own batch-store answers
  if (!found->acknowledged_at.empty())
    return reach_.reply(to, {true,
                             found->kind + " is acknowledged already, by "
                               + found->acknowledged_by,
                             {}});
  const std::string said = "the alert " + found->kind + " is acknowledged";
  rows_.write([&] {
    alerts_.acknowledge(*found, wish.user, wish.notes);
    rows_.add_audit({ids_(), utc_now(), found->line, found->mo_id, "",
                     "acknowledge", wish.user, wish.notes, said});
  });
  reach_.reply(to, {true, said, {}});
}

result<batch_store::decided_about>
batch_store::find_decided(const events::batch_decide& wish) {
  if (wish.mo_id) {
    decided_about found{rows_.find(*wish.mo_id), {}};
    if (!found.row)
      found.past = rows_.archived(*wish.mo_id);
    if (!found.row && !found.past)
      return error{*wish.mo_id + " is neither in the queue nor in the history"};
    return found;
  }
  if (!wish.batch_no)
    return error{"neither mo_id nor batch_no says which batch"};
  const auto number = "batch_no " + std::to_string(*wish.batch_no);
  decided_about found;
  std::string lines;
  for (auto& row : rows_.all_batches()) {
    if (row.batch_no != *wish.batch_no || (wish.line && row.line != *wish.line))
      continue;
    lines += (lines.empty() ? "" : ", ") + row.line;
    if (found.row)
      return error{number + " is in the queues of " + lines
                   + ": say which with ?line="};
    found.row = std::move(row);
  }
  if (!found.row)
    return error{number + " is not in the queue"
                 + (wish.line ? " of " + *wish.line : "")};
  return found;
}

ruling batch_store::decide(batch& row, const events::batch_decide& wish) {
  switch (wish.action) {
  case decision::reset:
    return reset(row, wish);
  case decision::accept: {
    const auto said = rule_accept(row);
    carry_out(row, said, wish);
    return said;
  }
  case decision::reset_and_write:
    return give_again(row, wish);
  case decision::set_aside:
    return set_aside(row, wish);
  case decision::mark_solved:
    return refused(row.mo_id + " is in the queue: set it aside first");
  case decision::cancel:
    break;
  }
  return refused(row.mo_id + ": nothing was decided");
}

ruling batch_store::reset(batch& row, const events::batch_decide& wish) {
  // The PLC may use the slot for the next batch from then on: figures that were
  // given up by that time could not be read again.
  for (const auto& owed : rows_.acknowledges(row.line))
    if (owed.slot == row.batch_no && owed.mo_id == row.mo_id)
      return refused(row.mo_id
                     + ": the PLC is just being told that its figures "
                       "are stored; repeat it in a moment");
  const auto said = rule_reset(row);
  carry_out(row, said, wish);
  return said;
}

void batch_store::carry_out(const batch& row, const ruling& said,
                            const events::batch_decide& wish) {
  if (!said.changed)
    return;
  rows_.write([&] {
    rows_.update(row);
    for (const auto* kind : {"batch_held", "push_failing", "batch_stuck"})
      alerts_.clear(row.line, kind, row.mo_id);
    if (row.state == batch_state::cancelled && row.held)
      raise_unwanted(row, "cancelled");
    audit(row, name_of(wish.action), wish.user, wish.notes, said.text);
  });
  not_before_.erase(row.id);
  read_soon(row.line);
}

void batch_store::audit(const batch& row, const std::string& action,
                        const std::string& user, const std::string& notes,
                        const std::string& outcome) {
  const audit_entry one{ids_(), utc_now(), row.line, row.mo_id, row.id,
                        action, user,      notes,    outcome};
  rows_.add_audit(one);
  auto context = about(row, {});
  context.natural_key = one.id;
  out_.add(row.line,
           events::batch_decided{one.line, one.batch_id, one.mo_id, one.action,
                                 one.user, one.notes, one.outcome, one.at},
           context);
  log::info("batch.decided", {{"mo_id", one.mo_id},
                              {"action", one.action},
                              {"user", one.user},
                              {"outcome", one.outcome}});
}

void batch_store::audit_retry(const batch& row,
                              const events::retry_push& wish) {
  audit(row, "retry_push", wish.user.empty() ? "unknown" : wish.user,
        wish.notes, "its figures go to Odoo at once");
}

ruling batch_store::give_again(batch& row, const events::batch_decide& wish) {
  if (is_in_doubt(row.held))
    doubt_overruled_.insert(row.id);
  const auto said
    = is_reported(row) ? produce_again(row, wish) : restore(row, wish);
  if (said.ok) {
    // What is under way is about an older state of the queue.
    lines_[row.line].write_overdue.reset();
    lines_[row.line].next_write = {};
    reconcile_plc(row.line, about(row, {}));
  }
  return said;
}

ruling batch_store::restore(batch& row, const events::batch_decide& wish) {
  const bool was_written = row.state == batch_state::written;
  const bool was_lost = is_lost_in_plc(row.held);
  const auto old_stage = row.stage;
  ruling said;
  rows_.write([&] {
    const auto stage = was_written ? take_new_stage(row.line) : old_stage;
    said = rule_restore(row, stage);
    if (!said.changed)
      return;
    // The handshake covered the whole queue: what happened to one of it
    // happened to all. What is held needs a decision of its own.
    for (auto other : rows_.queue(row.line))
      if (was_written && !was_lost && other.id != row.id
          && other.stage == old_stage && !other.held
          && other.state == batch_state::written) {
        rule_restore(other, stage);
        rows_.update(other);
      }
    rows_.update(row);
    alerts_.clear(row.line, "batch_stuck", row.mo_id);
    alerts_.clear(row.line, "batch_held", row.mo_id);
    audit(row, name_of(wish.action), wish.user, wish.notes, said.text);
  });
  return said;
}

ruling batch_store::produce_again(batch& row,
                                  const events::batch_decide& wish) {
  for (const auto& one : rows_.audit_of(row.id)) {
    const auto at = parse_utc(one.at);
    if (one.action == name_of(decision::reset_and_write)
        && !row.earlier_slots.empty() && at
        && clock_() - *at < no_third_run_within)
      return refused(row.mo_id + " was ordered to be produced again at "
                     + one.at + " and the PLC has begun it in slot "
                     + std::to_string(row.batch_no)
                     + "; one more run can be ordered a minute later");
  }
  std::set<int> taken;
  for (const auto& owed : rows_.acknowledges(row.line))
    taken.insert(owed.slot);
  if (fills_plc_name(row.mo_id))
    taken.insert(past_of(row.line).slot_of_lookalike(row.mo_id));
  const auto before = figures_text(row);
  const int slot = slot_to_produce_again(row, rows_.queue(row.line), taken);
  ruling said;
  rows_.write([&] {
    said
      = rule_produce_again(row, slot, slot == 0 ? 0 : take_new_stage(row.line));
    if (!said.changed)
      return;
    rows_.update(row);
    for (const auto* kind :
         {"batch_held", "push_failing", "batch_stuck", "batch_failed"})
      alerts_.clear(row.line, kind, row.mo_id);
    audit(row, name_of(wish.action), wish.user, wish.notes,
          said.text + "; the earlier run had " + before);
  });
  not_before_.erase(row.id);
  return said;
}

void batch_store::cancel(batch row, const events::batch_decide& wish,
                         const service::reply_to& to) {
  const auto said = rule_cancel(row, wish.user, wish.notes);
  if (!said.ok)
    return reach_.reply(to, {false, said.text, {}});
  if (said.changed && row.status_manufacturing)
    hold_as_unwanted(row, utc_now());
  carry_out(row, said, wish);
  const auto context = about(row, {});
  if (archive_if_through(row, context))
    return reach_.reply(to, {true, said.text + " and archived", {}});
  start_errand(row, haste::at_once, context);
  errands_[row.id].asked_by.push_back(
    {to, now_() + cancel_patience,
     said.text + " here; Odoo is told as soon as it can be reached"});
}

ruling batch_store::set_aside(const batch& row,
                              const events::batch_decide& wish) {
  const bool stuck
    = rows_.find_alert(row.line, "batch_stuck", row.mo_id).has_value();
  const auto said = rule_set_aside(row, stuck);
  if (!said.ok)
    return said;
  rows_.write([&] {
    audit(row, name_of(wish.action), wish.user, wish.notes, said.text);
    archive(row, "failed",
            with_notes("set aside", wish.user, wish.notes) + " ("
              + waiting_reason(row) + ")",
            {true, true}, about(row, {}));
    raise_open_booking(row);
  });
  end_errand(row.id, false, row.mo_id + " was set aside");
  return said;
}

ruling batch_store::decide_past(archived_batch& past,
                                const events::batch_decide& wish) {
  const auto& mo_id = past.row.mo_id;
  switch (wish.action) {
  case decision::mark_solved:
    return mark_solved(past, wish);
  case decision::set_aside:
    if (past.booking_open)
      return {true, false, mo_id + " is set aside already"};
    break;
  case decision::reset:
  case decision::reset_and_write:
    if (may_be_offered_again(
          past, rows_.find_alert(past.row.line, "produced_unwanted", mo_id)
                  .has_value()))
      return let_come_again(past, wish);
    break;
  case decision::cancel:
  case decision::accept:
    break;
  }
  return refused(mo_id + " is archived already (" + past.status + ")");
}

ruling batch_store::let_come_again(archived_batch& past,
                                   const events::batch_decide& wish) {
  const ruling said{true, past.open_in_odoo,
                    past.row.mo_id + " comes again with the next fetch"};
  if (said.changed)
    rows_.write([&] {
      past.open_in_odoo = false;
      rows_.update_archived(past);
      audit(past.row, name_of(wish.action), wish.user, wish.notes, said.text);
    });
  return said;
}

ruling batch_store::mark_solved(archived_batch& past,
                                const events::batch_decide& wish) {
  const auto& row = past.row;
  if (!past.booking_open) {
    for (const auto& one : rows_.audit_of(row.id))
      if (one.action == name_of(wish.action))
        return {true, false, row.mo_id + " is solved already"};
    return refused(row.mo_id + " has no open booking (" + past.status + ")");
  }
  const ruling said{true, true, row.mo_id + " is solved"};
  rows_.write([&] {
    past.booking_open = false;
    // Whatever its slot still holds may be acknowledged.
    past.row.accepted = true;
    past.notes += "; " + with_notes("solved by hand", wish.user, wish.notes);
    rows_.update_archived(past);
    alerts_.clear(row.line, "booking_open", row.mo_id);
    alerts_.clear(row.line, "produced_unwanted", row.mo_id);
    alerts_.clear(row.line, "closed_early", row.mo_id);
    audit(row, name_of(wish.action), wish.user, wish.notes, said.text);
  });
  read_soon(row.line);
  return said;
}

} // namespace millrace::store
