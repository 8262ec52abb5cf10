#include "services/batch-store/views.hpp"

#include "services/batch-store/view_parts.hpp"

#include <algorithm>

// Which view answers a question, and the shapes that views share. Those of
// FACTS 6 are fixed: people have scripts on them.

namespace millrace::store {

namespace view {

json text_or_null(const std::string& text) {
  return text.empty() ? json() : json(text);
}

ordered_json hold_or_null(const hold& held) {
  if (!held)
    return {};
  return {{"kind", held.kind},
          {"reason", held.reason},
          {"advice", held.advice},
          {"since", text_or_null(held.since)}};
}

ordered_json dosing_of(const batch& row) {
  ordered_json out = json::array();
  for (std::size_t i = 0; i < dosing_point_count; ++i)
    out.push_back({{"tag", dosing_points[i].tag},
                   {"id", dosing_points[i].id},
                   {"name", dosing_points[i].plant_name},
                   {"component", text_or_null(row.component_names[i])},
                   {"planned", row.planned[i].to_double()},
                   {"actual", row.actual[i].to_double()}});
  return out;
}

ordered_json consumptions_above_zero(const dosing_amounts& amounts) {
  ordered_json out = json::object();
  for (std::size_t i = 0; i < amounts.size(); ++i)
    if (amounts[i].milli() > 0)
      out[std::string(dosing_points[i].tag)] = amounts[i].to_double();
  return out;
}

ordered_json audit_lines(const std::vector<audit_entry>& entries) {
  ordered_json out = json::array();
  for (const auto& one : entries)
    out.push_back({{"at", one.at},
                   {"action", one.action},
                   {"user", one.user},
                   {"notes", text_or_null(one.notes)},
                   {"outcome", one.outcome}});
  return out;
}

events::command_result answer(const ordered_json& data,
                              const std::string& message) {
  return {
    true, message, {data.dump(-1, ' ', false, json::error_handler_t::replace)}};
}

events::command_result refusal(const char* about, const std::string& message) {
  return {false, message, {json{{about, true}}.dump()}};
}

} // namespace view

namespace {

using view::answer;
using view::json;
using view::refusal;

events::command_result history_of(repository& rows, const std::string& mo_id) {
  const auto entry = rows.archived(mo_id);
  if (!entry)
    return {false, mo_id + " is not in the history", {}};
  auto row = view::history_row(*entry);
  row["audit"] = view::audit_lines(rows.audit_of(entry->row.id));
  return answer(row, mo_id);
}

events::command_result life_of(const scene& here, const std::string& mo_id) {
  const auto life = view::batch_life(here, mo_id);
  if (life.at("runs").empty())
    return refusal("not_found",
                   mo_id + " is neither in the queue nor in the history");
  return answer(life, mo_id);
}

events::command_result line_of(const scene& here, const std::string& code) {
  if (std::ranges::find(here.lines, code) == here.lines.end())
    return refusal("not_found", "line \"" + code + "\" is not served here");
  return answer(view::line(here, code), code);
}

std::set<std::string> names_in(const json& data, const char* member) {
  std::set<std::string> names;
  const auto found = data.find(member);
  if (found != data.end() && found->is_array())
    for (const auto& one : *found)
      if (one.is_string())
        names.insert(one.get<std::string>());
  return names;
}

} // namespace

events::command_result answer_query(const scene& here,
                                    const events::store_query& question) {
  using kind = events::store_view;
  const auto filter = read_filter(question);
  if (!filter)
    return refusal("bad_parameter", filter.why());
  switch (question.view) {
  case kind::batch_status:
    return answer(view::batch_status(here.rows), "batches in the queue");
  case kind::real_time:
    return answer(view::real_time(here.rows), "batches in the queue");
  case kind::history:
    return answer(view::history(here.rows, *filter), "archived batches");
  case kind::failed_to_push:
    return answer(view::failed_to_push(here), "batches that wait for Odoo");
  case kind::history_of:
    return history_of(here.rows, question.mo_id.value_or(""));
  case kind::line:
    return line_of(here, question.line.value_or(""));
  case kind::batch_life:
    return life_of(here, question.mo_id.value_or(""));
  case kind::alerts:
    return answer(view::alerts(here, question), "alerts");
  case kind::audit:
    return answer(view::audit(here.rows, *filter), "what people decided");
  case kind::trends:
    break;
  }
  const auto found = view::trends(here, *filter);
  return found ? answer(*found, "trends")
               : refusal("bad_parameter", found.why());
}

withdraw_proof read_proof(const events::command_result& answer) {
  const auto data = json::parse(answer.data.text, nullptr, false);
  if (!data.is_object())
    return {};
  const auto begun = data.find("begun");
  return {names_in(data, "not_taken"), names_in(data, "absent"),
          begun != data.end() && *begun == true};
}

events::command_result
cleared_answer(const std::vector<std::string>& cleared,
               const std::vector<std::string>& come_again,
               const std::vector<std::string>& open_bookings) {
  const auto counted = [](std::size_t n, const char* what) {
    return std::to_string(n) + what;
  };
  return answer(
    {{"deleted_count", cleared.size()},
     {"cleared", cleared},
     {"come_again", come_again},
     {"open_bookings", open_bookings}},
    counted(cleared.size(), " batches cleared") + ", "
      + counted(come_again.size(), " may come again with the next fetch") + ", "
      + counted(open_bookings.size(), " wait in failed-to-push"));
}

} // namespace millrace::store
