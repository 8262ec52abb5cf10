#include "services/scheduler/clock_actor.hpp"

#include "common/service/kill_point.hpp"

#include <caf/actor_clock.hpp>

#include <algorithm>
#include <utility>

namespace millrace::scheduler {

namespace {

using namespace std::chrono_literals;

/// At most two states a second (a reader needs no more).
constexpr auto publish_every = 500ms;
/// How soon a connection that came or went is noticed.
constexpr auto look_while_connected = 1s;
constexpr auto look_while_away = 50ms;

events::command_result answer_for(const closed_run& closed) {
  using names = events::enum_names<events::task_outcome>;
  const auto& run = closed.run;
  const auto outcome = names::values[static_cast<std::size_t>(run.outcome)];
  events::command_result answer;
  answer.ok = run.outcome != events::task_outcome::failed;
  answer.message = run.text;
  // Neither part needs escaping: a fixed name and a UUID.
  answer.data.text = "{\"outcome\":\"" + std::string(outcome)
                     + "\",\"tick_id\":\"" + run.tick_id + "\"}";
  return answer;
}

} // namespace

clock_state::clock_state(clock_actor::pointer ptr) : self(ptr) {
}

void clock_state::begin(const settings& chosen, outlet through,
                        wall_clock wall) {
  out = std::move(through);
  wall_now = std::move(wall);
  table.emplace(chosen, epoch{now(), wall_now()});
  move_on();
}

void clock_state::on_tick(const tick& mark) {
  if (mark.number == armed_)
    move_on();
}

void clock_state::on_wish(run_wish& wish) {
  table->ask(wish.line, wish.task, wish.why, std::move(wish.waiting));
  move_on();
}

void clock_state::on_answer(const run_answer& answer) {
  const auto& said = answer.finished;
  if (const auto closed = table->finish(said.line, said.task, said.tick_id,
                                        said.outcome, said.text))
    close(*closed, answer.traceparent);
  move_on();
}

void clock_state::on_switch(const switch_wish& wish) {
  table->toggle(wish.enabled);
  events::command_result answer;
  answer.ok = true;
  answer.message
    = wish.enabled ? "automatic runs are on" : "automatic runs are off";
  answer.data.text
    = wish.enabled ? R"({"enabled":true})" : R"({"enabled":false})";
  if (wish.waiting)
    out.answer(wish.waiting, std::move(answer));
  move_on();
}

void clock_state::on_store(const store_seen& store) {
  if (std::exchange(store_since_, store.since) == store.since)
    return repeat_runs();
  for (const auto& closed : table->abandon_all("batch-store was started anew"))
    close(closed, {});
  move_on();
}

/// batch-store is connected again, or we are: what was said to it meanwhile, or
/// by it, may be lost. A run that it has in hand is known by its tick.
void clock_state::repeat_runs() {
  for (const auto& run : table->under_way())
    out.send(run);
}

void clock_state::on_good_bye() {
  for (const auto& waiting : table->waiting())
    out.answer(waiting, {false, "the scheduler is being stopped", {}});
  self->quit();
}

steady_time clock_state::now() const {
  return self->clock().now();
}

void clock_state::move_on() {
  for (const auto& closed : table->give_up(now()))
    close(closed, {});
  if (out.connected())
    start_runs();
  publish_if_due();
  arm();
}

void clock_state::start_runs() {
  for (const auto& due : table->start_due(now(), wall_now())) {
    kill_point("scheduler.before_run");
    const bool sent = out.send(due);
    kill_point("scheduler.after_run");
    if (sent)
      continue;
    if (const auto closed = table->finish(due.line, due.task, due.run.tick_id,
                                          events::task_outcome::failed,
                                          "the queue to the broker is full"))
      close(*closed, due.run.why.traceparent);
  }
}

void clock_state::close(const closed_run& closed,
                        const std::string& traceparent) {
  out.ended(closed, traceparent);
  for (const auto& waiting : closed.run.waiting)
    out.answer(waiting, answer_for(closed));
}

void clock_state::publish_if_due() {
  const bool connected = out.connected();
  // A broker that was started anew may have lost what it retained.
  if (connected && !was_connected_)
    published_revision_ = 0;
  was_connected_ = connected;
  const bool changed = published_revision_ != table->revision();
  if (!connected || !changed || now() < published_at_ + publish_every)
    return;
  published_revision_ = table->revision();
  published_at_ = now();
  out.publish(table->state(now(), wall_now()));
}

void clock_state::arm() {
  const bool connected = out.connected();
  auto wake = now() + (connected ? look_while_connected : look_while_away);
  if (connected) {
    if (const auto next = table->next_wake())
      wake = std::min(wake, *next);
    if (published_revision_ != table->revision())
      wake = std::min(wake, published_at_ + publish_every);
  }
  self->delayed_send(self, std::max<caf::timespan>(wake - now(), 1ms),
                     tick{++armed_});
}

clock_actor::behavior_type
clock(clock_actor::stateful_pointer<clock_state> self, const settings& chosen,
      outlet through, wall_clock wall) {
  auto& st = self->state;
  st.begin(chosen, std::move(through), std::move(wall));
  return {
    [&st](const tick& mark) { st.on_tick(mark); },
    [&st](run_wish& wish) { st.on_wish(wish); },
    [&st](const run_answer& answer) { st.on_answer(answer); },
    [&st](const switch_wish& wish) { st.on_switch(wish); },
    [&st](const store_seen& store) { st.on_store(store); },
    [&st](const good_bye&) { st.on_good_bye(); },
  };
}

} // namespace millrace::scheduler
