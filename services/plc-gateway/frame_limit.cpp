#include "services/plc-gateway/frame_limit.hpp"

#include "common/fins/end_code.hpp"

#include <algorithm>

namespace millrace::plc {

frame_limit::frame_limit(int fixed, int area_words) {
  if (fixed > 0) {
    candidates_ = {fixed};
    known_ = true;
    return;
  }
  candidates_ = {std::min(area_words, 999)};
  for (const int smaller : {501, 269})
    if (smaller < candidates_.back())
      candidates_.push_back(smaller);
}

frame_limit::advice frame_limit::learn(outcome how) {
  if (known_)
    return how == outcome::answered ? advice::go_on : advice::give_up;
  if (sounding_) {
    sounding_ = false;
    alive_ = how == outcome::answered;
    return alive_ ? advice::start_over : give_up();
  }
  switch (how) {
  case outcome::answered:
    return settle();
  case outcome::refused_size:
    alive_ = true;
    return step_down();
  case outcome::unanswered:
    if (alive_)
      return step_down();
    sounding_ = true;
    return advice::start_over;
  case outcome::refused_other:
    break;
  }
  return give_up();
}

bool frame_limit::too_large(std::uint16_t end_code) {
  return fins::classify(end_code) == fins::end_class::smaller
         || end_code == 0x1103 || end_code == 0x1104;
}

frame_limit::advice frame_limit::step_down() {
  if (index_ + 1 == candidates_.size())
    return give_up();
  ++index_;
  return advice::start_over;
}

frame_limit::advice frame_limit::give_up() {
  index_ = 0;
  alive_ = false;
  return advice::give_up;
}

frame_limit::advice frame_limit::settle() {
  known_ = true;
  return advice::go_on;
}

} // namespace millrace::plc
