#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// The simulated PLC's data memory and where things stand in it (FACTS 2).
// Written from FACTS alone, on purpose without the map that the services use.

namespace millrace::plc_sim {

using word = std::uint16_t;
using words = std::vector<word>;

/// Time since the epoch, never going back: handed in everywhere.
using instant = std::chrono::milliseconds;

/// Hundredths of a kilogram, as the PLC holds a mass.
using centi_kg = std::uint32_t;

inline constexpr int memory_size = 32768;
inline constexpr int slot_count = 10;
inline constexpr int slot_size = 77;
inline constexpr int slot_distance = 100;
inline constexpr int read_base = 6000;
inline constexpr int write_base = 7000;
inline constexpr int point_count = 15;
inline constexpr int first_point_id = 101;

/// Word offsets from a slot's start.
namespace offset {
inline constexpr int batch = 0;
inline constexpr int order = 1;
inline constexpr int bom = 9;
inline constexpr int goods = 17;
inline constexpr int quantity = 25;
inline constexpr int points = 27;
inline constexpr int manufacturing = 72;
inline constexpr int operation = 73;
inline constexpr int weight = 74;
inline constexpr int read_data = 76;
} // namespace offset

/// The flag by which the middleware hands over a queue (slot 1's own flag).
inline constexpr int handshake_address = write_base + offset::read_data;

/// First word of slot 1..10 of the area that starts at `base`.
constexpr int slot_start(int base, int slot) {
  return base + slot_distance * (slot - 1);
}

/// 16 characters from 8 words, first character in the high byte, without the
/// NUL padding.
std::string text_at(const words& memory, int address);
/// Writes 8 words; longer text is cut to 16 characters.
void put_text(words& memory, int address, std::string_view text);
/// High word first.
centi_kg mass_at(const words& memory, int address);
void put_mass(words& memory, int address, centi_kg mass);

/// One dosing point of a slot as its three words say it.
struct dose {
  int id = 0;
  centi_kg mass = 0;
};

/// What a WRITE slot orders.
struct recipe {
  int slot = 0;
  int batch = 0;
  std::string order;
  std::string bom;
  std::string goods;
  centi_kg quantity = 0;
  std::array<dose, point_count> doses;
};

recipe recipe_at(const words& memory, int slot);
/// Whether any WRITE slot holds an order name.
bool any_order_offered(const words& memory);

/// What a READ slot reports.
struct report {
  std::array<centi_kg, point_count> actual{};
  centi_kg weight = 0;
  bool finished = false;
  bool failed = false;
};

/// Writes the whole READ slot; status_read_data becomes 0, as with every
/// report.
void put_report(words& memory, const recipe& made, const report& state);

/// "825.00".
std::string mass_text(std::uint64_t mass);

} // namespace millrace::plc_sim
