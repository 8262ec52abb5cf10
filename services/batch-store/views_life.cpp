#include "services/batch-store/view_parts.hpp"

#include <algorithm>

// All that is known of one order: each of its runs, from the queue and the
// history, with its story from the journal.

namespace millrace::store::view {

namespace {

constexpr int runs_shown = 50;

bool has(const std::vector<journal_entry>& story, const std::string& type) {
  return std::ranges::find(story, type, &journal_entry::type) != story.end();
}

/// The newest of its kind; empty: not in the journal.
std::string newest(const std::vector<journal_entry>& story,
                   const std::string& type) {
  std::string at;
  for (const auto& one : story)
    if (one.type == type)
      at = one.at;
  return at;
}

ordered_json told(const journal_entry& one) {
  auto data = ordered_json::parse(one.data, nullptr, false);
  if (!data.is_object())
    data = ordered_json::object();
  if (one.times > 1) {
    data["times"] = one.times;
    data["last_at"] = one.last_at;
  }
  return {
    {"at", one.at}, {"type", one.type}, {"text", one.text}, {"data", data}};
}

bool is_told(const std::vector<journal_entry>& story, const audit_entry& one) {
  return std::ranges::any_of(story, [&](const auto& entry) {
    return entry.type == "decided" && entry.at == one.at;
  });
}

/// The journal, and for what is older than the journal, what audit and columns
/// tell.
ordered_json timeline(std::vector<journal_entry> story, const batch& row,
                      const archived_batch* past,
                      const std::vector<audit_entry>& decided) {
  const auto journal = story;
  for (const auto& one : decided)
    if (!is_told(journal, one))
      story.push_back(was_decided(one));
  if (!row.finished_at.empty() && !has(journal, "finished"))
    story.push_back(has_finished(row));
  if (past && !has(journal, "archived"))
    story.push_back(was_archived(*past));
  std::ranges::stable_sort(story, {}, &journal_entry::at);
  ordered_json out = json::array();
  for (const auto& one : story)
    out.push_back(told(one));
  return out;
}

/// `past` is null for a batch of the queue.
ordered_json run_of(const scene& here, const batch& row,
                    const archived_batch* past) {
  const auto story = here.rows.journal_of(row.id);
  const auto decided = here.rows.audit_of(row.id);
  ordered_json out{
    {"batch_id", row.id},
    {"where", past ? "history" : "queue"},
    {"status", past ? json(past->status) : json()},
    {"line", row.line},
    {"batch_no", row.batch_no},
    {"finished_goods", row.finished_goods},
    {"ordered", row.ordered.to_double()},
    {"weight", row.weight.to_double()},
    {"state", name_of(row.state)},
    {"status_manufacturing", row.status_manufacturing},
    {"status_operation", row.status_operation},
    {"staged_at", text_or_null(newest(story, "staged"))},
    {"started_at", text_or_null(newest(story, "started"))},
    {"finished_at", text_or_null(row.finished_at)},
    {"archived_at", past ? text_or_null(past->archived_at) : json()},
    {"last_read", text_or_null(row.last_read)},
    {"revision", row.revision},
    {"pushed_revision", row.pushed_revision},
    {"notes", text_or_null(past ? past->notes : row.operator_notes)},
    {"booking_open", past && past->booking_open},
    {"hold", hold_or_null(row.held)},
    {"actions", json::array()},
    {"dosing", dosing_of(row)}};
  out["push"] = {{"attempts", row.push.attempts},
                 {"error_class", text_or_null(row.push.error_class)},
                 {"error_text", text_or_null(row.push.error_text)},
                 {"last_try", text_or_null(row.push.last_try)},
                 {"next_try", text_or_null(row.push.next_try)}};
  out["timeline"] = timeline(story, row, past, decided);
  out["audit"] = audit_lines(decided);
  return out;
}

} // namespace

ordered_json batch_life(const scene& here, const std::string& mo_id) {
  ordered_json runs = json::array();
  if (const auto row = here.rows.find(mo_id)) {
    runs.push_back(run_of(here, *row, nullptr));
    runs.back()["actions"] = decisions_about(here, *row);
  }
  history_filter filter;
  filter.mo_id = mo_id;
  filter.limit = runs_shown;
  for (const auto& past : here.rows.history(filter)) {
    runs.push_back(run_of(here, past.row, &past));
    // A decision names the order: it is about its newest run.
    if (runs.size() == 1)
      runs.back()["actions"] = decisions_about(here, past);
  }
  return {{"mo_id", mo_id}, {"runs", runs}};
}

} // namespace millrace::store::view
