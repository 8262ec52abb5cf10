#include "services/batch-store/operator_decisions.hpp"

#include "services/batch-store/reconcile_decisions.hpp"

#include <sstream>

namespace millrace::store {

namespace {

using s = batch_state;

constexpr int plc_slots = 10;

ruling refused(std::string why) {
  return {false, false, std::move(why)};
}

ruling nothing_to_do(std::string text) {
  return {true, false, std::move(text)};
}

ruling done(std::string text) {
  return {true, true, std::move(text)};
}

/// Neither cancelled nor through: decisions about its production are possible.
std::optional<ruling> refused_as_decided(const batch& row) {
  if (row.state == s::cancelled)
    return refused(row.mo_id + " is cancelled and waits for Odoo");
  if (row.state == s::pushed || row.state == s::archived)
    return refused(row.mo_id + " is booked and done in Odoo");
  return {};
}

/// Holds and failures belong to the figures that are given up.
void forget_troubles(batch& row) {
  row.held = {};
  row.push = {};
}

bool has_troubles(const batch& row) {
  return row.held || row.push.attempts > 0;
}

void back_to_status_zero(batch& row) {
  row.status_manufacturing = false;
  row.status_operation = false;
  row.finished_at.clear();
}

std::set<int> slots_in(const std::string& list) {
  std::set<int> slots;
  std::istringstream in(list);
  for (std::string one; std::getline(in, one, ',');)
    slots.insert(std::atoi(one.c_str()));
  return slots;
}

} // namespace

ruling rule_reset(batch& row) {
  if (auto no = refused_as_decided(row))
    return *no;
  const bool reported = is_reported(row);
  const auto again = next_state(row.state, batch_fact::read_again);
  if (!again && !has_troubles(row) && row.read_again == reported)
    return nothing_to_do(row.mo_id + " has status 0 already ("
                         + std::string(name_of(row.state)) + ")");
  row.state = again.value_or(row.state);
  back_to_status_zero(row);
  forget_troubles(row);
  row.read_again = reported;
  return done(
    row.mo_id + " has status 0 again"
    + (reported ? "; its figures are read from the PLC once more" : ""));
}

bool is_reported(const batch& row) {
  return row.state == s::running || row.state == s::completed
         || row.state == s::failed;
}

ruling rule_restore(batch& row, std::int64_t stage) {
  if (auto no = refused_as_decided(row))
    return *no;
  const auto again = next_state(row.state, batch_fact::reset);
  if (!again && !has_troubles(row))
    return nothing_to_do(row.mo_id + " waits to be written to the PLC");
  if (again) {
    row.state = *again;
    row.stage = stage;
  }
  // Known to be lost: by the time that it is written, others may stand where
  // it stood, and "only if lost" would find the memory full.
  if (is_lost_in_plc(row.held))
    row.given_before = false;
  forget_troubles(row);
  return done(
    row.mo_id + " goes to the PLC again in slot " + std::to_string(row.batch_no)
    + (row.given_before ? "; if the PLC still has it, nothing happens" : ""));
}

ruling rule_produce_again(batch& row, int slot, std::int64_t stage) {
  if (auto no = refused_as_decided(row))
    return *no;
  if (slot == 0)
    return refused(row.mo_id
                   + " cannot be produced again now: each of the PLC's 10 "
                     "slots holds a batch of this queue, an earlier run of "
                     "this order or figures that are not acknowledged yet");
  row.earlier_slots
    += (row.earlier_slots.empty() ? "" : ",") + std::to_string(row.batch_no);
  row.state = next_state(row.state, batch_fact::reset).value_or(row.state);
  row.batch_no = slot;
  row.stage = stage;
  row.actual = {};
  row.weight = {};
  // Answers about the earlier run's figures are answers about another revision.
  ++row.revision;
  back_to_status_zero(row);
  forget_troubles(row);
  row.last_read.clear();
  row.last_change.clear();
  row.given_before = row.read_again = row.accepted = false;
  return done(row.mo_id + " is produced again, in slot "
              + std::to_string(slot));
}

int slot_to_produce_again(const batch& row, const std::vector<batch>& queue,
                          const std::set<int>& taken) {
  auto used = taken;
  used.insert(row.batch_no);
  for (const int slot : slots_in(row.earlier_slots))
    used.insert(slot);
  for (const auto& other : queue)
    used.insert(other.batch_no);
  for (int slot = 1; slot <= plc_slots; ++slot)
    if (!used.contains(slot))
      return slot;
  return 0;
}

bool ran_earlier_in(const batch& row, int slot) {
  return slots_in(row.earlier_slots).contains(slot);
}

ruling rule_cancel(batch& row, const std::string& user,
                   const std::string& notes) {
  if (row.state == s::cancelled)
    return nothing_to_do(row.mo_id + " is cancelled already");
  const auto after = next_state(row.state, batch_fact::set_cancelled);
  if (!after)
    return refused(row.mo_id + " is booked and done in Odoo");
  row.state = *after;
  forget_troubles(row);
  row.operator_notes
    = "cancelled by " + user + (notes.empty() ? "" : ": " + notes);
  return done(
    row.mo_id + " is cancelled"
    + (row.status_manufacturing
         ? "; the PLC has produced it: its figures are open until they are "
           "booked by hand and marked as solved"
       : row.given_before ? "; the PLC was given it: stop it there too"
                          : ""));
}

ruling rule_accept(batch& row) {
  if (auto no = refused_as_decided(row))
    return *no;
  if (row.held.kind == "implausible") {
    row.held = {};
    row.accepted = true;
    return done(row.mo_id
                + ": its amounts are used although they are implausible");
  }
  if (row.held)
    return refused(row.mo_id + " is held: " + row.held.reason
                   + ". Only implausible amounts can be accepted. "
                   + row.held.advice);
  if (row.accepted)
    return nothing_to_do(row.mo_id + ": its amounts are accepted already");
  return refused(row.mo_id + " is not held for an implausible value");
}

ruling rule_set_aside(const batch& row, bool stuck) {
  const bool refused_by_odoo = is_refused(row.push);
  const bool not_booked = row.status_manufacturing && row.push.attempts > 0;
  if (row.held || refused_by_odoo || not_booked || stuck
      || row.state == s::cancelled)
    return done(row.mo_id + " is set aside: " + waiting_reason(row));
  return refused(row.mo_id + " is " + std::string(name_of(row.state))
                 + " and waits for no person: there is nothing to set aside");
}

ruling rule_retry(batch& row, const rules& plant) {
  if (is_of_odoo(row.held))
    row.held = {};
  if (row.held)
    return refused(row.mo_id + " is held: " + row.held.reason + ". "
                   + row.held.advice);
  const auto needed = next_step(row, plant);
  if (needed != step::push_consumption && needed != step::push_and_close
      && needed != step::cancel_in_odoo)
    return refused(row.mo_id + " is " + std::string(name_of(row.state))
                   + ": there is nothing to push");
  return done(row.mo_id + " is told to Odoo now");
}

bool may_be_offered_again(const archived_batch& past, bool unwanted) {
  return past.status == "cleared" && !past.booking_open
         && !past.row.status_manufacturing && past.row.revision == 0
         && !unwanted;
}

std::vector<std::string> sensible_decisions(const batch& row, bool stuck,
                                            const rules& plant) {
  std::vector<std::string> names;
  const auto offer = [&](const char* name, const auto& rule) {
    auto tried = row;
    const ruling said = rule(tried);
    if (said.ok && said.changed)
      names.push_back(name);
  };
  offer("retry", [&](batch& b) { return rule_retry(b, plant); });
  offer("accept", [](batch& b) { return rule_accept(b); });
  offer("reset", [](batch& b) { return rule_reset(b); });
  offer("reset_and_write", [](batch& b) {
    return is_reported(b) ? rule_produce_again(b, b.batch_no, b.stage)
                          : rule_restore(b, b.stage);
  });
  offer("set_aside", [&](batch& b) { return rule_set_aside(b, stuck); });
  offer("cancel", [](batch& b) { return rule_cancel(b, {}, {}); });
  return names;
}

std::vector<std::string> sensible_decisions(const archived_batch& past,
                                            bool unwanted) {
  std::vector<std::string> names;
  if (past.booking_open && can_be_booked(past.row))
    names.push_back("retry");
  if (past.booking_open)
    names.push_back("mark_solved");
  if (past.open_in_odoo && may_be_offered_again(past, unwanted))
    names.push_back("reset");
  return names;
}

cleared_batch rule_clear(const batch& row, bool untouched) {
  const bool begun = is_reported(row) || row.revision > 0
                     || !row.earlier_slots.empty() || row.state == s::cancelled;
  return {!begun && untouched, begun};
}

bool take_unwanted_figures(batch& row, const events::slot_report& report,
                           const std::string& read_at) {
  const bool usable = !report.problem || row.accepted;
  if (row.status_manufacturing || !report.finished || !usable)
    return false;
  row.actual = report.consumption;
  row.weight = report.weight;
  row.status_manufacturing = true;
  row.last_read = row.last_change = row.finished_at = read_at;
  ++row.revision;
  return true;
}

std::string figures_text(const batch& row) {
  std::string text = row.weight.to_string() + " kg";
  for (std::size_t i = 0; i < dosing_point_count; ++i)
    if (row.actual[i].milli() > 0)
      text += ", " + std::string(dosing_points[i].tag) + " "
              + row.actual[i].to_string() + " kg";
  return text;
}

} // namespace millrace::store
