#include "services/scheduler/wiring.hpp"

#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"
#include "services/scheduler/clock_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include <set>

namespace millrace::scheduler {

namespace {

using events::task_kind;

template <class Enum>
std::string name_of(Enum value) {
  const auto& names = events::enum_names<Enum>::values;
  return std::string{names[static_cast<std::size_t>(value)]};
}

double unix_seconds(wall_time when) {
  return std::chrono::duration<double>(when.time_since_epoch()).count();
}

void show_done(const std::string& line, task_kind task, wall_time when) {
  metrics::gauge("millrace_task_last_done_timestamp_seconds",
                 "When a run last ended without failing, Unix time; at first "
                 "when the scheduler started",
                 unix_seconds(when), {{"line", line}, {"task", name_of(task)}});
}

/// What is compared with the clock has a value from the start.
void show_plan(const settings& chosen, wall_time now) {
  for (const auto task : {task_kind::sync_mo, task_kind::plc_read,
                          task_kind::process_completed, task_kind::health}) {
    const auto& plan = chosen.of(task);
    metrics::gauge(
      "millrace_task_interval_seconds",
      "How often the task is to run; 0: not by itself",
      plan.enabled ? std::chrono::duration<double>(plan.interval).count() : 0,
      {{"task", name_of(task)}});
    for (const auto& line : chosen.lines.line_codes())
      show_done(line, task, now);
  }
}

void log_ended(const closed_run& closed, const std::string& traceparent) {
  const auto& run = closed.run;
  const auto outcome = name_of(run.outcome);
  metrics::count("millrace_task_runs_total", "Task runs that ended",
                 {{"line", closed.line},
                  {"task", name_of(closed.task)},
                  {"outcome", outcome}});
  auto level = log::level::info;
  if (run.outcome == events::task_outcome::failed)
    level = log::level::warn;
  else if (run.repeated)
    level = log::level::debug;
  const log::scope task{events::number_of(closed.task), traceparent};
  log::write(level, "task." + outcome,
             {{"line", closed.line},
              {"task", name_of(closed.task)},
              {"text", run.text}});
}

bool send_run(service::port& port, const due_run& due) {
  const auto& why = due.run.why;
  service::context about;
  about.causation_id = why.message_id;
  about.correlation_id = why.correlation_id;
  about.traceparent = child_traceparent(why.traceparent);
  events::task_run run;
  run.line = due.line;
  run.task = due.task;
  run.tick_id = due.run.tick_id;
  run.manual = why.from == cause::origin::person;
  const log::scope task{events::number_of(due.task), about.traceparent};
  log::debug("task.run", {{"line", due.line}, {"tick_id", run.tick_id}});
  return port.command(due.line, "batch-store", std::move(run), about);
}

outlet outlet_through(service::surroundings& around) {
  auto* bus = &around.bus;
  auto* port = &around.events;
  outlet out;
  // A scheduler that stands by is as silent as one without a broker.
  out.connected = [bus, active = around.active] {
    return bus->connected() && active();
  };
  out.send = [port](const due_run& due) {
    return send_run(*port, due);
  };
  out.answer
    = [port](const service::reply_to& to, events::command_result answer) {
        port->reply(to, std::move(answer));
      };
  out.publish = [port](events::scheduler_state state) {
    metrics::gauge("millrace_scheduler_enabled",
                   "1 while the tasks run by themselves",
                   state.enabled ? 1 : 0);
    port->publish_state(port->layout().scheduler_state(), {}, std::move(state));
  };
  out.ended = [wall = around.clock](const closed_run& closed,
                                    const std::string& traceparent) {
    log_ended(closed, traceparent);
    if (closed.run.outcome != events::task_outcome::failed)
      show_done(closed.line, closed.task, wall());
  };
  return out;
}

cause cause_from(cause::origin from, const events::envelope& meta) {
  return {from, meta.id, meta.correlation_id, meta.traceparent};
}

/// Turns messages of the lines served into messages to the clock.
class inlet {
public:
  inlet(const settings& chosen, service::port& port, clock_actor clock)
    : clock_(std::move(clock)) {
    for (auto& line : chosen.lines.line_codes())
      served_.insert(std::move(line));
    if (chosen.sync_when_queue_empties)
      run_upon<events::queue_emptied>(port, task_kind::sync_mo);
    if (chosen.process_when_batch_completes)
      run_upon<events::batch_completed>(port, task_kind::process_completed);
    port.on<events::task_finished>(
      [this](events::event<events::task_finished> in, service::reply_to) {
        if (serves(in.data.line))
          tell(run_answer{std::move(in.data), in.meta.traceparent});
      });
    port.on<events::task_trigger>([this](events::event<events::task_trigger> in,
                                         service::reply_to waiting) {
      if (serves(in.data.line))
        tell(run_wish{in.data.line, in.data.task,
                      cause_from(cause::origin::person, in.meta),
                      std::move(waiting)});
    });
    port.on<events::scheduler_toggle>(
      [this](events::event<events::scheduler_toggle> in,
             service::reply_to waiting) {
        log::info("scheduler.toggle", {{"enabled", in.data.enabled}});
        tell(switch_wish{in.data.enabled, std::move(waiting)});
      });
  }

  void watch_store(service::port& port) {
    port.on_state<events::service_state>(
      port.layout().service_state("batch-store"),
      [this](events::event<events::service_state> in, service::reply_to) {
        if (in.data.status == "online")
          tell(store_seen{in.data.since});
      });
  }

private:
  template <class Event>
  void run_upon(service::port& port, task_kind task) {
    port.on<Event>([this, task](events::event<Event> in, service::reply_to) {
      if (serves(in.data.line))
        tell(run_wish{
          in.data.line, task, cause_from(cause::origin::event, in.meta), {}});
    });
  }

  bool serves(const std::string& line) const {
    if (served_.contains(line))
      return true;
    metrics::count("millrace_other_lines_messages_total",
                   "Messages of lines that this service does not serve");
    return false;
  }

  template <class Message>
  void tell(Message message) {
    caf::anon_send(clock_, std::move(message));
  }

  clock_actor clock_;
  std::set<std::string> served_;
};

caf::actor_system_config& small(caf::actor_system_config& config) {
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", 1);
  return config;
}

} // namespace

struct running_scheduler::impl {
  impl(const settings& chosen, service::surroundings& around)
    : system(small(config)),
      clock(system.spawn(scheduler::clock, chosen, outlet_through(around),
                         around.clock)),
      messages(chosen, around.events, clock) {
    show_plan(chosen, around.clock());
    messages.watch_store(around.events);
  }

  caf::actor_system_config config;
  caf::actor_system system;
  clock_actor clock;
  inlet messages;
};

running_scheduler::running_scheduler(const settings& chosen,
                                     service::surroundings& around)
  : impl_(std::make_unique<impl>(chosen, around)) {
}

running_scheduler::~running_scheduler() {
  stop();
}

void running_scheduler::stop() {
  caf::anon_send(impl_->clock, good_bye{});
  impl_->system.await_all_actors_done();
}

} // namespace millrace::scheduler
