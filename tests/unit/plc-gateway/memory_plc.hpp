#pragma once

#include "common/events/messages.hpp"
#include "services/plc-gateway/plc_map.hpp"
#include "services/plc-gateway/step.hpp"

#include <functional>
#include <string>
#include <vector>

// A PLC for tests of jobs: its data memory, what was done to it, and a ladder
// program that takes batches. Addresses are written out, not taken from a map.

namespace millrace::plc::test {

inline plc_map default_map() {
  return load_map(default_map_text()).map;
}

/// When a ladder program takes what stands in WRITE.
enum class program {
  /// Takes nothing.
  none,
  /// D7076 has gone from 1 to 0 since the last scan.
  edge,
  /// D7076 is 0 and slot 1 (or `first_slot`) has a name.
  level,
  /// A write frame has put 0 into D7076, whatever was there.
  written
};

struct memory_plc {
  words memory = words(32768, 0);
  program takes = program::none;
  bool shows_in_read = true;
  int first_slot = 1;
  /// Longer reads are refused with end code 1001; 0: none.
  int longest_read = 0;

  /// The gateway's steady clock; how much of it each frame takes.
  std::chrono::steady_clock::time_point now{std::chrono::hours{1}};
  std::chrono::milliseconds frame_takes{0};

  std::vector<std::string> taken;
  /// Without their not_after; withheld ones are not among them.
  std::vector<step> steps;

  memory_plc() {
    // Somebody else's words between the slots must stay as they are.
    for (int base : {6000, 7000})
      for (int slot = 0; slot < 9; ++slot)
        for (int i = 77; i < 100; ++i)
          at(base + 100 * slot + i) = static_cast<std::uint16_t>(0xA000 + i);
  }

  std::uint16_t& at(int address) {
    return memory.at(static_cast<std::size_t>(address));
  }

  answer execute(const step& asked) {
    answer got;
    if (asked.not_after && now >= *asked.not_after) {
      got.how = answer::kind::outdated;
      got.attempts = 0;
      return got;
    }
    steps.push_back(asked);
    steps.back().not_after.reset();
    const auto asked_at = now;
    now += asked.what == step::kind::pause ? asked.length : frame_takes;
    if (asked.what == step::kind::write)
      write(asked);
    else if (asked.what == step::kind::read)
      got = read(asked);
    got.asked_at = asked_at;
    scan();
    return got;
  }

  std::string name_at(int address) const {
    std::string name;
    for (int i = 0; i < 8; ++i) {
      const auto word = memory.at(static_cast<std::size_t>(address + i));
      for (const int c : {word >> 8, word & 0xFF})
        if (c != 0)
          name += static_cast<char>(c);
    }
    return name;
  }

  bool others_words_untouched() const {
    const memory_plc fresh;
    for (int base : {6000, 7000})
      for (int slot = 0; slot < 9; ++slot)
        for (int i = 77; i < 100; ++i) {
          const auto a = static_cast<std::size_t>(base + 100 * slot + i);
          if (memory[a] != fresh.memory[a])
            return false;
        }
    return true;
  }

  /// As after the plant's earlier queues: everything read.
  void handshakes_ready() {
    for (int slot = 0; slot < 10; ++slot)
      at(7076 + 100 * slot) = 1;
    before_ = 1;
  }

  int frames() const {
    int count = 0;
    for (const auto& one : steps)
      count += one.what != step::kind::pause;
    return count;
  }

private:
  answer read(const step& asked) {
    answer got;
    if (longest_read > 0 && asked.count > longest_read) {
      got.how = answer::kind::refused;
      got.code.code = 0x1001;
      return got;
    }
    const auto from = memory.begin() + asked.address;
    got.data.assign(from, from + asked.count);
    return got;
  }

  void write(const step& asked) {
    std::copy(asked.data.begin(), asked.data.end(),
              memory.begin() + asked.address);
    if (takes == program::written && asked.address <= 7076
        && asked.address + asked.count > 7076 && at(7076) == 0)
      take();
  }

  void scan() {
    const auto now = at(7076);
    const int first_name = 7001 + 100 * (first_slot - 1);
    if ((takes == program::edge && before_ == 1 && now == 0)
        || (takes == program::level && now == 0 && at(first_name) != 0))
      take();
    before_ = at(7076);
  }

  void take() {
    for (int slot = 0; slot < 10; ++slot) {
      if (at(7001 + 100 * slot) != 0) {
        taken.push_back(name_at(7001 + 100 * slot));
        if (shows_in_read)
          std::copy_n(memory.begin() + 7000 + 100 * slot, 72,
                      memory.begin() + 6000 + 100 * slot);
      }
      at(7076 + 100 * slot) = 1;
    }
  }

  std::uint16_t before_ = 0;
};

inline events::slot_order order_for(int slot, const std::string& prefix) {
  events::slot_order order;
  order.slot = slot;
  order.mo_id = prefix + (slot < 10 ? "0" : "") + std::to_string(slot);
  order.bom_code = "BOM-1";
  order.finished_goods = "JF SAPOT";
  order.quantity = kilograms::from_milli(1'000'000);
  order.consumption[2] = kilograms::from_milli(300'000);
  return order;
}

inline std::vector<events::slot_order>
queue_of(int first, int last, const std::string& prefix = "WH/MO/000") {
  std::vector<events::slot_order> batches;
  for (int slot = first; slot <= last; ++slot)
    batches.push_back(order_for(slot, prefix));
  return batches;
}

} // namespace millrace::plc::test
