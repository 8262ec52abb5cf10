#pragma once

#include "common/domain/result.hpp"
#include "common/events/messages.hpp"
#include "common/service/port.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace millrace::scheduler {

using steady_time = std::chrono::steady_clock::time_point;
using wall_time = std::chrono::system_clock::time_point;

/// The one moment at which both clocks were looked at. Everything after it is
/// counted with the steady clock, so a wall clock that is set changes nothing.
struct epoch {
  steady_time steady;
  wall_time wall;
};

/// Why a run is wanted.
struct cause {
  enum class origin { start, time, event, person };
  origin from = origin::time;
  /// Of the event or command; makes its repeat recognisable.
  std::string message_id;
  std::string correlation_id;
  std::string traceparent;
};

/// When a task runs by itself.
struct plan {
  bool enabled = true;
  std::chrono::milliseconds interval{0};
  /// After the start of the process, so that a restart costs no interval.
  std::chrono::milliseconds first_after{0};
  /// A run without task.finished counts as failed after this.
  std::chrono::milliseconds give_up_after{0};
};

/// What batch-store is to be told.
struct new_run {
  std::string tick_id;
  cause why;
};

/// A run that ended, and who waits for that.
struct ended_run {
  std::string tick_id;
  events::task_outcome outcome = events::task_outcome::done;
  std::string text;
  /// Same outcome and text as the run before.
  bool repeated = false;
  std::vector<service::reply_to> waiting;
};

/// When one task of one line runs. No I/O and no clock. One run at a time:
/// what becomes due meanwhile collapses into one run afterwards.
///
/// Time is divided into slots of one interval, counted from the Unix epoch; a
/// run is due when a slot begins. So two schedulers run at the same moments
/// and name their runs alike.
class task_rhythm {
public:
  task_rhythm(std::string line, events::task_kind task, plan planned,
              epoch began);

  const std::string& line() const {
    return line_;
  }
  events::task_kind task() const {
    return task_;
  }

  /// Asks for a run as soon as the present one has ended. Returns false when
  /// it adds nothing: a message that was seen before, or an event while the
  /// task does not run by itself. `waiting` is told when that run has ended.
  bool ask(const cause& why, bool automatic,
           std::optional<service::reply_to> waiting = {});

  /// Starts a run if one is due. `automatic`: tasks may run by themselves.
  std::optional<new_run> start_due(steady_time now, wall_time wall,
                                   bool automatic);

  /// batch-store's answer, or the sender's when a run could not be sent. None
  /// for another run than the one under way.
  std::optional<ended_run> finish(const std::string& tick_id,
                                  events::task_outcome outcome,
                                  std::string text);

  /// Ends a run that nobody answered in time. What was asked or answered may
  /// be lost, so the next one is due at once.
  std::optional<ended_run> give_up(steady_time now);
  /// The same without waiting, because batch-store is known to have lost it.
  std::optional<ended_run> abandon(std::string why);

  /// The run that is under way, as batch-store was told of it.
  std::optional<new_run> under_way() const;

  /// Forgets runs that events asked for; runs for people stay.
  void drop_events();

  /// When start_due or give_up will next have something to do; none when only
  /// a message can change that.
  std::optional<steady_time> next_wake(bool automatic) const;

  events::task_status status(steady_time now, wall_time wall,
                             bool automatic) const;

  /// Everybody who waits for a run, for good-byes.
  std::vector<service::reply_to> waiting() const;

private:
  struct run_under_way {
    new_run told;
    steady_time give_up_at;
    std::vector<service::reply_to> waiting;
  };
  struct wanted_run {
    cause why;
    std::vector<service::reply_to> waiting;
  };

  std::int64_t slot_at(steady_time when) const;
  steady_time slot_begin(std::int64_t slot) const;
  steady_time next_due() const;
  bool seen(const std::string& message_id);
  std::string tick_id_for(const cause& why, std::int64_t slot) const;
  new_run begin(cause why, std::vector<service::reply_to> waiting,
                steady_time now, wall_time wall);

  std::string line_;
  events::task_kind task_;
  plan plan_;
  epoch began_;

  /// The first run is still to come.
  bool first_ = true;
  /// The run before was given up.
  bool again_ = false;
  /// The slot of the latest run.
  std::int64_t slot_;
  std::optional<run_under_way> running_;
  std::optional<wanted_run> wanted_;
  std::deque<std::string> seen_;

  std::optional<wall_time> last_run_;
  std::optional<events::task_outcome> last_outcome_;
  std::string last_text_;
};

} // namespace millrace::scheduler
