#include "services/batch-store/batch_store.hpp"

#include "services/batch-store/reconcile_decisions.hpp"

#include <algorithm>

namespace millrace::store {

batch_store::batch_store(repository& rows, outbox& out, alert_book& alerts,
                         outlets reach, store_settings settings,
                         wall_clock clock, id_source ids,
                         std::function<steady::time_point()> now)
  : rows_(rows), out_(out), alerts_(alerts), reach_(std::move(reach)),
    settings_(std::move(settings)), clock_(std::move(clock)),
    ids_(std::move(ids)), now_(std::move(now)) {
  for (const auto& line : settings_.lines)
    lines_[line];
}

bool batch_store::serves(const std::string& line) const {
  return lines_.contains(line);
}

std::string batch_store::utc_now() const {
  return format_utc(clock_());
}

service::context batch_store::about(const batch& row,
                                    const events::envelope& cause) const {
  service::context context;
  context.subject = row.mo_id;
  context.correlation_id = row.id;
  context.causation_id = cause.id;
  // The batch's own trace, from the tick that fetched it to the archive.
  context.traceparent = child_traceparent(
    row.traceparent.empty() ? cause.traceparent : row.traceparent);
  return context;
}

void batch_store::distrust_baselines() {
  for (auto& [name, line] : lines_)
    line.want_full_picture = true;
}

void batch_store::on_gateway_online(const std::string& name) {
  for (auto& [code, line] : lines_) {
    if (name == "odoo-gateway")
      line.doubts.ask_again = {};
    if (name == "odoo-gateway" && line.sync)
      send_fetch(line);
    if (name != "plc-gateway")
      continue;
    if (line.write_overdue)
      line.write_overdue = now_();
    line.next_write = {};
    // A report may have been lost on the way, and plc-gateway does not repeat
    // what it believes to be known.
    line.want_full_picture = true;
    finish(code, events::task_kind::plc_read, line.read,
           events::task_outcome::failed, "plc-gateway came online anew");
  }
  if (name != "odoo-gateway")
    return;
  for (const auto& row : rows_.all_batches())
    if (const auto errand = errands_.find(row.id); errand != errands_.end()) {
      errand->second.repeat_at = {};
      start_errand(row, haste::at_once, about(row, {}));
    }
}

void batch_store::on_timer() {
  const auto now = now_();
  for (auto& [name, line] : lines_) {
    const bool unanswered
      = (line.write_overdue && now >= *line.write_overdue)
        || (!line.doubts.check_id.empty() && now >= line.doubts.ask_again);
    if (!line.doubts.begun || unanswered)
      reconcile_plc(name, {});
    line.doubts.begun = true;
    if (line.sync && now >= line.sync->deadline)
      finish(name, events::task_kind::sync_mo, line.sync,
             events::task_outcome::failed,
             "odoo-gateway did not answer in time");
    if (line.sync && now >= line.fetch_again)
      send_fetch(line);
    if (line.read && now >= line.read->deadline)
      finish(name, events::task_kind::plc_read, line.read,
             events::task_outcome::failed,
             "plc-gateway did not answer in time");
    if (line.process && now >= line.process->deadline)
      finish_process_if_answered(name);
  }
  // An errand that is overdue may be sent again; who waits for it is told.
  std::vector<std::string> overdue;
  for (auto& [id, one] : errands_) {
    std::erase_if(one.asked_by, [&](const waiter& each) {
      const bool tired = each.until && now >= *each.until;
      if (tired)
        reach_.reply(each.to, {true, each.then, {}});
      return tired;
    });
    if (now >= one.overdue)
      overdue.push_back(id);
  }
  for (const auto& id : overdue)
    end_errand(id, false, "odoo-gateway did not answer in time");
}

void batch_store::on_query(const events::store_query& question,
                           const service::reply_to& to) {
  reach_.reply(to,
               answer_query({rows_, settings_.plant, settings_.lines, clock_()},
                            question));
}

void batch_store::on_retry_push(const events::retry_push& wish,
                                const service::reply_to& to) {
  const auto refuse = [&](const std::string& why) {
    reach_.reply(to, {false, why, {}});
  };
  auto row = rows_.find(wish.mo_id);
  if (!row) {
    const auto past = rows_.archived(wish.mo_id);
    if (past && past->booking_open)
      return retry_booking(*past, wish, to);
    return refuse(past ? wish.mo_id + " is archived already"
                       : wish.mo_id + " is not in the queue");
  }
  // A person knows better; when Odoo refuses again the hold stays.
  if (odoo_is_ahead(row->held))
    verified_.insert(row->id);
  if (const auto said = rule_retry(*row, settings_.plant); !said.ok)
    return refuse(said.text);
  rows_.write([&] { audit_retry(*row, wish); });
  service::context context = about(*row, {});
  start_errand(*row, haste::at_once, context);
  errands_[row->id].asked_by.push_back({to, {}, {}});
}

} // namespace millrace::store
