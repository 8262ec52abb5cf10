#include "services/plc-gateway/write_job.hpp"

#include "services/plc-gateway/slot_codec.hpp"

#include <algorithm>

namespace millrace::plc {

namespace {

// Whether a slot with a batch holds it already as written by us; the PLC may
// have set its flag.
bool filled_already(const plc_map& map, const words& wanted,
                    std::span<const std::uint16_t> found) {
  const auto flag = static_cast<std::size_t>(map.handshake.offset);
  const bool used = wanted[static_cast<std::size_t>(map.mo_id.offset)] != 0;
  return used && found[flag] <= 1
         && std::ranges::equal(std::span(wanted).first(flag),
                               found.first(flag));
}

} // namespace

write_job::write_job(const plc_map& map, frame_limit& limit,
                     const std::vector<events::slot_order>& batches,
                     bool only_if_lost, const std::vector<std::string>& again,
                     bool only_look)
  : map_(map), limit_(limit), only_if_lost_(only_if_lost),
    only_look_(only_look) {
  auto target = make_target(map, batches);
  if (!target) {
    failed why{target.why(), true};
    for (const auto& one : batches)
      if (!make_target(map, {one}))
        why.in_doubt.push_back(one.mo_id);
    end(std::move(why));
    return;
  }
  target_ = std::move(*target);
  target_.again = again;
  begin_area(phase::look_at_write, map_.write_base);
}

step write_job::next() const {
  switch (phase_) {
  case phase::look_at_write:
  case phase::look_at_read:
  case phase::read_back:
    return area_->next();
  case phase::write:
    return writes_[at_];
  default:
    return single_;
  }
}

void write_job::feed(const answer& got) {
  const auto asked = next();
  if (asked.what != step::kind::pause)
    frames_ += got.attempts;
  switch (phase_) {
  case phase::look_at_write:
  case phase::look_at_read:
  case phase::read_back:
    return feed_area(got);
  case phase::write:
    return feed_write(got);
  case phase::wait_before_read_back:
    return begin_area(phase::read_back, map_.write_base);
  case phase::hand_over:
    return feed_hand_over(got);
  case phase::wait_before_verify:
    phase_ = phase::verify;
    single_ = step::read({map_.write_base + map_.weight.offset, 3});
    return;
  case phase::verify:
    return feed_verify(got);
  case phase::wait_before_failing:
    return end(failed{failure_, false});
  }
}

void write_job::feed_area(const answer& got) {
  if (!looked_at_)
    looked_at_ = got.asked_at;
  area_->feed(got);
  if (area_->failed())
    end(failed{area_->failure(), false});
  else if (area_->done())
    area_complete(area_->image());
}

void write_job::area_complete(words image) {
  switch (phase_) {
  case phase::look_at_write:
    write_area_ = std::move(image);
    return begin_area(phase::look_at_read, map_.read_base);
  case phase::look_at_read:
    return decide(image);
  default:
    return compare(image);
  }
}

void write_job::decide(std::span<const std::uint16_t> read_area) {
  // Whoever only looks wants to know what is there, not what may be assumed.
  const auto seen
    = look(map_, target_, write_area_, read_area, only_if_lost_ && !only_look_);
  if (only_look_)
    return end(tell(seen, read_area));
  switch (seen.what) {
  case look_verdict::kind::already_there:
    return end(written{true});
  case look_verdict::kind::taken:
    // Only a marker that the PLC was faster than is cleared.
    found_taken_ = true;
    return marker_in(map_, write_area_) != marker::none ? hand_over(false)
                                                        : end(written{true});
  case look_verdict::kind::defer:
    return end(deferred{seen.reason});
  case look_verdict::kind::needs_person:
    return end(failed{seen.reason, true, seen.in_doubt});
  case look_verdict::kind::write:
    return plan_writes();
  }
}

write_job::looked
write_job::tell(const look_verdict& seen,
                std::span<const std::uint16_t> read_area) const {
  using kind = look_verdict::kind;
  // With a marker something is left to be done.
  const bool handed_over = marker_in(map_, write_area_) == marker::none;
  const bool has_them
    = seen.what == kind::already_there || seen.what == kind::taken;
  return {handed_over && has_them,
          missing_in(map_, target_, write_area_, read_area)};
}

void write_job::plan_writes() {
  const bool by_level = handshake_of(map_, write_area_) == 0;
  marker_ = by_level ? marker::commissioning : marker::ready;
  const auto write_slot = [&](int n) {
    writes_.push_back(
      step::write(map_.write_base + static_cast<int>(map_.slot_at(n)),
                  words_to_write(map_, target_, marker_, n)));
  };
  if (by_level)
    writes_.push_back(
      step::write(map_.write_base + map_.weight.offset, words_of(marker_)));
  else
    write_slot(1);
  for (int n = map_.slots; n > 1; --n) {
    const auto& wanted = target_.slots[static_cast<std::size_t>(n - 1)];
    if (!filled_already(map_, wanted, slot_of(map_, write_area_, n)))
      write_slot(n);
  }
  if (by_level)
    write_slot(1);
  for (auto& each : writes_)
    each.not_after = *looked_at_ + plan_lifetime;
  phase_ = phase::write;
}

void write_job::feed_write(const answer& got) {
  if (got.how == answer::kind::outdated)
    return look_again();
  if (!got.ok()) {
    failure_ = describe(writes_[at_], got) + ": handshake not given";
    return got.how == answer::kind::unanswered
             ? pause(phase::wait_before_failing, quarantine)
             : end(failed{failure_, false});
  }
  repeated_ = repeated_ || got.attempts > 1;
  if (++at_ == writes_.size())
    writes_complete();
}

void write_job::writes_complete() {
  const bool level_may_take = marker_ == marker::commissioning;
  if (repeated_)
    pause(phase::wait_before_read_back, quarantine);
  else if (level_may_take)
    pause(phase::wait_before_read_back, commissioning_pause);
  else
    begin_area(phase::read_back, map_.write_base);
}

void write_job::compare(std::span<const std::uint16_t> write_area) {
  if (const auto wrong = first_difference(map_, target_, marker_, write_area);
      !wrong.empty())
    return end(failed{"read back: " + wrong + ": handshake not given", false});
  const auto before = handshake_of(map_, write_area_);
  const auto now = handshake_of(map_, write_area);
  if (now == before)
    return hand_over(true);
  if (before == 0 && now == 1)
    return hand_over(false);
  end(failed{"D" + std::to_string(handshake_address(map_)) + " changed from "
               + std::to_string(before) + " to " + std::to_string(now)
               + " while writing: handshake not given",
             false});
}

void write_job::hand_over(bool set_handshake) {
  phase_ = phase::hand_over;
  words zeros(set_handshake ? 3 : 2, 0);
  single_ = step::write(map_.write_base + map_.weight.offset, std::move(zeros),
                        false);
  single_.not_after = *looked_at_ + look_lifetime;
}

void write_job::feed_hand_over(const answer& got) {
  if (got.ok())
    return end(written{found_taken_});
  if (got.how == answer::kind::outdated)
    return look_again();
  if (got.how == answer::kind::not_ours)
    return end(failed{describe(single_, got), false});
  failure_ = describe(single_, got);
  pause(phase::wait_before_verify, quarantine);
}

void write_job::look_again() {
  if (++looks_ > most_looks)
    return end(failed{"the PLC answers so slowly that each look at its memory "
                      "was too old for what followed: handshake not given",
                      false});
  write_area_.clear();
  writes_.clear();
  at_ = 0;
  repeated_ = found_taken_ = false;
  begin_area(phase::look_at_write, map_.write_base);
}

void write_job::feed_verify(const answer& got) {
  if (!got.ok())
    return end(failed{
      failure_ + "; whether it was done is unknown: " + describe(single_, got),
      false});
  const bool marked
    = words(got.data.begin(), got.data.begin() + 2) != words(2, 0);
  if (marked)
    end(failed{failure_ + "; it was not done", false});
  else
    end(written{found_taken_});
}

void write_job::begin_area(phase now, int base) {
  phase_ = now;
  area_.emplace(map_, base, limit_);
  if (now != phase::look_at_read)
    looked_at_.reset();
}

void write_job::pause(phase now, std::chrono::milliseconds length) {
  phase_ = now;
  single_ = step::pause(length);
}

void write_job::end(outcome_type how) {
  outcome_ = std::move(how);
}

} // namespace millrace::plc
