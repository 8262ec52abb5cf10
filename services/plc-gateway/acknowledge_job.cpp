#include "services/plc-gateway/acknowledge_job.hpp"

#include "services/plc-gateway/field_words.hpp"

#include <algorithm>
#include <span>

namespace millrace::plc {

using events::acknowledge_outcome;

namespace {

std::string no_boolean(const map_field& field, const words& slot) {
  const auto word = slot[static_cast<std::size_t>(field.offset)];
  return field.name + " is " + std::to_string(word) + ", expected 0 or 1";
}

} // namespace

acknowledge_job::acknowledge_job(const plc_map& map, int slot,
                                 std::string mo_id,
                                 std::optional<kilograms> weight)
  : map_(map), slot_(slot), mo_id_(std::move(mo_id)), weight_(weight) {
  if (slot_ < 1 || slot_ > map_.slots)
    failure_ = "slot " + std::to_string(slot_) + " is outside 1.."
               + std::to_string(map_.slots);
}

step acknowledge_job::next() const {
  const int start = map_.read_base + static_cast<int>(map_.slot_at(slot_));
  switch (phase_) {
  case phase::look:
    break;
  case phase::write: {
    auto set = step::write(start + map_.handshake.offset, {1}, false);
    set.not_after = seen_at_ + look_lifetime;
    return set;
  }
  case phase::wait_before_failing:
    return step::pause(quarantine);
  }
  return step::read({start, map_.slot_words});
}

void acknowledge_job::feed(const answer& got) {
  if (phase_ == phase::wait_before_failing) {
    failure_ = unanswered_;
  } else if (phase_ == phase::write && got.how == answer::kind::unanswered) {
    unanswered_ = describe(next(), got);
    phase_ = phase::wait_before_failing;
  } else if (got.how == answer::kind::outdated && ++looks_ <= most_looks) {
    phase_ = phase::look;
  } else if (!got.ok()) {
    failure_ = describe(next(), got);
  } else if (phase_ == phase::write) {
    outcome_ = acknowledge_outcome::set;
  } else {
    seen_at_ = got.asked_at;
    decide(got.data);
  }
}

void acknowledge_job::decide(const words& slot) {
  const auto wanted = text_words(map_.mo_id, mo_id_);
  const auto found
    = std::span(slot).subspan(static_cast<std::size_t>(map_.mo_id.offset));
  const bool same_name
    = std::equal(wanted.begin(), wanted.end(), found.begin());
  // A name that fills the field may be another order's.
  const bool same_weight = !weight_ || mass(map_.weight, slot) == *weight_;
  const auto finished = flag(map_.finished, slot);
  const auto flagged = flag(map_.handshake, slot);
  if (!same_name || !same_weight || finished == false)
    outcome_ = acknowledge_outcome::slot_changed;
  else if (!finished || !flagged)
    failure_ = "slot " + std::to_string(slot_) + ": "
               + no_boolean(finished ? map_.handshake : map_.finished, slot);
  else if (*flagged)
    outcome_ = acknowledge_outcome::already_set;
  else
    phase_ = phase::write;
}

} // namespace millrace::plc
