#pragma once

#include "common/telemetry/clock.hpp"
#include "services/scheduler/timetable.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>

namespace millrace::scheduler {

/// INTERNAL: look at the clock. Only the one armed last counts.
struct tick {
  std::uint64_t number = 0;
};

/// Somebody or something wants a task to run now.
struct run_wish {
  std::string line;
  events::task_kind task = events::task_kind::sync_mo;
  cause why;
  service::reply_to waiting;
};

/// batch-store has ended a run.
struct run_answer {
  events::task_finished finished;
  std::string traceparent;
};

struct switch_wish {
  bool enabled = true;
  service::reply_to waiting;
};

/// batch-store is online; `since` tells one process of it from another.
struct store_seen {
  std::string since;
};

/// The service stops: everybody who waits hears so.
struct good_bye {
  bool now = true;
};

} // namespace millrace::scheduler

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::scheduler::tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::scheduler::run_wish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::scheduler::run_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::scheduler::switch_wish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::scheduler::store_seen)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::scheduler::good_bye)

namespace millrace::scheduler {

/// What the clock reaches the world through. All are quick and never wait.
struct outlet {
  /// False while nothing can be sent: runs then wait and collapse.
  std::function<bool()> connected;
  /// False when the run could not be queued.
  std::function<bool(const due_run&)> send;
  std::function<void(const service::reply_to&, events::command_result)> answer;
  std::function<void(events::scheduler_state)> publish;
  /// A run has ended; for log and metrics.
  std::function<void(const closed_run&, const std::string& traceparent)> ended;
};

/// The CLOCK owns the timetable and moves it on.
using clock_actor
  = caf::typed_actor<caf::reacts_to<tick>, caf::reacts_to<run_wish>,
                     caf::reacts_to<run_answer>, caf::reacts_to<switch_wish>,
                     caf::reacts_to<store_seen>, caf::reacts_to<good_bye>>;

struct clock_state {
  static inline constexpr const char* name = "clock";

  explicit clock_state(clock_actor::pointer ptr);

  void begin(const settings& chosen, outlet through, wall_clock wall);
  void on_tick(const tick& mark);
  void on_wish(run_wish& wish);
  void on_answer(const run_answer& answer);
  void on_switch(const switch_wish& wish);
  void on_store(const store_seen& store);
  void on_good_bye();

  clock_actor::pointer self;
  outlet out;
  wall_clock wall_now;
  std::optional<timetable> table;

private:
  steady_time now() const;
  void move_on();
  void start_runs();
  void repeat_runs();
  void close(const closed_run& run, const std::string& traceparent);
  void publish_if_due();
  void arm();

  std::uint64_t armed_ = 0;
  std::string store_since_;
  bool was_connected_ = false;
  std::uint64_t published_revision_ = 0;
  steady_time published_at_{};
};

clock_actor::behavior_type
clock(clock_actor::stateful_pointer<clock_state> self, const settings& chosen,
      outlet through, wall_clock wall);

} // namespace millrace::scheduler
