#pragma once

#include "tests/simulation/clockwork.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace millrace::simulation {

using mill_words = std::vector<std::uint16_t>;
/// Hundredths of a kilogram, as the words hold them.
using centi_kg = std::uint32_t;
using doses = std::array<centi_kg, 15>;

/// What the mill was told to make: one WRITE slot when it was taken.
struct recipe {
  int slot = 0;
  std::string name; // as cut by the field
  centi_kg quantity = 0;
  doses planned{};
  /// Everything before the statuses, as it goes into the report.
  mill_words words;
};

/// What it made of it.
struct product {
  recipe ordered;
  doses actual{};
  centi_kg weight = 0;
  bool finished = false;
  bool failed = false;
  bool acknowledged = false;
};

struct mill_build {
  int slots = 1;
  int stride = 80;
  /// Takes a queue whenever D7076 is 0, else only after a write of 0 to it.
  bool by_level = false;
  /// D7076 and all flags are 0 at first, as when the PLC was just loaded.
  bool commissioning = false;
  /// From a batch's begin to its first figures.
  instant slowness = 300;
};

/// The imagined PLC and its program, written from FACTS 2 alone; its ledger is
/// what is compared with everybody else's words.
class mill {
public:
  static constexpr int read_base = 6000;
  static constexpr int write_base = 7000;

  mill(clockwork& clock, mill_build build);

  /// Only while it has power.
  mill_words read(int address, int count) const;
  void write(int address, const mill_words& data);
  bool has_power() const {
    return clock_.now >= power_back_;
  }
  void power_off(instant length) {
    power_back_ = clock_.now + length;
  }

  /// Nothing offered, nothing under way, every finished slot acknowledged.
  bool at_rest() const;

  /// Before a slot's report counts as acknowledged.
  std::function<void(const product&)> on_acknowledged;
  /// A recipe has been taken; true when it is one that was ordered.
  std::function<bool(const recipe&)> is_ordered;
  /// A person has taken care of it, whatever is still reported.
  std::function<bool(const recipe&)> is_solved;
  /// How often it may be made.
  std::function<int(const recipe&)> runs_allowed;

  /// In order of taking.
  std::vector<product> ledger;
  instant last_change = 0;

private:
  std::size_t word(int address) const;
  std::size_t read_slot(int slot) const;
  std::size_t write_slot(int slot) const;
  centi_kg number_at(std::size_t at) const;
  void put_number(std::size_t at, centi_kg value);
  void check_write(int address, const mill_words& data);
  bool is_named(int slot) const;
  void notice_offer(bool zero_was_written);
  void try_take();
  recipe recipe_in(int slot) const;
  void take();
  void start_next();
  void advance(std::size_t number, int step, int steps);
  void report(const product& one);
  /// Does it, later when there is no power now.
  void powered(instant pause, std::function<void()> what);

  clockwork& clock_;
  mill_build build_;
  mill_words memory_; // READ, then WRITE
  std::size_t area_ = 0;
  instant power_back_ = 0;
  bool offered_ = false;
  bool was_one_ = false;
  bool running_ = false;
  std::size_t next_ = 0; // of the ledger, to be made
};

} // namespace millrace::simulation
