#include "tests/simulation/mill.hpp"

#include <algorithm>

namespace millrace::simulation {

namespace {

// Offsets in a slot (FACTS 2).
constexpr std::size_t name_at = 1;
constexpr std::size_t name_words = 8;
constexpr std::size_t quantity_at = 25;
constexpr std::size_t dosing_at = 27;
constexpr std::size_t manufacturing_at = 72;
constexpr std::size_t operation_at = 73;
constexpr std::size_t weight_at = 74;
constexpr std::size_t flag_at = 76;
constexpr std::size_t slot_words = 77;

[[noreturn]] void broken(const std::string& what) {
  throw violation{"mill: " + what};
}

} // namespace

mill::mill(clockwork& clock, mill_build build)
  : clock_(clock), build_(build),
    area_(static_cast<std::size_t>(build.stride * (build.slots - 1))
          + slot_words) {
  memory_.assign(2 * area_, 0);
  if (!build_.commissioning)
    for (int slot = 1; slot <= build_.slots; ++slot)
      memory_[write_slot(slot) + flag_at] = 1;
  was_one_ = !build_.commissioning;
  ledger.reserve(8);
}

std::size_t mill::word(int address) const {
  return address >= write_base
           ? area_ + static_cast<std::size_t>(address - write_base)
           : static_cast<std::size_t>(address - read_base);
}

std::size_t mill::read_slot(int slot) const {
  return static_cast<std::size_t>(build_.stride * (slot - 1));
}

std::size_t mill::write_slot(int slot) const {
  return area_ + read_slot(slot);
}

centi_kg mill::number_at(std::size_t at) const {
  return static_cast<centi_kg>(memory_[at]) << 16 | memory_[at + 1];
}

void mill::put_number(std::size_t at, centi_kg value) {
  memory_[at] = static_cast<std::uint16_t>(value >> 16);
  memory_[at + 1] = static_cast<std::uint16_t>(value & 0xffff);
}

mill_words mill::read(int address, int count) const {
  const auto from
    = memory_.begin() + static_cast<std::ptrdiff_t>(word(address));
  return {from, from + count};
}

void mill::check_write(int address, const mill_words& data) {
  if (address >= write_base)
    return;
  const auto at = word(address);
  const auto in_slot = at % static_cast<std::size_t>(build_.stride);
  if (data.size() != 1 || in_slot != flag_at || data[0] != 1)
    broken("a write to READ that is no acknowledge");
  if (memory_[at] == 1)
    return;
  const int slot = 1 + static_cast<int>(at) / build_.stride;
  // What the slot shows is the newest batch that was begun in it.
  for (auto number = next_; number-- > 0;) {
    auto& one = ledger[number];
    if (one.ordered.slot != slot)
      continue;
    if (!one.finished)
      broken(one.ordered.name + " is acknowledged and not finished");
    on_acknowledged(one);
    one.acknowledged = true;
    return;
  }
  broken("slot " + std::to_string(slot) + " is acknowledged and was not used");
}

void mill::write(int address, const mill_words& data) {
  check_write(address, data);
  const auto at = word(address);
  std::copy(data.begin(), data.end(),
            memory_.begin() + static_cast<std::ptrdiff_t>(at));
  const auto handshake = write_slot(1) + flag_at;
  const bool over_handshake = at <= handshake && handshake < at + data.size();
  notice_offer(over_handshake && memory_[handshake] == 0);
  if (address < write_base && offered_)
    powered(20, [this] { try_take(); });
}

bool mill::is_named(int slot) const {
  return memory_[write_slot(slot) + name_at] != 0;
}

void mill::notice_offer(bool zero_was_written) {
  if (offered_ || memory_[write_slot(1) + flag_at] != 0)
    return;
  bool any = false;
  for (int slot = 1; slot <= build_.slots; ++slot)
    any = any || is_named(slot);
  // At the first commissioning a program by level waits for slot 1.
  const bool level = build_.by_level && (was_one_ || is_named(1));
  if (!any || !(zero_was_written || level))
    return;
  offered_ = true;
  powered(10 + 40 * clock_.chance.pick(3), [this] { try_take(); });
}

void mill::try_take() {
  if (!offered_ || running_ || next_ < ledger.size())
    return;
  if (memory_[write_slot(1) + flag_at] != 0) {
    offered_ = false; // taken back
    return;
  }
  for (int slot = 1; slot <= build_.slots; ++slot)
    if (memory_[read_slot(slot) + manufacturing_at] == 1
        && memory_[read_slot(slot) + flag_at] != 1)
      return;
  take();
}

recipe mill::recipe_in(int slot) const {
  const auto start = write_slot(slot);
  recipe found;
  found.slot = slot;
  for (std::size_t i = 0; i < name_words; ++i)
    for (const int shift : {8, 0})
      if (const auto c = memory_[start + name_at + i] >> shift & 0xff; c != 0)
        found.name += static_cast<char>(c);
  found.quantity = number_at(start + quantity_at);
  for (std::size_t i = 0; i < found.planned.size(); ++i)
    found.planned[i] = number_at(start + dosing_at + 3 * i + 1);
  const auto first = memory_.begin() + static_cast<std::ptrdiff_t>(start);
  found.words.assign(first,
                     first + static_cast<std::ptrdiff_t>(manufacturing_at));
  return found;
}

void mill::take() {
  offered_ = false;
  for (int slot = 1; slot <= build_.slots; ++slot) {
    if (!is_named(slot))
      continue;
    auto ordered = recipe_in(slot);
    clock_.say([&] { return "mill takes " + ordered.name; });
    if (std::count_if(ledger.begin(), ledger.end(),
                      [&](const auto& earlier) {
                        return earlier.ordered.quantity == ordered.quantity;
                      })
        >= runs_allowed(ordered))
      broken(ordered.name + " is taken twice");
    if (!is_ordered(ordered))
      broken("slot " + std::to_string(slot) + " holds " + ordered.name
             + " with another recipe than ordered");
    ledger.push_back({std::move(ordered), {}, 0, false, false, false});
    memory_[write_slot(slot) + flag_at] = 1;
  }
  memory_[write_slot(1) + flag_at] = 1;
  was_one_ = true;
  last_change = clock_.now;
  start_next();
}

void mill::start_next() {
  if (running_ || next_ == ledger.size())
    return;
  running_ = true;
  const auto number = next_++;
  report(ledger[number]);
  const int steps = 1 + static_cast<int>(clock_.chance.pick(3));
  powered(build_.slowness,
          [this, number, steps] { advance(number, 1, steps); });
}

void mill::advance(std::size_t number, int step, int steps) {
  auto& one = ledger[number];
  last_change = clock_.now;
  const auto share = [&](centi_kg planned) {
    return static_cast<centi_kg>(std::uint64_t{planned} * (100 + number)
                                 * static_cast<unsigned>(step)
                                 / static_cast<unsigned>(100 * steps));
  };
  one.weight = 0;
  for (std::size_t i = 0; i < one.actual.size(); ++i)
    one.weight += one.actual[i] = share(one.ordered.planned[i]);
  const bool last = step == steps;
  const bool strange = clock_.strikes(fault::mill_failure);
  const unsigned kind = strange ? clock_.chance.pick(3) : 0;
  one.failed = strange && kind == 0;
  one.finished = last && !one.failed;
  if (one.finished && strange && kind == 1)
    one.weight = 0;
  report(one);
  clock_.say([&] {
    return "mill reports " + one.ordered.name + " step " + std::to_string(step)
           + "/" + std::to_string(steps)
           + (one.failed     ? " FAILED"
              : one.finished ? " finished"
                             : "")
           + (one.finished && one.weight == 0 ? " with weight 0" : "");
  });
  if (one.finished || one.failed) {
    running_ = false;
    start_next();
    if (offered_)
      try_take();
    return;
  }
  // An impossible value for a moment, until the next step.
  if (strange && kind == 2)
    memory_[read_slot(one.ordered.slot) + operation_at] = 7;
  powered(400 + 800 * clock_.chance.pick(4),
          [this, number, step, steps] { advance(number, step + 1, steps); });
}

void mill::report(const product& one) {
  const auto to = read_slot(one.ordered.slot);
  std::copy(one.ordered.words.begin(), one.ordered.words.end(),
            memory_.begin() + static_cast<std::ptrdiff_t>(to));
  for (std::size_t i = 0; i < one.actual.size(); ++i)
    put_number(to + dosing_at + 3 * i + 1, one.actual[i]);
  memory_[to + manufacturing_at] = one.finished;
  memory_[to + operation_at] = one.failed;
  put_number(to + weight_at, one.finished ? one.weight : 0);
  memory_[to + flag_at] = 0;
}

void mill::powered(instant pause, std::function<void()> what) {
  clock_.after(pause, [this, what = std::move(what)] {
    if (has_power())
      what();
    else
      powered(power_back_ - clock_.now + 10, what);
  });
}

bool mill::at_rest() const {
  if (offered_ || running_ || next_ < ledger.size() || !has_power())
    return false;
  return std::all_of(ledger.begin(), ledger.end(), [this](const auto& one) {
    return one.acknowledged || one.failed || is_solved(one.ordered);
  });
}

} // namespace millrace::simulation
