#pragma once

#include "services/plc-gateway/line_work.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <optional>

namespace millrace::plc {

/// INTERNAL: publish the line's state when it is due.
struct health_tick {
  bool now = true;
};
/// The service stops: finish the job in hand, within reason, and end.
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
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::plc::withdraw_wish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::plc::inspect_wish)

namespace millrace::plc {

/// A LINE is one PLC: it does one thing after another, step by step.
using line_actor
  = caf::typed_actor<caf::reacts_to<read_wish>, caf::reacts_to<write_wish>,
                     caf::reacts_to<acknowledge_wish>,
                     caf::reacts_to<withdraw_wish>,
                     caf::reacts_to<inspect_wish>, caf::reacts_to<step_answer>,
                     caf::reacts_to<pause_over>, caf::reacts_to<health_tick>,
                     caf::reacts_to<good_bye>>;

struct line_state {
  static inline constexpr const char* name = "line";

  explicit line_state(line_actor::pointer ptr);

  /// `through.wait` is ours to set.
  void begin(const line_settings& chosen, outlet through, wall_clock wall);
  /// Does one thing of the work, and leaves when that was the last.
  template <class... Argument>
  void work_on(void (line_work::*deed)(Argument...), Argument... with);
  void on_health_tick();
  void on_good_bye();

private:
  line_actor::pointer self_;
  // Set by begin().
  std::optional<line_work> work_;
  bool leaving_ = false;
};

line_actor::behavior_type line(line_actor::stateful_pointer<line_state> self,
                               const line_settings& chosen, outlet through,
                               wall_clock wall);

} // namespace millrace::plc
