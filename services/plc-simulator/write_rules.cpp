#include "services/plc-simulator/write_rules.hpp"

#include <optional>

namespace millrace::plc_sim {

namespace {

/// Handshakes of equipment failure and manual weighing: ours to set to 1.
constexpr int failure_flag = 8022;
constexpr int weighing_flag = 9012;

struct place {
  int slot = 0;
  int offset = 0;
};

/// Where an address stands in the ten slots from `base` on, gaps included.
std::optional<place> place_in(int base, int address) {
  const int distance = address - base;
  if (distance < 0 || distance >= slot_distance * (slot_count - 1) + slot_size)
    return std::nullopt;
  return place{distance / slot_distance + 1, distance % slot_distance};
}

bool finished(const words& memory, int slot) {
  return memory.at(slot_start(read_base, slot) + offset::manufacturing) == 1;
}

/// The rule that writing `value` breaks in a READ slot; empty: none.
std::string broken_in_read(const words& memory, place where, word value) {
  if (where.offset >= slot_size)
    return "between_slots";
  if (where.offset != offset::read_data || value != 1)
    return "read_area";
  return finished(memory, where.slot) ? "" : "early_acknowledge";
}

std::string broken_in_write(place where, bool changes, word value,
                            bool queue_offered) {
  if (where.offset >= slot_size)
    return "between_slots";
  const bool status = where.offset == offset::manufacturing
                      || where.offset == offset::operation;
  if (status && value != 0)
    return "status_set";
  const bool handshake = where.slot == 1 && where.offset == offset::read_data;
  // Emptying is how a queue is taken back.
  const bool altered = changes && value != 0 && !handshake;
  return queue_offered && altered ? "changed_before_taken" : "";
}

std::string broken_by(const words& memory, int address, word value,
                      bool queue_offered) {
  if (const auto where = place_in(read_base, address))
    return broken_in_read(memory, *where, value);
  if (const auto where = place_in(write_base, address))
    return broken_in_write(*where, memory.at(address) != value, value,
                           queue_offered);
  const bool ours = address == failure_flag || address == weighing_flag;
  return ours ? "" : "foreign_words";
}

} // namespace

std::vector<violation> broken_rules(const words& memory, int address,
                                    const words& data, bool queue_offered,
                                    instant now) {
  std::map<std::string, int> first;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const int here = address + static_cast<int>(i);
    const auto rule = broken_by(memory, here, data[i], queue_offered);
    if (!rule.empty())
      first.emplace(rule, here);
  }
  std::vector<violation> found;
  for (const auto& [rule, where] : first)
    found.push_back({rule,
                     "D" + std::to_string(where) + " in a write of D"
                       + std::to_string(address) + " x "
                       + std::to_string(data.size()),
                     now});
  return found;
}

std::vector<int> acknowledged_slots(const words& memory, int address,
                                    const words& data) {
  std::vector<int> slots;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const int here = address + static_cast<int>(i);
    const auto where = place_in(read_base, here);
    if (where && where->offset == offset::read_data && data[i] == 1
        && memory.at(here) == 0 && finished(memory, where->slot))
      slots.push_back(where->slot);
  }
  return slots;
}

} // namespace millrace::plc_sim
