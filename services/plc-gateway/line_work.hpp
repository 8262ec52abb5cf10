#pragma once

#include "common/telemetry/clock.hpp"
#include "services/plc-gateway/acknowledge_job.hpp"
#include "services/plc-gateway/area_read.hpp"
#include "services/plc-gateway/baseline.hpp"
#include "services/plc-gateway/line_health.hpp"
#include "services/plc-gateway/line_queue.hpp"
#include "services/plc-gateway/withdraw_job.hpp"
#include "services/plc-gateway/write_job.hpp"

#include <functional>

namespace millrace::plc {

/// From the link: how step `number` ended.
struct step_answer {
  std::uint64_t number = 0;
  answer got;
};
/// The pause of step `number` is over.
struct pause_over {
  std::uint64_t number = 0;
};

using steady_clock_source
  = std::function<std::chrono::steady_clock::time_point()>;

using line_event
  = std::variant<events::plc_read, events::plc_written,
                 events::plc_write_deferred, events::plc_write_failed,
                 events::plc_acknowledged, events::plc_looked>;

/// What a line reaches the world through. All are quick and never wait.
struct outlet {
  /// Carries out a read or write; a step_answer of this number comes back.
  std::function<void(std::uint64_t number, const step& asked)> send;
  /// A pause_over of this number comes back after `length`.
  std::function<void(std::uint64_t number, std::chrono::milliseconds length)>
    wait;
  /// False when the bus took it not.
  std::function<bool(line_event what, const service::context& about)> emit;
  std::function<void(const service::reply_to&, events::command_result,
                     const service::context& about)>
    answer;
  std::function<void(events::line_state)> publish;
};

/// What a line is made of.
struct line_settings {
  std::string code;
  plc_map map;
  /// 0: find out.
  int max_read_words = 0;
  std::chrono::milliseconds full_picture_interval = std::chrono::minutes{5};
};

/// What a line does: one thing after another, step by step. No thread and no
/// timer of its own; what it asks of `through` comes back as calls.
class line_work {
public:
  line_work(const line_settings& chosen, outlet through, wall_clock wall,
            steady_clock_source now);
  // Jobs refer to what is in here.
  line_work(const line_work&) = delete;
  line_work& operator=(const line_work&) = delete;

  void read(read_wish& wanted);
  void write(write_wish& wanted);
  void acknowledge(acknowledge_wish& wanted);
  void withdraw(withdraw_wish& wanted);
  void inspect(inspect_wish& wanted);
  void answered(const step_answer& news);
  void paused(const pause_over& over);
  /// Publishes the line's state when it is due.
  void publish_health();
  /// Takes nothing new on; ended() once the job in hand is done.
  void stop();
  bool ended() const {
    return ended_;
  }

private:
  struct reading {
    read_wish wanted;
    area_read job;
    std::chrono::steady_clock::time_point started;
  };
  struct writing {
    write_wish wanted;
    write_job job;
  };
  struct acknowledging {
    acknowledge_wish wanted;
    acknowledge_job job;
  };

  struct withdrawing {
    withdraw_wish wanted;
    withdraw_job job;
  };
  struct inspecting {
    inspect_wish wanted;
    area_read job;
  };

  void start_next();
  void start(read_wish wanted);
  void start(write_wish wanted);
  void start(acknowledge_wish wanted);
  void start(withdraw_wish wanted);
  void start(inspect_wish wanted);
  /// Sends the job's next step, or ends the job.
  void go_on();
  void feed(const answer& got);
  template <class Job>
  void carry_out(const Job& job);
  void end_read();
  void end_write();
  void end_acknowledge();
  void end_withdraw();
  void end_inspect();
  /// What a read that came through has to say; empty when all is well.
  std::string publish_read(int& changed);
  void answer_read(bool ok, const std::string& message);
  bool emit(line_event what, service::context about);
  void refuse(std::string_view command, refusal why, std::int64_t stage);
  void tell_expired(std::int64_t stage);
  void count_job(std::string_view job, std::string_view outcome);

  outlet out_;
  wall_clock wall_;
  steady_clock_source now_;
  line_settings settings_;
  frame_limit limit_;
  baseline baseline_;
  line_health health_;
  line_queue queue_;
  std::variant<std::monostate, reading, writing, acknowledging, withdrawing,
               inspecting>
    job_;
  std::uint64_t step_number_ = 0;
  bool stopping_ = false;
  bool ended_ = false;
};

} // namespace millrace::plc
