#include "services/scheduler/settings.hpp"

namespace millrace::scheduler {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds shortest = 50ms;
constexpr std::chrono::milliseconds longest = 7 * 24h;

void declare_interval(config::binder& binder, std::string name,
                      std::chrono::milliseconds& into,
                      std::string_view meaning) {
  const auto in_minutes = name + "_MINUTES";
  binder.duration(std::move(name), in_minutes, 1min, into, shortest, longest,
                  meaning);
}

} // namespace

void declare(config::binder& binder, settings& into) {
  config::declare_lines(binder, into.lines);
  binder.flag({"ENABLE_AUTO_SYNC"}, into.enabled,
              "false: nothing runs by itself until it is switched on at run "
              "time; what a person triggers always runs");
  declare_interval(
    binder, "SYNC_INTERVAL", into.tasks[0].interval,
    "task 1: how often orders are fetched if the queue is empty");
  declare_interval(binder, "PLC_READ_INTERVAL", into.tasks[1].interval,
                   "task 2: how often the PLC is read");
  declare_interval(binder, "PROCESS_COMPLETED_INTERVAL", into.tasks[2].interval,
                   "task 3: how often finished batches are booked");
  declare_interval(binder, "HEALTH_MONITOR_INTERVAL", into.tasks[3].interval,
                   "task 4: how often the health of batches is checked");
  binder.flag({"ENABLE_TASK_1_AUTO_SYNC"}, into.tasks[0].enabled,
              "task 1 runs by itself");
  binder.flag({"ENABLE_TASK_2_PLC_READ"}, into.tasks[1].enabled,
              "task 2 runs by itself");
  binder.flag({"ENABLE_TASK_3_PROCESS_COMPLETED"}, into.tasks[2].enabled,
              "task 3 runs by itself");
  binder.flag({"ENABLE_TASK_4_HEALTH_MONITOR"}, into.tasks[3].enabled,
              "task 4 runs by itself");
  binder.flag({"RUN_SYNC_WHEN_QUEUE_EMPTIES"}, into.sync_when_queue_empties,
              "task 1 runs at once when a line's queue is through");
  binder.flag({"RUN_PROCESS_WHEN_BATCH_COMPLETES"},
              into.process_when_batch_completes,
              "task 3 runs at once when a batch is complete");
  binder.duration("TASK_TIMEOUT", "", 1s, into.task_timeout, 1s, 1h,
                  "a run without an answer is given up after this, or after "
                  "the task's interval (at least 10s) if that is shorter");
}

} // namespace millrace::scheduler
