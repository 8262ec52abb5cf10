#include "services/plc-gateway/withdraw_job.hpp"

#include "services/plc-gateway/field_words.hpp"
#include "services/plc-gateway/slot_codec.hpp"

#include <algorithm>

namespace millrace::plc {

namespace {

using slot_words = std::span<const std::uint16_t>;

std::size_t flag_at(const plc_map& map) {
  return static_cast<std::size_t>(map.handshake.offset);
}

/// All but the handshake is 0.
bool is_cleared(const plc_map& map, slot_words slot) {
  return std::ranges::all_of(slot.first(flag_at(map)),
                             [](auto word) { return word == 0; });
}

bool names(const plc_map& map, slot_words slot, const std::string& mo_id) {
  const auto wanted = text_words(map.mo_id, mo_id);
  return std::ranges::equal(
    slot.subspan(static_cast<std::size_t>(map.mo_id.offset), wanted.size()),
    wanted);
}

bool named_anywhere(const plc_map& map, slot_words area,
                    const std::string& mo_id) {
  for (int n = 1; n <= map.slots; ++n)
    if (names(map, slot_of(map, area, n), mo_id))
      return true;
  return false;
}

} // namespace

withdraw_job::withdraw_job(const plc_map& map, frame_limit& limit, bool empty,
                           const std::vector<events::slot_order>& batches)
  : map_(map), limit_(limit), empty_(empty), batches_(batches) {
  for (const auto& batch : batches_)
    if (batch.slot < 1 || batch.slot > map_.slots) {
      failure_ = batch.mo_id + ": slot " + std::to_string(batch.slot)
                 + " is outside 1.." + std::to_string(map_.slots);
      ended_ = true;
      return;
    }
  begin_area(phase::look_at_write, map_.write_base);
}

step withdraw_job::next() const {
  switch (phase_) {
  case phase::clear:
  case phase::set:
    return writes_[at_];
  case phase::rest:
    return step::pause(quarantine);
  default:
    return area_->next();
  }
}

void withdraw_job::feed(const answer& got) {
  switch (phase_) {
  case phase::clear:
  case phase::set:
    return feed_write(got);
  case phase::rest:
    ended_ = true;
    return;
  default:
    return feed_area(got);
  }
}

void withdraw_job::feed_area(const answer& got) {
  if (!looked_at_)
    looked_at_ = got.asked_at;
  area_->feed(got);
  if (area_->failed())
    return fail(area_->failure());
  if (!area_->done())
    return;
  switch (phase_) {
  case phase::look_at_write:
    before_ = after_ = area_->image();
    return begin_area(phase::look_at_read, map_.read_base);
  case phase::look_at_read:
    read_ = area_->image();
    return empty_ ? begin_clearing() : finish();
  default:
    after_ = area_->image();
    return begin_setting();
  }
}

void withdraw_job::begin_clearing() {
  phase_ = phase::clear;
  const words zeros(flag_at(map_), 0);
  for (int n = map_.slots; n >= 1; --n)
    if (!is_cleared(map_, slot_of(map_, before_, n)))
      writes_.push_back(step::write(
        map_.write_base + static_cast<int>(map_.slot_at(n)), zeros));
  begin_writes();
  if (writes_.empty())
    begin_setting();
}

void withdraw_job::begin_setting() {
  for (int n = 1; n <= map_.slots; ++n)
    if (!is_cleared(map_, slot_of(map_, after_, n)))
      return fail("slot " + std::to_string(n)
                  + " of the WRITE area is not empty after it was cleared");
  phase_ = phase::set;
  writes_.clear();
  at_ = 0;
  // D7076, the queue's own handshake, first: it says that nothing is offered.
  for (int n = 1; n <= map_.slots; ++n)
    if (slot_of(map_, after_, n)[flag_at(map_)] != 1)
      writes_.push_back(step::write(map_.write_base
                                      + static_cast<int>(map_.slot_at(n))
                                      + map_.handshake.offset,
                                    {1}));
  begin_writes();
  if (writes_.empty())
    finish();
}

void withdraw_job::begin_writes() {
  for (auto& each : writes_)
    each.not_after = *looked_at_ + plan_lifetime;
  begun_ = begun_ || !writes_.empty();
}

void withdraw_job::feed_write(const answer& got) {
  if (!got.ok())
    return fail(describe(writes_[at_], got));
  repeated_ = repeated_ || got.attempts > 1;
  if (++at_ < writes_.size())
    return;
  if (phase_ == phase::clear)
    begin_area(phase::look_again, map_.write_base);
  else
    finish();
}

void withdraw_job::finish() {
  prove();
  if (repeated_)
    phase_ = phase::rest;
  else
    ended_ = true;
}

void withdraw_job::fail(std::string why) {
  failure_ = std::move(why);
  if (begun_)
    phase_ = phase::rest;
  else
    ended_ = true;
}

void withdraw_job::begin_area(phase now, int base) {
  phase_ = now;
  area_.emplace(map_, base, limit_);
  if (now != phase::look_at_read)
    looked_at_.reset();
}

void withdraw_job::prove() {
  for (const auto& batch : batches_) {
    if (shown_in_read(batch))
      continue;
    if (untouched(batch))
      found_.not_taken.push_back(batch.mo_id);
    else if (!named_in_write(batch))
      found_.absent.push_back(batch.mo_id);
  }
}

bool withdraw_job::shown_in_read(const events::slot_order& batch) const {
  return named_anywhere(map_, read_, batch.mo_id);
}

bool withdraw_job::named_in_write(const events::slot_order& batch) const {
  return named_anywhere(map_, before_, batch.mo_id);
}

bool withdraw_job::untouched(const events::slot_order& batch) const {
  const auto slot = slot_of(map_, before_, batch.slot);
  if (!names(map_, slot, batch.mo_id))
    return false;
  const auto own_flag = [&](const words& area) {
    return slot_of(map_, area, batch.slot)[flag_at(map_)];
  };
  const bool flag_given
    = batch.slot > 1 && (own_flag(before_) != 0 || own_flag(after_) != 0);
  if (flag_given)
    return false;
  // Our write was interrupted: the handshake was never given.
  if (marker_in(map_, before_) == marker::ready)
    return true;
  // Only an emptied area proves that it is not taken a moment later.
  return empty_ && handshake_of(map_, before_) == 0
         && handshake_of(map_, after_) == 0;
}

} // namespace millrace::plc
