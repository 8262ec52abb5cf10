#include "services/scheduler/timetable.hpp"

#include <algorithm>
#include <array>

namespace millrace::scheduler {

namespace {

using namespace std::chrono_literals;
using events::task_kind;

/// What the PLC and finished batches say comes before new orders.
struct turn {
  task_kind task;
  std::chrono::milliseconds first_after;
};
constexpr std::array<turn, 4> turns{{{task_kind::plc_read, 100ms},
                                     {task_kind::process_completed, 300ms},
                                     {task_kind::sync_mo, 600ms},
                                     {task_kind::health, 10s}}};

plan plan_for(const turn& of, const settings& chosen) {
  const auto& task = chosen.of(of.task);
  return {task.enabled, task.interval, of.first_after,
          give_up_after(task.interval, chosen.task_timeout)};
}

std::size_t place_of(task_kind task) {
  const auto found
    = std::find_if(turns.begin(), turns.end(),
                   [task](const turn& one) { return one.task == task; });
  return static_cast<std::size_t>(found - turns.begin());
}

} // namespace

std::chrono::milliseconds
give_up_after(std::chrono::milliseconds interval,
              std::chrono::milliseconds task_timeout) {
  return std::min(task_timeout,
                  std::max<std::chrono::milliseconds>(interval, 10s));
}

timetable::timetable(const settings& chosen, epoch began)
  : enabled_(chosen.enabled) {
  for (const auto& line : chosen.lines.line_codes()) {
    first_of_line_[line] = rhythms_.size();
    for (const auto& of : turns)
      rhythms_.emplace_back(line, of.task, plan_for(of, chosen), began);
  }
}

void timetable::toggle(bool enabled) {
  if (enabled == enabled_)
    return;
  enabled_ = enabled;
  ++revision_;
  if (!enabled)
    for (auto& rhythm : rhythms_)
      rhythm.drop_events();
}

wish_outcome timetable::ask(const std::string& line, task_kind task,
                            const cause& why,
                            std::optional<service::reply_to> waiting) {
  auto* rhythm = find(line, task);
  if (!rhythm)
    return wish_outcome::not_served;
  return rhythm->ask(why, enabled_, std::move(waiting)) ? wish_outcome::taken
                                                        : wish_outcome::ignored;
}

std::vector<due_run> timetable::start_due(steady_time now, wall_time wall) {
  std::vector<due_run> due;
  for (auto& rhythm : rhythms_)
    if (auto run = rhythm.start_due(now, wall, enabled_))
      due.push_back({rhythm.line(), rhythm.task(), std::move(*run)});
  revision_ += due.size();
  return due;
}

std::optional<closed_run> timetable::finish(const std::string& line,
                                            task_kind task,
                                            const std::string& tick_id,
                                            events::task_outcome outcome,
                                            std::string text) {
  auto* rhythm = find(line, task);
  if (!rhythm)
    return {};
  auto ended = rhythm->finish(tick_id, outcome, std::move(text));
  if (!ended)
    return {};
  ++revision_;
  return closed_run{line, task, std::move(*ended)};
}

std::vector<closed_run> timetable::give_up(steady_time now) {
  std::vector<closed_run> closed;
  for (auto& rhythm : rhythms_)
    if (auto ended = rhythm.give_up(now))
      closed.push_back({rhythm.line(), rhythm.task(), std::move(*ended)});
  revision_ += closed.size();
  return closed;
}

std::vector<due_run> timetable::under_way() const {
  std::vector<due_run> all;
  for (const auto& rhythm : rhythms_)
    if (auto run = rhythm.under_way())
      all.push_back({rhythm.line(), rhythm.task(), std::move(*run)});
  return all;
}

std::vector<closed_run> timetable::abandon_all(const std::string& why) {
  std::vector<closed_run> closed;
  for (auto& rhythm : rhythms_)
    if (auto ended = rhythm.abandon(why))
      closed.push_back({rhythm.line(), rhythm.task(), std::move(*ended)});
  revision_ += closed.size();
  return closed;
}

std::optional<steady_time> timetable::next_wake() const {
  std::optional<steady_time> soonest;
  for (const auto& rhythm : rhythms_)
    if (const auto wake = rhythm.next_wake(enabled_))
      soonest = soonest ? std::min(*soonest, *wake) : *wake;
  return soonest;
}

events::scheduler_state timetable::state(steady_time now,
                                         wall_time wall) const {
  events::scheduler_state all;
  all.enabled = enabled_;
  for (const auto& rhythm : rhythms_)
    all.tasks.push_back(rhythm.status(now, wall, enabled_));
  std::stable_sort(
    all.tasks.begin(), all.tasks.end(), [](const auto& a, const auto& b) {
      return std::pair{a.line, a.task} < std::pair{b.line, b.task};
    });
  return all;
}

std::vector<service::reply_to> timetable::waiting() const {
  std::vector<service::reply_to> all;
  for (const auto& rhythm : rhythms_) {
    const auto here = rhythm.waiting();
    all.insert(all.end(), here.begin(), here.end());
  }
  return all;
}

task_rhythm* timetable::find(const std::string& line, task_kind task) {
  const auto first = first_of_line_.find(line);
  if (first == first_of_line_.end())
    return nullptr;
  return &rhythms_[first->second + place_of(task)];
}

} // namespace millrace::scheduler
