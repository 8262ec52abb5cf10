#pragma once

#include "services/scheduler/settings.hpp"
#include "services/scheduler/task_rhythm.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millrace::scheduler {

/// A task of a line, and what begins or ended there.
struct due_run {
  std::string line;
  events::task_kind task;
  new_run run;
};
struct closed_run {
  std::string line;
  events::task_kind task;
  ended_run run;
};

/// What became of a wish for a run.
enum class wish_outcome { taken, ignored, not_served };

/// Every task of every line, and the switch over all. No I/O and no clock.
class timetable {
public:
  timetable(const settings& chosen, epoch began);

  bool enabled() const {
    return enabled_;
  }
  void toggle(bool enabled);

  wish_outcome ask(const std::string& line, events::task_kind task,
                   const cause& why,
                   std::optional<service::reply_to> waiting = {});
  /// In the order plc_read, process_completed, sync_mo, health for each line.
  std::vector<due_run> start_due(steady_time now, wall_time wall);
  std::optional<closed_run> finish(const std::string& line,
                                   events::task_kind task,
                                   const std::string& tick_id,
                                   events::task_outcome outcome,
                                   std::string text);
  std::vector<closed_run> give_up(steady_time now);
  /// What batch-store was told to run and has not answered.
  std::vector<due_run> under_way() const;
  /// batch-store was started anew: it may not know of the runs under way.
  std::vector<closed_run> abandon_all(const std::string& why);
  std::optional<steady_time> next_wake() const;

  events::scheduler_state state(steady_time now, wall_time wall) const;
  /// Grows whenever state() would read otherwise.
  std::uint64_t revision() const {
    return revision_;
  }
  std::vector<service::reply_to> waiting() const;

private:
  task_rhythm* find(const std::string& line, events::task_kind task);

  bool enabled_;
  std::uint64_t revision_ = 1;
  std::vector<task_rhythm> rhythms_;
  std::map<std::string, std::size_t, std::less<>> first_of_line_;
};

/// How long a run of a task with this interval may stay unanswered: a lost
/// message costs no more than that.
std::chrono::milliseconds give_up_after(std::chrono::milliseconds interval,
                                        std::chrono::milliseconds task_timeout);

} // namespace millrace::scheduler
