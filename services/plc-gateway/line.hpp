#pragma once

#include "common/telemetry/clock.hpp"
#include "services/plc-gateway/acknowledge_job.hpp"
#include "services/plc-gateway/area_read.hpp"
#include "services/plc-gateway/baseline.hpp"
#include "services/plc-gateway/line_health.hpp"
#include "services/plc-gateway/line_queue.hpp"
#include "services/plc-gateway/write_job.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>

namespace millrace::plc {

/// INTERNAL, from the link's thread: how step `number` ended.
struct step_answer {
  std::uint64_t number = 0;
  answer got;
};
/// INTERNAL: the pause of step `number` is over.
struct pause_over {
  std::uint64_t number = 0;
};
/// INTERNAL: publish the line's state when it is due.
struct health_tick {
  bool now = true;
};
/// The service stops: finish the job in hand and end.
struct good_bye {
  bool now = true;
};

} // namespace millrace::plc

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::plc::step_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::plc::pause_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::plc::health_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::plc::good_bye)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::plc::read_wish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::plc::write_wish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::plc::acknowledge_wish)

namespace millrace::plc {

using line_event
  = std::variant<events::plc_read, events::plc_written,
                 events::plc_write_deferred, events::plc_write_failed,
                 events::plc_acknowledged>;

/// What a line reaches the world through. All are quick and never wait.
struct outlet {
  /// Carries out a read or write; a step_answer of this number comes back.
  std::function<void(std::uint64_t number, const step& asked)> send;
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

/// A LINE is one PLC: it does one thing after another, step by step.
using line_actor
  = caf::typed_actor<caf::reacts_to<read_wish>, caf::reacts_to<write_wish>,
                     caf::reacts_to<acknowledge_wish>,
                     caf::reacts_to<step_answer>, caf::reacts_to<pause_over>,
                     caf::reacts_to<health_tick>, caf::reacts_to<good_bye>>;

struct line_state {
  static inline constexpr const char* name = "line";

  explicit line_state(line_actor::pointer ptr);

  void begin(const line_settings& chosen, outlet through, wall_clock wall);
  void on_read(read_wish& wanted);
  void on_write(write_wish& wanted);
  void on_acknowledge(acknowledge_wish& wanted);
  void on_answer(const step_answer& answered);
  void on_pause_over(const pause_over& over);
  void on_health_tick();
  void on_good_bye();

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

  void start_next();
  void start(read_wish wanted);
  void start(write_wish wanted);
  void start(acknowledge_wish wanted);
  /// Sends the job's next step, or ends the job.
  void go_on();
  void feed(const answer& got);
  template <class Job>
  void carry_out(const Job& job);
  void end_read();
  void end_write();
  void end_acknowledge();
  /// What a read that came through has to say; empty when all is well.
  std::string publish_read(int& changed);
  void answer_read(bool ok, const std::string& message);
  bool emit(line_event what, service::context about);
  void refuse(std::string_view command, refusal why, std::int64_t stage);
  void count_job(std::string_view job, std::string_view outcome);
  void publish_health();

  line_actor::pointer self_;
  outlet out_;
  wall_clock wall_;
  line_settings settings_;
  std::optional<frame_limit> limit_;
  std::optional<baseline> baseline_;
  std::optional<line_health> health_;
  line_queue queue_;
  std::variant<std::monostate, reading, writing, acknowledging> job_;
  std::uint64_t step_number_ = 0;
  bool stopping_ = false;
};

line_actor::behavior_type line(line_actor::stateful_pointer<line_state> self,
                               const line_settings& chosen, outlet through,
                               wall_clock wall);

} // namespace millrace::plc
