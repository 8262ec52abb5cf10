#include "services/batch-store/reconcile_decisions.hpp"

#include "services/batch-store/decisions.hpp"

#include <array>

namespace millrace::store {

namespace {

using s = batch_state;

constexpr std::string_view vanished = "vanished";
constexpr std::string_view lost_in_plc = "lost_in_plc";
constexpr std::string_view in_doubt = "in_doubt";
constexpr std::string_view odoo_ahead = "odoo_ahead";
constexpr std::string_view odoo_done = "odoo_done";
constexpr std::string_view odoo_cancelled = "odoo_cancelled";
constexpr std::string_view odoo_unknown = "odoo_unknown";
constexpr std::string_view odoo_changed = "odoo_changed";

std::string manual(const std::string& action, const batch& row) {
  return "POST /api/admin/manual/" + action + "/" + row.mo_id;
}

std::string produce_path(const batch& row) {
  return manual("reset-batch", row) + "?push_to_plc=true";
}

std::string cancel_path(const batch& row) {
  return "POST /api/admin/manual/cancel-batch/" + std::to_string(row.batch_no);
}

std::string slot_text(const batch& row) {
  return "slot " + std::to_string(row.batch_no);
}

/// What a person can do who has to find out what the machine did.
std::string look_at_machine(const batch& row) {
  return "Look at the machine. To produce it (again): " + produce_path(row)
         + ". Not at all: " + cancel_path(row)
         + ". Booked by hand in Odoo: " + manual("set-aside", row)
         + ". It goes on by itself when the PLC reports it in " + slot_text(row)
         + ".";
}

std::string correct_in_odoo(const batch& row) {
  return "Correct the order in Odoo, then " + manual("retry-push-odoo", row)
         + "; or book it by hand and " + manual("set-aside", row) + ".";
}

/// Of a batch that the PLC does not have.
std::string before_production(const batch& row) {
  return "It is not given to the PLC. If it is to be produced: make the order "
         "in Odoo confirmed with nothing consumed; it then goes on by itself. "
         "If not: "
         + cancel_path(row) + " or " + manual("set-aside", row) + ".";
}

hold make(std::string_view kind, std::string reason, std::string advice,
          const std::string& now) {
  return {std::string(kind), std::move(reason), std::move(advice), now};
}

bool in_odoo_as(const events::checked_order& order, std::string_view state) {
  return order.state.starts_with(state);
}

/// Why the order's state in Odoo forbids to go on; empty kind: it does not.
hold hold_by_state(const batch& row, const events::checked_order& order,
                   const std::string& advice, const std::string& now) {
  const std::string meanwhile
    = " (done by a person, or this database is an older backup)";
  if (!order.found)
    return make(odoo_unknown, "Odoo does not know the order any more", advice,
                now);
  if (in_odoo_as(order, "cancel"))
    return make(odoo_cancelled, "the order is cancelled in Odoo", advice, now);
  if (order.state == "done")
    return make(odoo_done,
                "the order is done in Odoo although here it is "
                  + std::string(name_of(row.state)) + meanwhile,
                advice, now);
  return {};
}

/// An operator ordered it to be produced again: Odoo may hold figures of the
/// earlier run.
bool is_ordered_again(const batch& row) {
  return row.given_before || !row.earlier_slots.empty();
}

hold hold_before_writing(const batch& row, const events::checked_order& order,
                         const std::string& now) {
  const auto advice = before_production(row);
  if (auto held = hold_by_state(row, order, advice, now))
    return held;
  if (is_ordered_again(row))
    return {};
  if (order.state != "confirmed")
    return make(odoo_changed,
                "the order is in state " + order.state
                  + " in Odoo, not confirmed",
                advice, now);
  if (const auto consumed = total(order.consumed); consumed.milli() > 0)
    return make(odoo_ahead,
                "Odoo holds " + consumed.to_string()
                  + " kg as consumed although the batch is not produced yet "
                    "here (was an older backup restored?)",
                advice, now);
  if (!order.as_listed)
    return make(odoo_changed,
                "the order was changed in Odoo to one that "
                "cannot be produced",
                advice, now);
  return {};
}

/// Written here, and yet Odoo has figures of it.
hold hold_if_reported_before(const batch& row,
                             const events::checked_order& order,
                             const std::string& now) {
  const auto consumed = total(order.consumed);
  if (consumed.milli() == 0 || row.revision > 0 || !row.earlier_slots.empty())
    return {};
  return make(odoo_ahead,
              "Odoo holds " + consumed.to_string()
                + " kg as consumed although the PLC has not reported the batch "
                  "here (was an older backup restored?)",
              correct_in_odoo(row)
                + " It goes on by itself when the PLC "
                  "reports it.",
              now);
}

} // namespace

bool is_of_plc(const hold& held) {
  return held.kind == vanished || held.kind == lost_in_plc
         || held.kind == in_doubt;
}

bool is_in_doubt(const hold& held) {
  return held.kind == in_doubt;
}

bool is_lost_in_plc(const hold& held) {
  return held.kind == lost_in_plc;
}

bool is_of_odoo(const hold& held) {
  return held.kind.starts_with("odoo_");
}

bool odoo_is_ahead(const hold& held) {
  return held.kind == odoo_ahead;
}

bool ends_with_news(const hold& held, bool state_changed, bool values_changed) {
  return is_of_odoo(held)
         && (state_changed || (odoo_is_ahead(held) && values_changed));
}

std::optional<hold> hold_if_vanished(const batch& row,
                                     const events::slot_report& report,
                                     const std::string& now) {
  if (row.state != s::running || row.held || report.problem)
    return {};
  const auto what = report.mo_id.empty()
                      ? "is empty now (was the PLC's memory cleared?)"
                      : "reports " + report.mo_id + " now";
  return make(vanished,
              "the PLC was producing it in " + slot_text(row)
                + ", but the slot " + what,
              look_at_machine(row), now);
}

hold hold_as_lost(const batch& row, const std::string& now) {
  return make(lost_in_plc,
              "the PLC was given it in " + slot_text(row)
                + " and holds it nowhere any more (was its memory cleared?)",
              look_at_machine(row), now);
}

hold hold_in_doubt(const batch& row, const std::string& why,
                   const std::string& now) {
  return make(in_doubt, why, look_at_machine(row), now);
}

std::optional<hold> hold_if_push_is_hopeless(const batch& row,
                                             events::odoo_error error_class,
                                             const std::string& text,
                                             const std::string& now) {
  using e = events::odoo_error;
  switch (error_class) {
  case e::closed:
    return make(odoo_done, text, correct_in_odoo(row), now);
  case e::cancelled:
    return make(odoo_cancelled, text, correct_in_odoo(row), now);
  case e::not_found:
    return make(odoo_unknown,
                "Odoo does not know the order (not_found): " + text,
                correct_in_odoo(row), now);
  case e::ahead:
    return make(
      odoo_ahead, text + " (was a backup restored?)",
      "If the PLC's figures here are right: " + manual("retry-push-odoo", row)
        + " books them over Odoo's. If Odoo's are: " + manual("set-aside", row)
        + ". It goes on by itself when the PLC reports more.",
      now);
  default:
    return {};
  }
}

check_verdict judge(const batch& row, const events::checked_order& now_in_odoo,
                    const std::string& now) {
  hold held;
  if (row.state == s::staged)
    held = hold_before_writing(row, now_in_odoo, now);
  else if (row.state == s::written || row.state == s::running)
    held = hold_by_state(row, now_in_odoo, correct_in_odoo(row), now);
  if (!held && row.state == s::written)
    held = hold_if_reported_before(row, now_in_odoo, now);
  if (held)
    return {held, false};
  if (row.state != s::staged || is_ordered_again(row))
    return {};
  const auto fresh
    = staged_batch(row.line, *now_in_odoo.as_listed, row.batch_no, row.stage);
  return {{}, fresh.ordered != row.ordered || fresh.planned != row.planned};
}

} // namespace millrace::store
