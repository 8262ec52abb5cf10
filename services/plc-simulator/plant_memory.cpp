#include "services/plc-simulator/plant_memory.hpp"

#include <algorithm>

namespace millrace::plc_sim {

namespace {

constexpr int text_words = 8;

} // namespace

std::string text_at(const words& memory, int address) {
  std::string text;
  for (int i = 0; i < text_words; ++i) {
    const word pair = memory.at(address + i);
    text += static_cast<char>(pair >> 8);
    text += static_cast<char>(pair & 0xFF);
  }
  text.erase(text.find_last_not_of('\0') + 1);
  return text;
}

void put_text(words& memory, int address, std::string_view text) {
  const auto character = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  for (std::size_t i = 0; i < text_words; ++i)
    memory.at(address + i)
      = static_cast<word>(character(2 * i) << 8 | character(2 * i + 1));
}

centi_kg mass_at(const words& memory, int address) {
  return static_cast<centi_kg>(memory.at(address)) << 16
         | memory.at(address + 1);
}

void put_mass(words& memory, int address, centi_kg mass) {
  memory.at(address) = static_cast<word>(mass >> 16);
  memory.at(address + 1) = static_cast<word>(mass & 0xFFFF);
}

recipe recipe_at(const words& memory, int slot) {
  const int start = slot_start(write_base, slot);
  recipe found;
  found.slot = slot;
  found.batch = static_cast<std::int16_t>(memory.at(start + offset::batch));
  found.order = text_at(memory, start + offset::order);
  found.bom = text_at(memory, start + offset::bom);
  found.goods = text_at(memory, start + offset::goods);
  found.quantity = mass_at(memory, start + offset::quantity);
  for (int i = 0; i < point_count; ++i) {
    const int point = start + offset::points + 3 * i;
    found.doses[i] = {static_cast<std::int16_t>(memory.at(point)),
                      mass_at(memory, point + 1)};
  }
  return found;
}

bool any_order_offered(const words& memory) {
  for (int slot = 1; slot <= slot_count; ++slot)
    if (!text_at(memory, slot_start(write_base, slot) + offset::order).empty())
      return true;
  return false;
}

void put_report(words& memory, const recipe& made, const report& state) {
  const int start = slot_start(read_base, made.slot);
  memory.at(start + offset::batch) = static_cast<word>(made.slot);
  put_text(memory, start + offset::order, made.order);
  put_text(memory, start + offset::bom, made.bom);
  put_text(memory, start + offset::goods, made.goods);
  put_mass(memory, start + offset::quantity, made.quantity);
  for (int i = 0; i < point_count; ++i) {
    const int point = start + offset::points + 3 * i;
    memory.at(point) = static_cast<word>(first_point_id + i);
    put_mass(memory, point + 1, state.actual[i]);
  }
  memory.at(start + offset::manufacturing) = state.finished ? 1 : 0;
  memory.at(start + offset::operation) = state.failed ? 1 : 0;
  put_mass(memory, start + offset::weight, state.weight);
  memory.at(start + offset::read_data) = 0;
}

std::string mass_text(std::uint64_t mass) {
  const auto cents = std::to_string(mass % 100);
  return std::to_string(mass / 100) + "." + (cents.size() < 2 ? "0" : "")
         + cents;
}

} // namespace millrace::plc_sim
