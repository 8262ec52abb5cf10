#include "common/domain/order_name.hpp"
#include "common/telemetry/log.hpp"
#include "services/batch-store/batch_store.hpp"
#include "services/batch-store/reconcile_decisions.hpp"

#include <algorithm>

// What this process has not seen with its own eyes is doubted: rows that were
// there when it came to the database (a restart, or a backup that was restored)
// go on only after a look at the PLC and a question to Odoo.

namespace millrace::store {

namespace {

constexpr const char* unknown_order = "unknown_order";
constexpr const char* unbooked_order = "unbooked_order";

bool may_be_written(const batch& row) {
  return row.state == batch_state::staged && !row.held;
}

bool is_written(const batch& row) {
  return row.state == batch_state::written && !row.held;
}

/// Another batch of its queue was reported, so it counted as written. The PLC
/// may have had that one from before a restore.
bool is_only_assumed(const batch& row, std::int64_t stage) {
  return is_written(row) && row.stage == stage && row.revision == 0;
}

/// Odoo may know something of it that we do not.
bool concerns_odoo(const batch& row) {
  switch (row.state) {
  case batch_state::staged:
    return !row.held || is_of_odoo(row.held);
  case batch_state::written:
  case batch_state::running:
    return !row.held;
  default:
    return false;
  }
}

} // namespace

void batch_store::distrust_database() {
  verified_.clear();
  asked_odoo_.clear();
  for (auto& [name, line] : lines_) {
    line.doubts = {};
    line.want_full_picture = true;
  }
}

void batch_store::vouch_for(const std::vector<batch>& fresh) {
  for (const auto& row : fresh) {
    verified_.insert(row.id);
    asked_odoo_.insert(row.id);
    lines_[row.line].doubts.looked = true;
  }
}

bool batch_store::ask_before_writing(const std::string& line,
                                     const std::vector<batch>& queue,
                                     const std::vector<batch>& staged,
                                     const service::context& about) {
  auto& doubts = lines_[line].doubts;
  std::vector<batch> written;
  std::copy_if(queue.begin(), queue.end(), std::back_inserter(written),
               is_written);
  const bool unseen
    = std::any_of(staged.begin(), staged.end(), [&](const batch& row) {
        return !verified_.contains(row.id);
      });
  const auto& look_for = unseen ? staged : written;
  const bool look
    = !doubts.looked && !look_for.empty() && (unseen || staged.empty());
  if (!look) {
    ask_odoo(line, queue, about);
    return unseen;
  }
  doubts.check_id.clear(); // first the look
  if (may_send_write(line))
    send_write(line, look_for, about, true);
  return true;
}

void batch_store::ask_odoo(const std::string& line,
                           const std::vector<batch>& queue,
                           const service::context& about) {
  auto& doubts = lines_[line].doubts;
  if (now_() < doubts.ask_again)
    return;
  events::odoo_check question{line, doubts.check_id, {}};
  for (const auto& row : queue)
    if (concerns_odoo(row) && !asked_odoo_.contains(row.id))
      question.mo_ids.push_back(row.mo_id);
  for (const auto& [mo_id, weight] : doubts.strangers)
    question.mo_ids.push_back(mo_id);
  if (question.mo_ids.empty()) {
    doubts.check_id.clear();
    return;
  }
  if (question.check_id.empty())
    question.check_id = doubts.check_id = ids_();
  doubts.ask_again = now_() + settings_.repeat_after;
  reach_.check(question, about);
}

void batch_store::on_plc_looked(
  const events::event<events::plc_looked>& answer) {
  const auto& data = answer.data;
  if (!serves(data.line))
    return;
  rows_.write([&] {
    for (auto& row : rows_.queue(data.line)) {
      const bool missing
        = std::find(data.missing.begin(), data.missing.end(), row.mo_id)
          != data.missing.end();
      if (missing && is_written(row))
        put_on_hold(row, hold_as_lost(row, utc_now()));
    }
    if (data.there)
      mark_written(data.line, data.stage, data.batches);
  });
  auto& state = lines_[data.line];
  state.doubts.looked = true;
  state.write_overdue.reset();
  state.next_write = {};
  log::info("plc.looked", {{"line", data.line},
                           {"there", data.there},
                           {"missing", data.missing.size()}});
  reconcile_plc(data.line, {});
}

void batch_store::on_odoo_checked(
  const events::event<events::odoo_checked>& answer) {
  const auto& line = answer.data.line;
  if (!serves(line))
    return;
  auto& doubts = lines_[line].doubts;
  if (doubts.check_id.empty() || answer.data.check_id != doubts.check_id)
    return;
  check_result found;
  rows_.write([&] {
    found = {};
    for (const auto& order : answer.data.orders)
      if (auto row = rows_.find(order.mo_id); row && row->line == line)
        take_check(*row, order, found);
      else
        take_stranger_check(line, order);
    // What plc-gateway was told before of these batches does not count.
    if (!found.to_write.empty())
      give_new_stages(line, found.to_write);
  });
  asked_odoo_.insert(found.asked.begin(), found.asked.end());
  verified_.insert(found.to_write.begin(), found.to_write.end());
  for (const auto& id : found.changed) {
    verified_.erase(id);
    asked_odoo_.erase(id);
    doubts.looked = false;
  }
  for (const auto& order : answer.data.orders)
    doubts.strangers.erase(order.mo_id);
  doubts.check_id.clear();
  doubts.ask_again = {};
  reconcile_plc(line, {});
}

void batch_store::take_check(batch& row, const events::checked_order& order,
                             check_result& found) {
  if (!concerns_odoo(row))
    return;
  found.asked.push_back(row.id);
  auto verdict = judge(row, order, utc_now());
  if (verdict.held) {
    if (verdict.held->reason != row.held.reason)
      put_on_hold(row, *verdict.held);
    return;
  }
  if (row.state != batch_state::staged)
    return;
  const bool may_be_under_way = verified_.contains(row.id);
  if (verdict.recipe_changed && may_be_under_way) {
    // The PLC may just be getting the old one: look first.
    found.changed.push_back(row.id);
    return;
  }
  if (verdict.recipe_changed)
    take_recipe(row, *order.as_listed);
  if (row.held)
    release(row);
  if (!may_be_under_way)
    found.to_write.push_back(row.id);
}

void batch_store::take_recipe(batch& row, const events::order& order) {
  const auto fresh = staged_batch(row.line, order, row.batch_no, row.stage);
  const std::string before = row.ordered.to_string();
  row.ordered = fresh.ordered;
  row.planned = fresh.planned;
  row.component_names = fresh.component_names;
  row.finished_goods = fresh.finished_goods;
  row.bom_code = fresh.bom_code;
  rows_.update(row);
  log::warn("batch.order_changed_in_odoo",
            {{"mo_id", row.mo_id},
             {"ordered_before_kg", before},
             {"ordered_kg", row.ordered.to_string()}});
}

void batch_store::give_new_stages(const std::string& line,
                                  const std::vector<std::string>& ids) {
  auto queue = rows_.queue(line);
  std::stable_sort(
    queue.begin(), queue.end(),
    [](const batch& a, const batch& b) { return a.stage < b.stage; });
  std::map<std::int64_t, std::int64_t> fresh;
  for (auto& row : queue) {
    if (std::find(ids.begin(), ids.end(), row.id) == ids.end())
      continue;
    if (!fresh.contains(row.stage))
      fresh[row.stage] = take_new_stage(line);
    row.stage = fresh[row.stage];
    rows_.update(row);
  }
}

void batch_store::on_odoo_check_failed(
  const events::event<events::odoo_check_failed>& answer) {
  const auto& line = answer.data.line;
  if (!serves(line) || answer.data.check_id != lines_[line].doubts.check_id)
    return;
  auto& state = lines_[line];
  state.doubts.ask_again = now_() + settings_.repeat_after;
  const auto text
    = std::string(name_of(answer.data.error_class)) + ": " + answer.data.text;
  state.write_problem
    = "Odoo cannot be asked whether the orders still stand: " + text;
  log::warn("odoo.check_failed", {{"line", line}, {"error", text}});
}

void batch_store::hold_in_doubt(const events::plc_write_failed& answer) {
  rows_.write([&] {
    for (const auto& mo_id : answer.in_doubt)
      if (auto row = rows_.find(mo_id);
          row && row->line == answer.line
          && (may_be_written(*row) || is_only_assumed(*row, answer.stage)))
        put_on_hold(*row, store::hold_in_doubt(*row, answer.reason, utc_now()));
  });
}

void batch_store::look_for_vanished(std::vector<batch>& queue,
                                    const events::slot_report& report,
                                    const events::plc_read& read) {
  // A slot that has become empty: the others' orders may be gone as well.
  if (report.mo_id.empty() && !report.problem && !read.full)
    lines_[read.line].doubts.looked = false;
  for (auto& row : queue) {
    if (row.batch_no != report.slot || cut_to_field(row.mo_id) == report.mo_id)
      continue;
    if (const auto gone = hold_if_vanished(row, report, read.read_at)) {
      put_on_hold(row, *gone);
      lines_[row.line].doubts.looked = false;
    }
  }
}

void batch_store::warn_of_unknown_order(const std::string& line,
                                        const events::slot_report& report) {
  const bool through = report.finished && report.acknowledged;
  if (!report.problem && !report.mo_id.empty() && !through
      && !archived_as_reported(line, report))
    raise_unknown_order(line, report);
}

void batch_store::warn_of_running_offers(
  const std::string& line, const std::vector<events::order>& offered) {
  for (const auto& order : offered) {
    if (!fills_plc_name(order.mo_id) || rows_.archived(order.mo_id))
      continue;
    const auto as_row = staged_batch(line, order, 0, 0);
    for (const auto& [slot, report] : lines_[line].running) {
      const bool same = !report.finished
                        && report.mo_id == cut_to_field(order.mo_id)
                        && report.quantity > kilograms{}
                        && !reports_other_quantity(as_row, report);
      const auto old = rows_.archived_by_cut_name(line, report.mo_id);
      // Cancelled or cleared, and the PLC goes on with it.
      const bool known
        = old && old->row.batch_no == slot && old->status != "completed";
      if (same && !known)
        raise_unknown_order(line, report);
    }
  }
}

void batch_store::raise_unknown_order(const std::string& line,
                                      const events::slot_report& report) {
  alerts_.raise(
    {line, unknown_order, report.mo_id, events::severity::critical,
     "the PLC reports " + report.mo_id + " in slot "
       + std::to_string(report.slot)
       + ", which is not known here (was an older backup restored?)",
     "It is not given to the PLC again. Book what it produces in Odoo by hand, "
     "then set the slot's status_read_data to 1 in the PLC."});
}

void batch_store::note_finished_stranger(const std::string& line,
                                         const events::slot_report& report) {
  auto& doubts = lines_[line].doubts;
  const auto& at_work = lines_[line].running;
  const bool elsewhere
    = std::any_of(at_work.begin(), at_work.end(), [&](const auto& other) {
        return other.first != report.slot && other.second.mo_id == report.mo_id;
      });
  // A person has settled it: the next orders need not wait for a full picture.
  if (!elsewhere)
    alerts_.clear(line, unknown_order, report.mo_id);
  if (!doubts.saw_all && !report.problem && !fills_plc_name(report.mo_id)
      && !rows_.archived(report.mo_id))
    doubts.strangers[report.mo_id] = report.weight.to_string();
}

void batch_store::take_stranger_check(const std::string& line,
                                      const events::checked_order& order) {
  const auto stranger = lines_[line].doubts.strangers.find(order.mo_id);
  if (stranger == lines_[line].doubts.strangers.end())
    return;
  const bool begun = total(order.consumed).milli() > 0
                     || order.state == "progress" || order.state == "to_close";
  const bool closed
    = order.state == "done" || order.state.starts_with("cancel");
  if (!order.found || closed || !begun)
    return alerts_.clear(line, unbooked_order, order.mo_id);
  if (rows_.find_alert(line, unbooked_order, order.mo_id))
    return;
  alerts_.raise(
    {line, unbooked_order, order.mo_id, events::severity::critical,
     "the PLC has finished " + order.mo_id + " (" + stranger->second
       + " kg); it is not known here and not done in Odoo (was an older backup "
         "restored?)",
     "Book it in Odoo by hand with the figures that the PLC shows, before its "
     "slot is used again. The alert ends when Odoo has it as done."});
}

void batch_store::clear_known_orders(const events::plc_read& picture) {
  for (const auto& raised : rows_.alerts()) {
    const auto still_there = [&](const events::slot_report& report) {
      return report.mo_id == raised.mo_id
             && !(report.finished && report.acknowledged);
    };
    if (raised.line == picture.line && raised.kind == unknown_order
        && std::none_of(picture.slots.begin(), picture.slots.end(),
                        still_there))
      alerts_.clear(raised.line, raised.kind, raised.mo_id);
  }
}

bool batch_store::plc_runs_unknown(const std::string& line,
                                   const std::string& mo_id) {
  return rows_.find_alert(line, unknown_order, cut_to_field(mo_id)).has_value();
}

void batch_store::ask_odoo_anew(const std::string& line) {
  for (auto& row : rows_.queue(line)) {
    asked_odoo_.erase(row.id);
    const bool produced = row.state == batch_state::running
                          || row.state == batch_state::completed;
    if (!produced || !is_of_odoo(row.held) || odoo_is_ahead(row.held))
      continue;
    // A person may have put it right in Odoo.
    row.held = {};
    start_errand(row, haste::when_due, about(row, {}));
  }
  auto& state = lines_[line];
  for (const auto& raised : rows_.alerts())
    if (raised.line == line && raised.kind == unbooked_order)
      state.doubts.strangers.try_emplace(raised.mo_id, "?");
  if (!state.waiting_to_write_since) // else a look may be under way
    state.doubts.looked = false;
  forget_archived();
}

/// Reads the queues of all lines, so it is not for every line's health task.
void batch_store::forget_archived() {
  if (forgot_at_ && now_() - *forgot_at_ < std::chrono::minutes{10})
    return;
  forgot_at_ = now_();
  std::set<std::string> here;
  for (const auto& row : rows_.all_batches())
    here.insert(row.id);
  const auto gone = [&](const std::string& id) {
    return !here.contains(id);
  };
  std::erase_if(verified_, gone);
  std::erase_if(asked_odoo_, gone);
  std::erase_if(doubt_overruled_, gone);
}

void batch_store::put_on_hold(batch& row, hold why) {
  row.held = std::move(why);
  rows_.update(row);
  rows_.add_journal(was_held(row, utc_now()));
  alerts_.clear(row.line, "batch_held", row.mo_id);
  alerts_.clear(row.line, "push_failing", row.mo_id);
  alerts_.raise({row.line, "batch_held", row.mo_id, events::severity::critical,
                 row.mo_id + " is held: " + row.held.reason, row.held.advice});
}

void batch_store::release(batch& row) {
  rows_.add_journal(was_released(row, row.held, utc_now()));
  row.held = {};
  rows_.update(row);
  alerts_.clear(row.line, "batch_held", row.mo_id);
}

} // namespace millrace::store
