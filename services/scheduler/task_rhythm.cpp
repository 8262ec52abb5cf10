#include "services/scheduler/task_rhythm.hpp"

#include "common/telemetry/clock.hpp"
#include "common/telemetry/ids.hpp"

#include <algorithm>

namespace millrace::scheduler {

namespace {

using std::chrono::milliseconds;

/// How many messages are remembered to recognise repeats. A broker repeats
/// what was in flight, a few dozen at most.
constexpr std::size_t remembered_messages = 64;

/// More people than this cannot wait for one run.
constexpr std::size_t most_waiting = 100;

milliseconds since_unix_epoch(wall_time when) {
  return std::chrono::floor<milliseconds>(when.time_since_epoch());
}

milliseconds elapsed(steady_time from, steady_time to) {
  return std::chrono::floor<milliseconds>(to - from);
}

} // namespace

task_rhythm::task_rhythm(std::string line, events::task_kind task, plan planned,
                         epoch began)
  : line_(std::move(line)), task_(task), plan_(planned), began_(began),
    slot_(slot_at(began.steady)) {
}

bool task_rhythm::ask(const cause& why, bool automatic,
                      std::optional<service::reply_to> waiting) {
  const bool by_itself = automatic && plan_.enabled;
  if (why.from != cause::origin::person && !by_itself)
    return false;
  if (seen(why.message_id))
    return false;
  if (!wanted_)
    wanted_ = wanted_run{why, {}};
  if (why.from == cause::origin::person)
    wanted_->why = why;
  if (waiting && *waiting && wanted_->waiting.size() < most_waiting)
    wanted_->waiting.push_back(std::move(*waiting));
  return true;
}

std::optional<new_run> task_rhythm::start_due(steady_time now, wall_time wall,
                                              bool automatic) {
  if (running_)
    return {};
  if (wanted_) {
    auto wanted = std::move(*wanted_);
    wanted_.reset();
    return begin(std::move(wanted.why), std::move(wanted.waiting), now, wall);
  }
  if (!automatic || !plan_.enabled || now < next_due())
    return {};
  cause why;
  why.from = first_ ? cause::origin::start : cause::origin::time;
  return begin(std::move(why), {}, now, wall);
}

std::optional<ended_run> task_rhythm::finish(const std::string& tick_id,
                                             events::task_outcome outcome,
                                             std::string text) {
  if (!running_ || running_->told.tick_id != tick_id)
    return {};
  ended_run ended;
  ended.tick_id = tick_id;
  ended.outcome = outcome;
  ended.text = text;
  ended.repeated = last_outcome_ == outcome && last_text_ == text;
  ended.waiting = std::move(running_->waiting);
  running_.reset();
  last_outcome_ = outcome;
  last_text_ = std::move(text);
  return ended;
}

std::optional<ended_run> task_rhythm::give_up(steady_time now) {
  if (!running_ || now < running_->give_up_at)
    return {};
  return abandon("no answer from batch-store");
}

std::optional<ended_run> task_rhythm::abandon(std::string why) {
  if (!running_)
    return {};
  again_ = true;
  const auto tick_id = running_->told.tick_id;
  return finish(tick_id, events::task_outcome::failed, std::move(why));
}

std::optional<new_run> task_rhythm::under_way() const {
  if (!running_)
    return {};
  return running_->told;
}

void task_rhythm::drop_events() {
  if (wanted_ && wanted_->why.from != cause::origin::person)
    wanted_.reset();
}

std::optional<steady_time> task_rhythm::next_wake(bool automatic) const {
  if (running_)
    return running_->give_up_at;
  if (wanted_)
    return steady_time::min();
  if (!automatic || !plan_.enabled)
    return {};
  return next_due();
}

events::task_status task_rhythm::status(steady_time now, wall_time wall,
                                        bool automatic) const {
  events::task_status seen_from_outside;
  seen_from_outside.line = line_;
  seen_from_outside.task = task_;
  seen_from_outside.enabled = plan_.enabled;
  seen_from_outside.interval_ms = plan_.interval.count();
  if (last_run_)
    seen_from_outside.last_run = format_utc(*last_run_);
  if (automatic && plan_.enabled) {
    // Rounded: the two clocks were not looked at in the same instant.
    const auto due = wall + (std::max(now, next_due()) - now);
    seen_from_outside.next_run
      = format_utc(std::chrono::round<milliseconds>(due));
  }
  seen_from_outside.last_outcome = last_outcome_;
  seen_from_outside.last_text = last_text_;
  seen_from_outside.running = running_.has_value();
  return seen_from_outside;
}

std::vector<service::reply_to> task_rhythm::waiting() const {
  std::vector<service::reply_to> all;
  if (running_)
    all = running_->waiting;
  if (wanted_)
    all.insert(all.end(), wanted_->waiting.begin(), wanted_->waiting.end());
  return all;
}

std::int64_t task_rhythm::slot_at(steady_time when) const {
  const auto time
    = since_unix_epoch(began_.wall) + elapsed(began_.steady, when);
  return time.count() / plan_.interval.count();
}

steady_time task_rhythm::slot_begin(std::int64_t slot) const {
  const auto offset = milliseconds{slot * plan_.interval.count()}
                      - since_unix_epoch(began_.wall);
  return began_.steady + offset;
}

steady_time task_rhythm::next_due() const {
  if (again_)
    return steady_time::min();
  return first_ ? began_.steady + plan_.first_after : slot_begin(slot_ + 1);
}

bool task_rhythm::seen(const std::string& message_id) {
  if (std::find(seen_.begin(), seen_.end(), message_id) != seen_.end())
    return true;
  seen_.push_back(message_id);
  if (seen_.size() > remembered_messages)
    seen_.pop_front();
  return false;
}

std::string task_rhythm::tick_id_for(const cause& why,
                                     std::int64_t slot) const {
  const auto number = std::to_string(events::number_of(task_));
  const auto run_of = "tick/" + line_ + "/" + number + "/";
  switch (why.from) {
  case cause::origin::start:
    // Not the slot: a restart within one is another run.
    return named_id(run_of + "start/"
                    + std::to_string(since_unix_epoch(began_.wall).count()));
  case cause::origin::time:
    return named_id(run_of + std::to_string(plan_.interval.count()) + "ms/"
                    + std::to_string(slot));
  case cause::origin::event:
  case cause::origin::person:
    break;
  }
  return named_id(run_of + "because/" + why.message_id);
}

new_run task_rhythm::begin(cause why, std::vector<service::reply_to> waiting,
                           steady_time now, wall_time wall) {
  first_ = false;
  again_ = false;
  slot_ = std::max(slot_, slot_at(now));
  new_run told{tick_id_for(why, slot_), std::move(why)};
  running_ = run_under_way{told, now + plan_.give_up_after, std::move(waiting)};
  last_run_ = wall;
  return told;
}

} // namespace millrace::scheduler
