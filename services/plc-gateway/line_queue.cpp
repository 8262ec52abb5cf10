#include "services/plc-gateway/line_queue.hpp"

#include <algorithm>
#include <array>

namespace millrace::plc {

namespace {

bool same(const events::plc_acknowledge& one,
          const events::plc_acknowledge& other) {
  return one.slot == other.slot && one.mo_id == other.mo_id
         && one.weight == other.weight;
}

template <class Command>
bool expired(const Command& command, line_queue::wall_time now) {
  const auto until = parse_utc(command.expires_at);
  return until && *until <= now;
}

} // namespace

std::string_view name_of(refusal why) {
  constexpr std::array<std::string_view, 6> names{
    "none", "duplicate", "old_stage", "expired", "malformed", "too_many"};
  return names.at(static_cast<std::size_t>(why));
}

template <class Wish>
Wish* line_queue::waiting() {
  for (auto& one : waiting_)
    if (auto* found = std::get_if<Wish>(&one))
      return found;
  return nullptr;
}

void line_queue::add(read_wish wanted) {
  auto* first = waiting<read_wish>();
  if (!first) {
    waiting_.emplace_back(std::move(wanted));
    return;
  }
  first->full = first->full || wanted.full;
  std::ranges::move(wanted.waiting, std::back_inserter(first->waiting));
}

void line_queue::add(inspect_wish wanted) {
  for (auto& one : waiting_) {
    auto* other = std::get_if<inspect_wish>(&one);
    if (other && other->area == wanted.area) {
      std::ranges::move(wanted.waiting, std::back_inserter(other->waiting));
      return;
    }
  }
  waiting_.emplace_back(std::move(wanted));
}

refusal line_queue::add(write_wish wanted, wall_time now) {
  const auto stage = wanted.command.stage;
  if (!parse_utc(wanted.command.expires_at))
    return refusal::malformed;
  if (expired(wanted.command, now))
    return refusal::expired;
  if (wanted.command.only_look)
    return add_look(std::move(wanted));
  if ((highest_stage_ && stage < *highest_stage_) || is_withdrawn(stage))
    return refusal::old_stage;
  highest_stage_ = stage;
  if (writing_stage_ == stage)
    return refusal::duplicate;
  auto* first = waiting<write_wish>();
  if (!first)
    waiting_.emplace_back(std::move(wanted));
  else
    *first = std::move(wanted);
  return refusal::none;
}

// A look takes no write's place, and asks about any queue: that of a restored
// database is older than what was written since.
refusal line_queue::add_look(write_wish wanted) {
  auto* first = waiting<write_wish>();
  if (!first)
    waiting_.emplace_back(std::move(wanted));
  else if (first->command.only_look)
    *first = std::move(wanted);
  else
    return refusal::duplicate;
  return refusal::none;
}

refusal line_queue::add(acknowledge_wish wanted) {
  std::size_t waiting_already = 0;
  for (const auto& one : waiting_) {
    const auto* other = std::get_if<acknowledge_wish>(&one);
    if (!other)
      continue;
    if (same(other->command, wanted.command))
      return refusal::duplicate;
    ++waiting_already;
  }
  if (waiting_already >= most_acknowledges)
    return refusal::too_many;
  waiting_.emplace_back(std::move(wanted));
  return refusal::none;
}

refusal line_queue::add(withdraw_wish wanted, wall_time now) {
  if (!parse_utc(wanted.command.expires_at))
    return refusal::malformed;
  if (expired(wanted.command, now))
    return refusal::expired;
  if (highest_stage_ && wanted.command.stage < *highest_stage_)
    return refusal::old_stage;
  if (auto* first = waiting<withdraw_wish>())
    *first = std::move(wanted);
  else
    waiting_.emplace_back(std::move(wanted));
  return refusal::none;
}

void line_queue::withdraw(std::int64_t stage) {
  withdrawn_stage_ = std::max(withdrawn_stage_.value_or(stage), stage);
}

bool line_queue::is_withdrawn(std::int64_t stage) const {
  return withdrawn_stage_ && stage <= *withdrawn_stage_;
}

std::optional<wish> line_queue::next(wall_time now) {
  writing_stage_.reset();
  expired_stage_.reset();
  while (!waiting_.empty()) {
    auto first = std::move(waiting_.front());
    waiting_.pop_front();
    const auto* write = std::get_if<write_wish>(&first);
    if (write && is_withdrawn(write->command.stage))
      continue;
    if (write && expired(write->command, now)) {
      expired_stage_ = write->command.stage;
      continue;
    }
    if (write && !write->command.only_look)
      writing_stage_ = write->command.stage;
    return first;
  }
  return std::nullopt;
}

} // namespace millrace::plc
