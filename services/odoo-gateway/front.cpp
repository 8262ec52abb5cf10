#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"
#include "services/odoo-gateway/actors.hpp"

namespace millrace::odoo {

namespace {

const char* name_of(work_queue::admission how) {
  switch (how) {
  case work_queue::admission::duplicate:
    return "duplicate";
  case work_queue::admission::stale:
    return "stale";
  case work_queue::admission::full:
    return "full";
  default:
    return "queued";
  }
}

} // namespace

front_state::front_state(front_actor::pointer ptr) : self(ptr) {
}

void front_state::begin(work_queue jobs, std::vector<worker_actor> staff) {
  queue_.emplace(std::move(jobs));
  workers_ = std::move(staff);
  for (std::size_t i = 0; i < workers_.size(); ++i)
    free_.push_back(i);
}

/// What is not taken is not lost: batch-store repeats it with its next task.
void front_state::take(job& fresh) {
  if (ended_)
    return;
  const auto key = fresh.key;
  const auto how = queue_->add(std::move(fresh));
  metrics::count("millrace_odoo_commands_received_total",
                 "Commands by what became of them at the door",
                 {{"admission", name_of(how)}});
  if (how == work_queue::admission::full)
    log::warn("odoo.queue_full", {{"command", key}});
  else if (how != work_queue::admission::queued)
    log::debug("odoo.command_dropped",
               {{"command", key}, {"reason", name_of(how)}});
  hand_out();
}

void front_state::on_ended(const job_ended& news) {
  queue_->finished(news.done);
  free_.push_back(news.worker);
  hand_out();
  leave_if_done();
}

void front_state::on_good_bye(good_bye& wish) {
  ended_ = std::move(wish.ended);
  leave_if_done();
}

void front_state::hand_out() {
  while (!ended_ && !free_.empty()) {
    auto work = queue_->next();
    if (!work)
      break;
    const auto who = free_.back();
    free_.pop_back();
    self->send(workers_[who], assignment{std::move(*work)});
  }
  metrics::gauge("millrace_odoo_commands_waiting",
                 "Commands that no worker has begun",
                 static_cast<double>(queue_->waiting()));
}

void front_state::leave_if_done() {
  if (!ended_ || queue_->in_work() > 0)
    return;
  ended_();
  for (auto& each : workers_)
    self->send_exit(each, caf::exit_reason::user_shutdown);
  workers_.clear();
  self->quit();
}

front_actor::behavior_type
front(front_actor::stateful_pointer<front_state> self, work_queue jobs,
      std::vector<worker_actor> staff) {
  auto& st = self->state;
  st.begin(std::move(jobs), std::move(staff));
  return {
    [&st](job& fresh) { st.take(fresh); },
    [&st](const job_ended& news) { st.on_ended(news); },
    [&st](good_bye& wish) { st.on_good_bye(wish); },
  };
}

} // namespace millrace::odoo
