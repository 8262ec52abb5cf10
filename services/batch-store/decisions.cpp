#include "services/batch-store/decisions.hpp"

#include "common/domain/order_name.hpp"
#include "services/batch-store/reconcile_decisions.hpp"

#include <set>

namespace millrace::store {

namespace {

constexpr int plc_slots = 10;
constexpr std::size_t plc_name_characters = 16;
constexpr std::string_view implausible = "implausible";
constexpr std::string_view invalid = "invalid";
constexpr std::string_view nothing_consumed = "nothing_consumed";
constexpr std::string_view zero_weight = "zero_weight";

bool same_figures(const batch& row, const events::slot_report& report) {
  return row.actual == report.consumption && row.weight == report.weight;
}

void put_on_hold(batch& row, std::string_view kind, std::string reason,
                 std::string advice, const std::string& now) {
  row.held = {std::string(kind), std::move(reason), std::move(advice), now};
}

std::string raw_words_text(const std::vector<int>& words) {
  std::string out;
  for (const int word : words)
    out += (out.empty() ? "" : " ") + std::to_string(word);
  return out;
}

std::string accept_path(const batch& row) {
  return "POST /api/admin/manual/accept-value/" + row.mo_id;
}

std::string set_aside_path(const batch& row) {
  return "POST /api/admin/manual/set-aside/" + row.mo_id;
}

/// Only amounts outside the plausible range, and an operator accepted them.
bool is_accepted(const batch& row, const events::slot_problem& problem) {
  return row.accepted && problem.implausible.value_or(false);
}

read_effect hold_for(batch& row, const events::slot_problem& problem,
                     const std::string& read_at) {
  read_effect effect;
  const bool only_implausible = problem.implausible.value_or(false);
  const auto reason = "the PLC reports " + problem.field_name + ": "
                      + problem.rule + " (words "
                      + raw_words_text(problem.raw_words) + ")";
  if (row.held.reason == reason)
    return effect;
  // Reported means that the PLC has it: writing it again would produce it
  // twice.
  row.state
    = next_state(row.state, batch_fact::plc_written).value_or(row.state);
  const std::string wait
    = "Check the slot in the PLC. The batch goes on by itself when the PLC "
      "reports a valid value. ";
  put_on_hold(row, only_implausible ? implausible : invalid, reason,
              wait
                + (only_implausible
                     ? "If the value is true: " + accept_path(row)
                     : "So that the next orders come: " + set_aside_path(row))
                + ".",
              read_at);
  effect.changed = true;
  effect.now_held = true;
  return effect;
}

batch_fact fact_of(const events::slot_report& report) {
  if (report.failed)
    return batch_fact::plc_failed;
  return report.finished ? batch_fact::plc_finished : batch_fact::plc_reported;
}

/// Holds that begin when a batch completes.
void hold_if_final_figures_need_a_person(batch& row, const rules& plant,
                                         read_effect& effect,
                                         const std::string& now) {
  if (total(row.actual).milli() == 0) {
    put_on_hold(row, nothing_consumed,
                "the PLC reports the batch finished and nothing consumed",
                "Check in the PLC what was dosed, book the order in Odoo by "
                "hand, then "
                  + set_aside_path(row) + ".",
                now);
    effect.now_held = true;
  } else if (row.weight.milli() == 0
             && plant.zero_weight == zero_weight_policy::hold) {
    put_on_hold(row, zero_weight,
                "the PLC reports the batch finished with weight 0",
                "Book the finished quantity in Odoo by hand, then "
                  + set_aside_path(row) + " (ZERO_WEIGHT_POLICY is hold).",
                now);
    effect.now_held = true;
  }
}

void warn_of_weight(const batch& row, const rules& plant, read_effect& effect) {
  if (row.weight > plant.expected_batch_max + plant.weight_margin)
    effect.warnings.push_back(
      "weight " + row.weight.to_string() + " kg is above the expected "
      + plant.expected_batch_max.to_string() + " kg plus "
      + plant.weight_margin.to_string() + " kg");
}

} // namespace

read_effect apply_report(batch& row, const events::slot_report& report,
                         const std::string& read_at, const rules& plant) {
  read_effect effect;
  if (row.status_manufacturing || is_final(row.state)
      || row.state == batch_state::failed
      || row.state == batch_state::cancelled) {
    effect.ignored_final = row.status_manufacturing && !report.problem
                           && !same_figures(row, report);
    return effect;
  }
  if (report.problem && !is_accepted(row, *report.problem))
    return hold_for(row, *report.problem, read_at);
  if (row.held.kind == implausible || row.held.kind == invalid
      || is_of_plc(row.held)) {
    row.held = {};
    effect.released = effect.changed = true;
  }
  row.last_read = read_at;
  if (!same_figures(row, report)) {
    row.actual = report.consumption;
    row.weight = report.weight;
    ++row.revision;
    effect.values_changed = effect.changed = true;
  }
  const auto after = next_state(row.state, fact_of(report));
  if (ends_with_news(row.held, after.has_value(), effect.values_changed)) {
    row.held = {};
    effect.released = effect.changed = true;
  }
  if (after) {
    row.state = *after;
    row.status_manufacturing = report.finished && !report.failed;
    row.status_operation = report.failed;
    effect.changed = true;
    effect.completed = *after == batch_state::completed;
    effect.failed = *after == batch_state::failed;
  }
  if (effect.changed)
    row.last_change = read_at;
  if (effect.completed) {
    row.finished_at = read_at;
    row.read_again = false;
    // Odoo must be told even when not one figure ever changed.
    if (row.revision == 0)
      row.revision = 1;
    hold_if_final_figures_need_a_person(row, plant, effect, read_at);
  }
  if (effect.values_changed || effect.completed)
    warn_of_weight(row, plant, effect);
  return effect;
}

step next_step(const batch& row, const rules& plant) {
  using s = batch_state;
  const bool odoo_is_behind = row.revision != row.pushed_revision;
  switch (row.state) {
  case s::staged:
    return row.held ? step::none : step::write_to_plc;
  case s::written:
    return step::none;
  case s::running:
    return odoo_is_behind && !row.held ? step::push_consumption : step::none;
  case s::completed:
    if (row.held)
      return step::none;
    if (row.weight.milli() > 0)
      return step::push_and_close;
    if (plant.zero_weight == zero_weight_policy::hold)
      return step::none;
    return odoo_is_behind ? step::push_consumption : step::archive_zero_weight;
  case s::pushed:
    return step::archive_completed;
  case s::failed:
    return row.odoo_cancelled ? step::archive_cancelled : step::cancel_in_odoo;
  case s::cancelled:
    // Odoo first: an archived row tells nobody any more.
    return row.odoo_cancelled ? step::archive_cancelled : step::cancel_in_odoo;
  case s::archived:
    break;
  }
  return step::none;
}

bool apply_pushed(batch& row, std::int64_t revision, bool done) {
  if (revision != row.revision)
    return false;
  row.pushed_revision = revision;
  row.push = {};
  if (done && row.state == batch_state::completed)
    row.state = *next_state(row.state, batch_fact::odoo_done);
  return true;
}

void apply_push_failed(batch& row, events::odoo_error error_class,
                       const std::string& text, const std::string& now,
                       const std::string& next) {
  ++row.push.attempts;
  row.push.error_class = name_of(error_class);
  row.push.error_text = text;
  row.push.last_try = now;
  row.push.next_try = next;
}

std::string_view name_of(events::odoo_error error_class) {
  return events::enum_names<
    events::odoo_error>::values[static_cast<std::size_t>(error_class)];
}

namespace {

/// Empty, or how far the recipe is from the ordered quantity.
std::string recipe_difference(const events::order& order, int percent) {
  kilograms sum = order.other_components;
  for (const auto& one : order.components)
    sum += one.to_consume;
  const auto difference = std::abs(sum.milli() - order.quantity.milli()) * 100;
  if (difference <= order.quantity.milli() * percent)
    return {};
  return "its components add up to " + sum.to_string() + " kg, ordered are "
         + order.quantity.to_string() + " kg";
}

} // namespace

batch staged_batch(const std::string& line, const events::order& order,
                   int batch_no, std::int64_t stage) {
  batch row;
  row.line = line;
  row.batch_no = batch_no;
  row.mo_id = order.mo_id;
  row.finished_goods = order.product_name;
  row.bom_code = order.bom_code;
  row.ordered = order.quantity;
  row.stage = stage;
  for (const auto& one : order.components)
    if (const auto index = dosing_index_by_tag(one.tag)) {
      row.planned[*index] += one.to_consume;
      row.component_names[*index] = one.product_name;
    }
  return row;
}

namespace {

/// The lowest free slot, but not one where the order could be taken for an
/// earlier one; 0: none.
int free_slot(const std::set<int>& free_slots, const std::string& mo_id,
              const past_orders& past) {
  const int avoid = fills_plc_name(mo_id) ? past.slot_of_lookalike(mo_id) : 0;
  for (const int slot : free_slots)
    if (slot != avoid)
      return slot;
  return 0;
}

} // namespace

bool fills_plc_name(const std::string& mo_id) {
  return mo_id.size() >= plc_name_characters;
}

bool reports_other_quantity(const batch& row,
                            const events::slot_report& report) {
  // The PLC holds hundredths of a kg, some programs nothing at all.
  constexpr std::int64_t half_a_step = 5;
  const auto difference = report.quantity.milli() - row.ordered.milli();
  return fills_plc_name(row.mo_id) && !report.problem
         && report.quantity.milli() > 0 && std::abs(difference) > half_a_step;
}

bool may_be_of_lookalike(const batch& row, const events::slot_report& report,
                         bool lookalike_failed) {
  if (!fills_plc_name(row.mo_id) || row.status_manufacturing || row.read_again)
    return false;
  const bool unseen
    = row.state == batch_state::staged || row.state == batch_state::written;
  return (report.finished && report.acknowledged)
         || (report.failed && lookalike_failed && unseen);
}

queue_plan plan_queue(const std::string& line,
                      const std::vector<events::order>& orders, int limit,
                      std::int64_t stage, const rules& plant,
                      const past_orders& past,
                      const std::function<std::string()>& next_id) {
  queue_plan plan;
  std::set<std::string> cut_names;
  std::set<int> free_slots;
  for (int slot = 1; slot <= plc_slots; ++slot)
    free_slots.insert(slot);
  for (const auto& order : orders) {
    const auto leave_out = [&](std::string why) {
      plan.left_out.push_back({order.mo_id, std::move(why)});
    };
    if (static_cast<int>(plan.batches.size()) == limit)
      break;
    if (const auto name = check_order_name(order.mo_id); !name) {
      leave_out(name.why());
      continue;
    }
    if (past.knows(order.mo_id)) {
      leave_out("is here already or was produced before");
      continue;
    }
    if (!cut_names.insert(cut_to_field(order.mo_id)).second) {
      leave_out("its first 16 characters equal those of another order of this "
                "queue; it comes with the next one");
      continue;
    }
    const int slot = free_slot(free_slots, order.mo_id, past);
    if (slot == 0) {
      leave_out("the only free slot held an order that looks the same in the "
                "PLC; it comes with the next queue");
      continue;
    }
    free_slots.erase(slot);
    if (const auto text
        = recipe_difference(order, plant.recipe_tolerance_percent);
        !text.empty())
      plan.odd_recipes.push_back({order.mo_id, text});
    auto row = staged_batch(line, order, slot, stage);
    row.id = next_id();
    plan.batches.push_back(std::move(row));
  }
  return plan;
}

events::slot_order slot_order_of(const batch& row) {
  return {row.batch_no,       row.mo_id,   row.bom_code,
          row.finished_goods, row.ordered, row.planned};
}

namespace {

/// What is left to do for a batch that left the queue unbooked.
std::string booking_advice(const batch& row) {
  const auto solved = "POST /api/admin/manual/mark-solved/" + row.mo_id;
  if (can_be_booked(row))
    return "Correct the order in Odoo, then "
           "POST /api/admin/manual/retry-push-odoo/"
           + row.mo_id + "; or book it in Odoo by hand, then " + solved + ".";
  return "Find out what the PLC dosed, book the order in Odoo by hand (or "
         "cancel it there), then "
         + solved + ".";
}

} // namespace

bool can_be_booked(const batch& row) {
  return row.status_manufacturing && row.weight.milli() > 0
         && total(row.actual).milli() > 0;
}

std::string waiting_reason(const batch& row) {
  if (row.held)
    return row.held.reason;
  if (!row.push.error_text.empty())
    return row.push.error_class + ": " + row.push.error_text;
  if (row.state == batch_state::cancelled || row.state == batch_state::failed)
    return "waits to be cancelled in Odoo";
  if (row.state == batch_state::archived && !row.status_manufacturing)
    return "left the queue before the PLC reported final figures";
  if (row.state == batch_state::archived)
    return "left the queue before its figures were booked in Odoo";
  return "waits for its first push to Odoo";
}

std::string waiting_advice(const batch& row) {
  if (row.state == batch_state::archived)
    return booking_advice(row);
  if (row.held)
    return row.held.advice;
  const auto retry = "POST /api/admin/manual/retry-push-odoo/" + row.mo_id;
  if (is_refused(row.push) && row.state == batch_state::cancelled)
    return "Odoo refuses to cancel it. Look at the order in Odoo, then " + retry
           + ", or so that the next orders come: " + set_aside_path(row) + ".";
  if (is_refused(row.push))
    return "Odoo refuses it: correct the order in Odoo. It is tried again by "
           "itself, or at once with "
           + retry + ". If it cannot be corrected: " + set_aside_path(row)
           + ".";
  return "Check that Odoo can be reached. It is tried again by itself, or at "
         "once with "
         + retry + ".";
}

bool is_refused(const push_record& push) {
  return push.error_class == "rejected" || push.error_class == "not_found"
         || push.error_class == "partial" || push.error_class == "closed"
         || push.error_class == "cancelled" || push.error_class == "ahead";
}

} // namespace millrace::store
