#include "services/batch-store/journal.hpp"

#include "services/batch-store/decisions.hpp"

#include <nlohmann/json.hpp>

#include <variant>

namespace millrace::store {

namespace {

using nlohmann::ordered_json;

/// The alert of a hold, which is an entry of its own.
constexpr std::string_view hold_alert = "batch_held";

journal_entry entry(std::string type, std::string text,
                    const ordered_json& data) {
  journal_entry one;
  one.type = std::move(type);
  one.text = std::move(text);
  one.data = data.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  return one;
}

/// `what` tells the entry from others of this type about this batch.
journal_entry about(const batch& row, journal_entry one, const std::string& at,
                    const std::string& what = {}) {
  one.key = row.id + "/" + one.type + (what.empty() ? "" : "/" + what);
  one.batch_id = row.id;
  one.mo_id = row.mo_id;
  one.line = row.line;
  one.at = at;
  return one;
}

template <class Event>
journal_entry of_event(const Event& event, journal_entry one) {
  one.batch_id = event.batch_id;
  one.mo_id = event.mo_id;
  one.line = event.line;
  return one;
}

std::string with(const std::string& text, const std::string& notes) {
  return notes.empty() ? text : text + ": " + notes;
}

ordered_json kilograms_by_point(const dosing_amounts& amounts) {
  ordered_json out = ordered_json::object();
  for (std::size_t i = 0; i < amounts.size(); ++i)
    if (amounts[i].milli() > 0)
      out[std::string(dosing_points[i].tag)] = amounts[i].to_double();
  return out;
}

journal_entry finished(kilograms weight, const dosing_amounts& actual,
                       std::int64_t revision) {
  return entry("finished",
               "The PLC reports it finished: " + weight.to_string() + " kg, "
                 + total(actual).to_string() + " kg dosed",
               {{"revision", revision},
                {"weight", weight.to_double()},
                {"actual", kilograms_by_point(actual)}});
}

journal_entry archived(const std::string& status, const std::string& notes) {
  return entry("archived", with("Archived as " + status, notes),
               {{"status", status}, {"notes", notes}});
}

journal_entry decided(const std::string& action, const std::string& user,
                      const std::string& notes, const std::string& outcome) {
  return entry("decided",
               with(action + " by " + user, notes) + " (" + outcome + ")",
               {{"action", action},
                {"user", user},
                {"notes", notes},
                {"outcome", outcome}});
}

using told = std::optional<journal_entry>;

told word(const events::batch_staged& e) {
  return of_event(
    e, entry("staged",
             "Taken from Odoo as batch " + std::to_string(e.batch_no) + ": "
               + e.quantity.to_string() + " kg of " + e.finished_goods,
             {{"batch_no", e.batch_no},
              {"ordered", e.quantity.to_double()},
              {"planned", kilograms_by_point(e.consumption)}}));
}

told word(const events::batch_completed& e) {
  return of_event(e, finished(e.weight, e.consumption, e.revision));
}

told word(const events::batch_archived& e) {
  return of_event(e, archived(e.status, e.notes));
}

told word(const events::batch_cancelled& e) {
  return of_event(e, entry("cancelled", with("Cancelled in Odoo", e.reason),
                           {{"reason", e.reason}}));
}

told word(const events::batch_decided& e) {
  auto one = of_event(e, decided(e.action, e.user, e.notes, e.outcome));
  one.at = e.decided_at;
  return one;
}

told word(const events::alert_raised& e) {
  if (!e.mo_id || e.kind == hold_alert)
    return {};
  auto one
    = entry("alert_raised", e.text, {{"kind", e.kind}, {"advice", e.advice}});
  one.mo_id = *e.mo_id;
  one.line = e.line;
  return one;
}

told word(const events::alert_acknowledged& e) {
  if (!e.mo_id)
    return {};
  auto one = entry("alert_acknowledged",
                   with(e.user + " looks after the alert " + e.kind, e.notes),
                   {{"kind", e.kind}, {"user", e.user}, {"notes", e.notes}});
  one.mo_id = *e.mo_id;
  one.line = e.line;
  one.at = e.acknowledged_at;
  return one;
}

told word(const events::alert_cleared& e) {
  if (!e.mo_id || e.kind == hold_alert)
    return {};
  auto one = entry("alert_cleared", "The alert " + e.kind + " is over",
                   {{"kind", e.kind}});
  one.mo_id = *e.mo_id;
  one.line = e.line;
  return one;
}

/// Too many.
told word(const events::batch_updated&) {
  return {};
}

/// About no batch.
told word(const events::queue_emptied&) {
  return {};
}

} // namespace

std::optional<journal_entry> told_by(const promised_event& what) {
  return std::visit([](const auto& event) { return word(event); }, what);
}

journal_entry was_written(const batch& row, const std::string& at) {
  const auto slot = std::to_string(row.batch_no);
  return about(row,
               entry("written", "The PLC has it in slot " + slot,
                     {{"slot", row.batch_no}, {"queue", row.stage}}),
               at, std::to_string(row.stage) + "/" + slot);
}

journal_entry has_started(const batch& row, const std::string& at) {
  const auto slot = std::to_string(row.batch_no);
  return about(row,
               entry("started", "The PLC runs it in slot " + slot,
                     {{"slot", row.batch_no}}),
               at, std::to_string(row.stage) + "/" + slot);
}

journal_entry has_finished(const batch& row) {
  return about(row, finished(row.weight, row.actual, row.revision),
               row.finished_at);
}

journal_entry was_acknowledged(const batch& row, int slot,
                               const std::string& at) {
  return about(row,
               entry("acknowledged",
                     "The PLC was told that the figures of slot "
                       + std::to_string(slot) + " are stored",
                     {{"slot", slot}}),
               at, std::to_string(row.stage) + "/" + std::to_string(slot));
}

journal_entry was_held(const batch& row, const std::string& at) {
  auto one = about(row,
                   entry("held", "Held for a person: " + row.held.reason,
                         {{"kind", row.held.kind},
                          {"reason", row.held.reason},
                          {"advice", row.held.advice}}),
                   at, row.held.kind + "/" + std::to_string(row.revision));
  one.counted = true;
  return one;
}

journal_entry was_released(const batch& row, const hold& before,
                           const std::string& at) {
  auto one = about(row,
                   entry("released", "No longer held for: " + before.reason,
                         {{"kind", before.kind}, {"reason", before.reason}}),
                   at, before.kind + "/" + std::to_string(row.revision));
  one.counted = true;
  return one;
}

journal_entry was_pushed(const batch& row, const events::odoo_pushed& answer,
                         const std::string& at) {
  ordered_json data{{"revision", answer.revision}, {"done", answer.done}};
  if (answer.revision == row.revision) {
    data["actual"] = kilograms_by_point(row.actual);
    data["weight"] = row.weight.to_double();
  }
  data["differences"] = answer.differences;
  std::string text = "Odoo has booked revision "
                     + std::to_string(answer.revision)
                     + (answer.done ? " and closed the order" : "");
  for (const auto& difference : answer.differences)
    text += "; " + difference;
  return about(row, entry("pushed", text, data), at,
               std::to_string(answer.revision) + (answer.done ? "/done" : ""));
}

journal_entry push_failed(const batch& row,
                          const events::odoo_push_failed& answer,
                          const std::string& at) {
  const bool cancel = answer.operation == events::odoo_operation::cancel;
  const std::string error_class(name_of(answer.error_class));
  const auto revision = answer.revision.value_or(row.revision);
  auto one = about(row,
                   entry(cancel ? "cancel_failed" : "push_failed",
                         (cancel ? "Odoo did not cancel it: "
                                 : "Odoo did not take revision "
                                     + std::to_string(revision) + ": ")
                           + error_class + ": " + answer.text,
                         {{"revision", revision},
                          {"error_class", error_class},
                          {"error_text", answer.text},
                          {"attempts", row.push.attempts},
                          {"actual", kilograms_by_point(row.actual)},
                          {"weight", row.weight.to_double()}}),
                   at, std::to_string(revision) + "/" + error_class);
  one.counted = true;
  return one;
}

journal_entry was_decided(const audit_entry& one) {
  auto told = decided(one.action, one.user, one.notes, one.outcome);
  told.at = one.at;
  return told;
}

journal_entry was_archived(const archived_batch& past) {
  return about(past.row, archived(past.status, past.notes), past.archived_at);
}

} // namespace millrace::store
