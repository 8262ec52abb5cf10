#include "services/plc-gateway/line.hpp"

#include <caf/actor_clock.hpp>

namespace millrace::plc {

namespace {

constexpr std::chrono::seconds look_at_health{1};
/// A job that hangs at an unreachable PLC is left as it is: it may be killed at
/// any point anyway.
constexpr std::chrono::seconds longest_good_bye{4};

} // namespace

line_state::line_state(line_actor::pointer ptr) : self_(ptr) {
}

void line_state::begin(const line_settings& chosen, outlet through,
                       wall_clock wall) {
  through.wait
    = [this](std::uint64_t number, std::chrono::milliseconds length) {
        self_->delayed_send(self_, length, pause_over{number});
      };
  work_.emplace(chosen, std::move(through), std::move(wall),
                [this] { return self_->clock().now(); });
  self_->delayed_send(self_, look_at_health, health_tick{});
}

template <class... Argument>
void line_state::work_on(void (line_work::*deed)(Argument...),
                         Argument... with) {
  ((*work_).*deed)(with...);
  if (work_->ended())
    self_->quit();
}

void line_state::on_health_tick() {
  work_->publish_health();
  self_->delayed_send(self_, look_at_health, health_tick{});
}

void line_state::on_good_bye() {
  if (std::exchange(leaving_, true))
    return self_->quit();
  self_->delayed_send(self_, longest_good_bye, good_bye{});
  work_on<>(&line_work::stop);
}

line_actor::behavior_type line(line_actor::stateful_pointer<line_state> self,
                               const line_settings& chosen, outlet through,
                               wall_clock wall) {
  auto& st = self->state;
  st.begin(chosen, std::move(through), std::move(wall));
  return {
    [&st](read_wish& wanted) {
      st.work_on<read_wish&>(&line_work::read, wanted);
    },
    [&st](write_wish& wanted) {
      st.work_on<write_wish&>(&line_work::write, wanted);
    },
    [&st](acknowledge_wish& wanted) {
      st.work_on<acknowledge_wish&>(&line_work::acknowledge, wanted);
    },
    [&st](withdraw_wish& wanted) {
      st.work_on<withdraw_wish&>(&line_work::withdraw, wanted);
    },
    [&st](inspect_wish& wanted) {
      st.work_on<inspect_wish&>(&line_work::inspect, wanted);
    },
    [&st](const step_answer& news) {
      st.work_on<const step_answer&>(&line_work::answered, news);
    },
    [&st](const pause_over& over) {
      st.work_on<const pause_over&>(&line_work::paused, over);
    },
    [&st](const health_tick&) { st.on_health_tick(); },
    [&st](const good_bye&) { st.on_good_bye(); },
  };
}

} // namespace millrace::plc
