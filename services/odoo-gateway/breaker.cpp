#include "services/odoo-gateway/breaker.hpp"

#include <algorithm>

namespace millrace::odoo {

breaker::breaker(options chosen, steady_source now, wall_clock time_of_day)
  : options_(chosen), now_(std::move(now)),
    time_of_day_(std::move(time_of_day)) {
}

std::optional<std::string> breaker::refuses() {
  const std::lock_guard guard{mutex_};
  if (state_ == state::closed)
    return {};
  if (now_() < next_trial_)
    return "Odoo has not answered since " + since_ + ": " + last_error_;
  state_ = state::half_open;
  next_trial_ = now_() + options_.trial_time;
  return {};
}

void breaker::succeeded() {
  const std::lock_guard guard{mutex_};
  failures_ = 0;
  state_ = state::closed;
}

void breaker::failed(const std::string& why) {
  const std::lock_guard guard{mutex_};
  if (failures_ == 0)
    since_ = format_utc(time_of_day_());
  ++failures_;
  last_error_ = why;
  if (failures_ < options_.threshold)
    return;
  pause_ = state_ == state::closed
             ? options_.first_pause
             : (state_ == state::half_open
                  ? std::min(pause_ * 2, options_.longest_pause)
                  : pause_);
  state_ = state::open;
  next_trial_ = now_() + pause_;
}

breaker::state breaker::current() const {
  const std::lock_guard guard{mutex_};
  return state_;
}

} // namespace millrace::odoo
