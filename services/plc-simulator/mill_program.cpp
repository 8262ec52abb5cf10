#include "services/plc-simulator/mill_program.hpp"

#include "services/plc-simulator/write_rules.hpp"

#include <algorithm>
#include <utility>

namespace millrace::plc_sim {

namespace {

/// A batch reports in so many steps, the dosing points one after another.
constexpr int progress_steps = 20;
constexpr int failing_step = progress_steps / 2;

std::uint32_t fnv1a(std::string_view text) {
  std::uint32_t hash = 2166136261u;
  for (const unsigned char c : text)
    hash = (hash ^ c) * 16777619u;
  return hash;
}

/// Dosed so far: the points with a target share the steps in their order.
std::array<centi_kg, point_count>
dosed(const std::array<centi_kg, point_count>& target, int step) {
  const auto used = static_cast<int>(
    std::count_if(target.begin(), target.end(), [](auto m) { return m > 0; }));
  std::array<centi_kg, point_count> so_far{};
  int turn = 0;
  for (int i = 0; i < point_count; ++i) {
    if (target[i] == 0)
      continue;
    const auto share
      = std::clamp(step * used - turn * progress_steps, 0, progress_steps);
    so_far[i] = static_cast<centi_kg>(std::uint64_t{target[i]} * share
                                      / progress_steps);
    ++turn;
  }
  return so_far;
}

centi_kg sum(const std::array<centi_kg, point_count>& masses) {
  std::uint64_t total = 0;
  for (const auto mass : masses)
    total += mass;
  return static_cast<centi_kg>(total);
}

std::set<std::string> cut_names(const std::set<std::string>& names) {
  std::set<std::string> cut;
  for (const auto& name : names)
    cut.insert(name.substr(0, 16));
  return cut;
}

} // namespace

centi_kg actual_mass(std::string_view order, int point_id, centi_kg planned) {
  const auto seed = std::string{order} + ":" + std::to_string(point_id);
  const auto per_myriad = static_cast<std::int64_t>(fnv1a(seed) % 301) - 150;
  return static_cast<centi_kg>(planned + planned * per_myriad / 10000);
}

mill_program::mill_program(mill_settings chosen, words& memory,
                           mill_ledger& ledger)
  : settings_(std::move(chosen)), memory_(memory), ledger_(ledger) {
  settings_.failing = cut_names(settings_.failing);
  settings_.weightless = cut_names(settings_.weightless);
}

void mill_program::write(int address, const words& data, instant now) {
  for (auto& broken :
       broken_rules(memory_, address, data, take_at_.has_value(), now))
    ledger_.violations.push_back(std::move(broken));
  for (const int slot : acknowledged_slots(memory_, address, data))
    note_acknowledged(slot, now);
  std::copy(data.begin(), data.end(), memory_.begin() + address);
  notice_handshake(address, data, now);
}

void mill_program::notice_handshake(int address, const words& data,
                                    instant now) {
  const int index = handshake_address - address;
  if (index < 0 || index >= static_cast<int>(data.size()))
    return;
  if (data[index] != 0)
    take_at_.reset();
  else if (!take_at_ && any_order_offered(memory_))
    take_at_ = now + settings_.take_delay;
}

void mill_program::note_acknowledged(int slot, instant now) {
  for (auto it = ledger_.produced.rbegin(); it != ledger_.produced.rend(); ++it)
    if (it->ordered.slot == slot && it->final_report.finished) {
      it->acknowledged = now;
      return;
    }
}

void mill_program::step(instant now) {
  if (take_at_ && !held_ && now >= *take_at_ && ready_for_queue())
    take_queue(now);
  start_batches(now);
  std::erase_if(running_,
                [&](running_batch& batch) { return advance(batch, now); });
  start_batches(now);
}

bool mill_program::ready_for_queue() const {
  if (!waiting_.empty() || !running_.empty())
    return false;
  for (int slot = 1; slot <= slot_count; ++slot) {
    const int start = slot_start(read_base, slot);
    if (memory_[start + offset::manufacturing] == 1
        && memory_[start + offset::read_data] != 1)
      return false;
  }
  return true;
}

void mill_program::take_queue(instant now) {
  take_at_.reset();
  for (int slot = 1; slot <= slot_count; ++slot) {
    const auto ordered = recipe_at(memory_, slot);
    if (ordered.order.empty())
      continue;
    take(ordered, now);
    memory_[slot_start(write_base, slot) + offset::read_data] = 1;
  }
  memory_[handshake_address] = 1;
}

void mill_program::take(const recipe& ordered, instant now) {
  const auto violate = [&](const char* kind) {
    ledger_.violations.push_back(
      {kind, ordered.order + " in slot " + std::to_string(ordered.slot), now});
  };
  const bool again = std::any_of(
    ledger_.taken.begin(), ledger_.taken.end(),
    [&](const auto& t) { return t.ordered.order == ordered.order && !t.lost; });
  if (again)
    violate("taken_twice");
  if (ordered.batch != ordered.slot)
    violate("wrong_batch_number");
  for (int i = 0; i < point_count; ++i)
    if (ordered.doses[i].id != first_point_id + i) {
      violate("wrong_point_id");
      break;
    }
  ledger_.taken.push_back({ordered, now, false});
  waiting_.push_back(ordered);
}

void mill_program::start_batches(instant now) {
  while (!waiting_.empty()
         && static_cast<int>(running_.size()) < settings_.parallel) {
    running_batch batch;
    batch.ordered = waiting_.front();
    waiting_.erase(waiting_.begin());
    batch.started = now;
    for (int i = 0; i < point_count; ++i)
      batch.target[i] = actual_mass(batch.ordered.order, first_point_id + i,
                                    batch.ordered.doses[i].mass);
    const int start = slot_start(read_base, batch.ordered.slot);
    if (memory_[start + offset::manufacturing] == 1
        && memory_[start + offset::read_data] != 1)
      ledger_.violations.push_back({"overwritten_unacknowledged",
                                    text_at(memory_, start + offset::order)
                                      + " in slot "
                                      + std::to_string(batch.ordered.slot),
                                    now});
    running_.push_back(std::move(batch));
  }
}

bool mill_program::advance(running_batch& batch, instant now) {
  const auto elapsed = now - batch.started;
  const int step = static_cast<int>(std::min<std::int64_t>(
    elapsed * progress_steps / settings_.batch_time, progress_steps));
  if (step == batch.reported)
    return false;
  batch.reported = step;
  report state;
  state.failed
    = step >= failing_step && settings_.failing.contains(batch.ordered.order);
  state.finished = step == progress_steps && !state.failed;
  state.actual = dosed(batch.target, state.failed ? failing_step : step);
  if (state.finished && !settings_.weightless.contains(batch.ordered.order))
    state.weight = sum(state.actual);
  put_report(memory_, batch.ordered, state);
  if (!state.finished && !state.failed)
    return false;
  ledger_.produced.push_back({batch.ordered, state, batch.started, now, {}});
  return true;
}

void mill_program::hold_handshake(bool held) {
  held_ = held;
}

void mill_program::forget() {
  const auto lose = [&](const recipe& unmade) {
    for (auto& taken : ledger_.taken)
      if (taken.ordered.order == unmade.order)
        taken.lost = true;
  };
  for (const auto& unmade : waiting_)
    lose(unmade);
  for (const auto& batch : running_)
    lose(batch.ordered);
  take_at_.reset();
  waiting_.clear();
  running_.clear();
}

} // namespace millrace::plc_sim
