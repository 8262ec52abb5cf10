#include "services/odoo-gateway/work_queue.hpp"

#include <algorithm>

namespace millrace::odoo {

namespace {

/// Whether `newer` carries later figures of the same batch.
bool outdates(const job& newer, const job& older) {
  return newer.order == older.order && newer.batch_id == older.batch_id
         && newer.revision && older.revision
         && *newer.revision > *older.revision;
}

bool is_fetch(const job& work) {
  return std::holds_alternative<events::event<events::mo_fetch>>(work.command);
}

} // namespace

job make_job(events::event<events::mo_fetch> command) {
  job j;
  j.order = "line " + command.data.line;
  j.key = "fetch " + command.data.line + " " + command.data.fetch_id;
  j.command = std::move(command);
  return j;
}

job make_job(events::event<events::odoo_push> command) {
  const auto& push = command.data;
  job j;
  j.order = push.mo_id;
  j.key = "push " + push.batch_id + " " + push.mo_id + " "
          + std::to_string(push.revision) + (push.mark_done ? " done" : "");
  j.batch_id = push.batch_id;
  j.revision = push.revision;
  j.looks_first = push.look_first;
  j.command = std::move(command);
  return j;
}

job make_job(events::event<events::odoo_cancel> command) {
  job j;
  j.order = command.data.mo_id;
  j.key = "cancel " + command.data.batch_id + " " + command.data.mo_id;
  j.command = std::move(command);
  return j;
}

job make_job(events::event<events::odoo_check> command) {
  job j;
  j.order = "check " + command.data.line;
  j.key = "check " + command.data.line + " " + command.data.check_id;
  j.command = std::move(command);
  return j;
}

work_queue::work_queue(std::size_t max_waiting,
                       std::chrono::milliseconds remember, steady_source now)
  : max_waiting_(max_waiting), remember_(remember), now_(std::move(now)) {
}

work_queue::admission work_queue::add(job fresh) {
  const auto same = [&](const job& other) {
    return other.key == fresh.key;
  };
  const auto busy = in_work_.find(fresh.order);
  if ((busy != in_work_.end() && same(busy->second))
      || std::any_of(waiting_.begin(), waiting_.end(), same))
    return admission::duplicate;
  if (is_stale(fresh))
    return admission::stale;
  drop_older(fresh);
  if (waiting_.size() >= max_waiting_)
    return admission::full;
  waiting_.push_back(std::move(fresh));
  return admission::queued;
}

bool work_queue::is_stale(const job& fresh) const {
  if (!fresh.revision || fresh.looks_first)
    return false;
  const auto busy = in_work_.find(fresh.order);
  if (busy != in_work_.end() && outdates(busy->second, fresh))
    return true;
  const auto past = worked_on_.find(fresh.order);
  if (past != worked_on_.end() && past->second.batch_id == fresh.batch_id
      && past->second.revision > *fresh.revision
      && now_() - past->second.when < remember_)
    return true;
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [&](const job& other) { return outdates(other, fresh); });
}

void work_queue::drop_older(const job& fresh) {
  std::erase_if(waiting_,
                [&](const job& other) { return outdates(fresh, other); });
}

std::optional<job> work_queue::next() {
  const auto free
    = std::find_if(waiting_.begin(), waiting_.end(),
                   [&](const job& j) { return !in_work_.contains(j.order); });
  if (free == waiting_.end())
    return {};
  auto chosen = std::move(*free);
  waiting_.erase(free);
  in_work_.emplace(chosen.order, chosen);
  if (is_fetch(chosen))
    take_along(chosen);
  return chosen;
}

void work_queue::take_along(job& fetch) {
  std::deque<job> others;
  for (auto& each : waiting_)
    if (is_fetch(each) && in_work_.try_emplace(each.order, each).second)
      fetch.together.push_back(std::move(each));
    else
      others.push_back(std::move(each));
  waiting_ = std::move(others);
}

void work_queue::finished(const job& done) {
  in_work_.erase(done.order);
  for (const auto& each : done.together)
    in_work_.erase(each.order);
  if (!done.revision)
    return;
  forget_old();
  auto& past = worked_on_[done.order];
  const bool newer_known
    = past.batch_id == done.batch_id && past.revision > *done.revision;
  if (newer_known && !done.looks_first)
    return;
  past = {done.batch_id, *done.revision, now_()};
}

void work_queue::forget_old() {
  const auto now = now_();
  std::erase_if(worked_on_, [&](const auto& entry) {
    return now - entry.second.when >= remember_;
  });
}

} // namespace millrace::odoo
