#include "services/plc-gateway/area_read.hpp"

#include "services/plc-gateway/read_plan.hpp"

#include <algorithm>

namespace millrace::plc {

namespace {

frame_limit::outcome outcome_of(const answer& got) {
  switch (got.how) {
  case answer::kind::ok:
    return frame_limit::outcome::answered;
  case answer::kind::unanswered:
    return frame_limit::outcome::unanswered;
  case answer::kind::refused:
  case answer::kind::outdated:
  case answer::kind::not_ours:
    break;
  }
  return frame_limit::too_large(got.code.code)
           ? frame_limit::outcome::refused_size
           : frame_limit::outcome::refused_other;
}

} // namespace

area_read::area_read(const plc_map& map, int base, frame_limit& limit)
  : map_(map), base_(base), limit_(limit) {
  start_over();
}

step area_read::next() const {
  if (limit_.sounding())
    return step::read({base_, map_.slot_words}, false);
  return step::read(plan_[at_]);
}

void area_read::feed(const answer& got) {
  const auto asked = next();
  const bool sounding = limit_.sounding();
  frames_ += got.attempts;
  switch (limit_.learn(outcome_of(got))) {
  case frame_limit::advice::go_on:
    return take(got);
  case frame_limit::advice::start_over:
    return start_over();
  case frame_limit::advice::give_up:
    break;
  }
  failure_
    = sounding && got.how == answer::kind::unanswered
        ? "PLC does not answer" + (got.detail.empty() ? "" : ": " + got.detail)
        : describe(asked, got);
}

void area_read::start_over() {
  plan_ = plan_reads(map_, base_, limit_.words());
  at_ = 0;
  image_.assign(static_cast<std::size_t>(map_.area_words()), 0);
}

void area_read::take(const answer& got) {
  std::ranges::copy(got.data, image_.begin() + (plan_[at_].address - base_));
  ++at_;
}

} // namespace millrace::plc
