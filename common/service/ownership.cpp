#include "common/service/ownership.hpp"

#include <algorithm>
#include <utility>

namespace millrace::service {

namespace {

using events::claim_status;

/// Instances that are gone are remembered for this long: a message of theirs
/// that the broker repeats must not pass for a new one.
constexpr std::chrono::minutes memory{2};

} // namespace

ownership::ownership(std::string service, std::string instance,
                     std::vector<std::string> lines, timing chosen)
  : service_(std::move(service)), instance_(std::move(instance)),
    lines_(std::move(lines)), timing_(chosen) {
}

void ownership::connected(time_point now) {
  disconnected();
  ++connections_;
  online_ = true;
  echoed_ = true;
  on_its_way_ = false;
  last_echo_ = now;
  next_due_ = now;
}

void ownership::disconnected() {
  online_ = false;
  heard_myself_ = false;
  claiming_ = false;
  last_claim_is_mine_ = false;
  lease_from_.reset();
}

void ownership::overslept(time_point now) {
  last_echo_ = now;
}

std::optional<events::instance_claim> ownership::due(time_point now) {
  if (!online_ || on_its_way_ || released_ || now < next_due_)
    return std::nullopt;
  if (!echoed_ && now < sent_at_ + timing_.lease)
    return std::nullopt;
  if (claiming_ && lapsed(now)) {
    // Others may have claimed meanwhile: what they said comes before what we
    // say now.
    claiming_ = false;
    heard_myself_ = false;
  }
  if (!claiming_ && heard_myself_ && !lines_.empty() && !rival(now)) {
    claiming_ = true;
    claiming_since_ = now;
    lease_from_.reset();
  }
  on_its_way_ = true;
  sent_at_ = now;
  sent_claim_ = claiming_;
  echoed_ = false;
  next_due_ = now + timing_.beat;
  return say(claiming_ ? claim_status::claims : claim_status::stands_by);
}

std::optional<std::string> ownership::rival(time_point now) const {
  for (const auto& [instance, each] : others_)
    if (each.claimed && now < *each.claimed + timing_.patience)
      return instance;
  return std::nullopt;
}

bool ownership::lapsed(time_point now) const {
  return now >= lease_from_.value_or(claiming_since_) + timing_.lease;
}

events::instance_claim ownership::say(claim_status status) {
  events::instance_claim message;
  message.service = service_;
  message.instance = instance_;
  message.status = status;
  message.beat = ++beat_;
  message.lines = lines_;
  return message;
}

events::instance_claim ownership::release() {
  disconnected();
  released_ = true;
  return say(claim_status::released);
}

void ownership::heard(const events::instance_claim& said, time_point now) {
  if (said.service != service_)
    return;
  if (said.instance == instance_)
    return heard_self(said, now);
  if (!overlaps(said.lines))
    return;
  auto& sender = others_[said.instance];
  // Sent again by the broker, or older than what we know.
  if (said.beat <= sender.beat)
    return;
  sender.beat = said.beat;
  sender.seen = now;
  if (said.status == claim_status::claims) {
    sender.claimed = now;
    step_down(now);
  } else if (std::exchange(sender.claimed, std::nullopt) && heard_myself_) {
    next_due_ = now;
  }
  forget_the_gone(now);
}

void ownership::heard_self(const events::instance_claim& said, time_point now) {
  // Of before the connection was lost, or given up: nothing follows from it.
  if (!online_ || said.beat != beat_ || echoed_)
    return;
  echoed_ = true;
  last_echo_ = now;
  if (!std::exchange(heard_myself_, true))
    next_due_ = now;
  if (sent_claim_ && claiming_) {
    last_claim_is_mine_ = true;
    lease_from_ = sent_at_;
  }
}

void ownership::step_down(time_point now) {
  last_claim_is_mine_ = false;
  // A claim of ours that is still on its way comes after this one.
  if (!claiming_ || (sent_claim_ && !echoed_))
    return;
  claiming_ = false;
  next_due_ = now;
}

bool ownership::overlaps(const std::vector<std::string>& lines) const {
  return std::any_of(lines.begin(), lines.end(), [this](const auto& line) {
    return std::find(lines_.begin(), lines_.end(), line) != lines_.end();
  });
}

void ownership::forget_the_gone(time_point now) {
  std::erase_if(others_, [now](const auto& each) {
    return each.second.seen + memory < now;
  });
}

ownership::window ownership::active() const {
  if (!claiming_ || !last_claim_is_mine_ || !lease_from_)
    return {};
  window found{time_point::min(), *lease_from_ + timing_.lease};
  for (const auto& [instance, each] : others_)
    if (each.claimed)
      found.from = std::max(found.from, *each.claimed + timing_.patience);
  return found;
}

std::optional<ownership::time_point> ownership::deaf(time_point now) const {
  if (!online_ || now < last_echo_ + timing_.deaf_after)
    return std::nullopt;
  return last_echo_;
}

} // namespace millrace::service
