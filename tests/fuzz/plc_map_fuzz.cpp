// A memory map, or lines "/json/pointer=value" that change the built-in one
// (whole maps soon break in many places at once). One that is taken keeps every
// field inside its slot and every slot inside the memory; one that is not says
// what is wrong.

#include "common/json/parse.hpp"
#include "services/plc-gateway/slot_codec.hpp"
#include "tests/fuzz/property.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>

using namespace millrace;
using namespace millrace::plc;
using fuzz::require;

namespace {

std::vector<const map_field*> fields_of(const plc_map& map) {
  std::vector<const map_field*> all{
    &map.batch,          &map.mo_id,    &map.bom_code,
    &map.finished_goods, &map.quantity, &map.weight,
    &map.finished,       &map.failed,   &map.handshake};
  for (std::size_t i = 0; i < dosing_point_count; ++i) {
    all.push_back(&map.dosing_id[i]);
    all.push_back(&map.dosing_kg[i]);
  }
  return all;
}

/// Nothing that the PLC may hold is a surprise.
void check_decoding(const plc_map& map) {
  const auto size = static_cast<std::size_t>(map.area_words());
  for (const std::uint16_t fill : {0x0001, 0x4142, 0xFFFF})
    for (const int slot : {1, map.slots})
      (void)decode_slot(map, slot, slot_of(map, words(size, fill), slot));
}

/// Whole kilograms, which every scale holds.
events::slot_order order_of_slot(int slot) {
  const auto kg = [](std::int64_t whole) {
    return kilograms::from_milli(1'000 * whole);
  };
  events::slot_order order;
  order.slot = slot;
  order.mo_id = std::to_string(slot) + "/M/O";
  order.quantity = kg(slot);
  for (std::size_t i = 0; i < dosing_point_count; ++i)
    order.consumption[i] = kg(100 * slot + static_cast<int>(i));
  return order;
}

/// Orders of all slots read back from one image: no slot and no field lies over
/// another.
void check_writing(const plc_map& map) {
  words image(static_cast<std::size_t>(map.area_words()), 0);
  for (int slot = 1; slot <= map.slots; ++slot) {
    const auto written = encode_slot(map, order_of_slot(slot));
    if (!written)
      return; // more than its fields can hold
    require(written->size() == std::size_t(map.slot_words), "a slot is whole");
    std::ranges::copy(*written, image.begin() + map.slot_at(slot));
  }
  for (int slot = 1; slot <= map.slots; ++slot) {
    const auto order = order_of_slot(slot);
    const auto back = decode_slot(map, slot, slot_of(map, image, slot));
    const auto room = static_cast<std::size_t>(map.mo_id.words) * 2;
    require(back.mo_id == order.mo_id.substr(0, room)
              && back.quantity == order.quantity,
            "an order reads back", back.mo_id);
    require(back.consumption == order.consumption, "every amount reads back");
  }
}

void check_use(const plc_map& map) {
  require(map.slots >= 1 && map.slots <= 10 && map.slot_words >= 1,
          "sizes are sane");
  for (const auto base : {map.read_base, map.write_base})
    require(base >= 0 && base + map.area_words() <= 32'768,
            "areas are inside the memory");
  require(std::abs(map.read_base - map.write_base) >= map.area_words(),
          "areas lie apart");
  for (const auto* field : fields_of(map))
    require(field->offset >= 0 && field->words >= 1
              && field->offset + field->words <= map.slot_words,
            "fields are inside the slot", field->name);
  check_decoding(map);
  check_writing(map);
}

/// False when no line changes anything.
bool change(nlohmann::json& map, std::string_view lines) {
  bool changed = false;
  while (!lines.empty()) {
    const auto [line, rest] = fuzz::first_line(lines);
    lines = rest;
    const auto equals = line.find('=');
    if (equals == line.npos)
      continue;
    const auto value = parse_json(line.substr(equals + 1));
    if (!value)
      continue;
    try {
      const nlohmann::json::json_pointer where(
        std::string(line.substr(0, equals)));
      map.at(where) = *value;
      changed = true;
    } catch (const nlohmann::json::exception&) {
      // points to nothing
    }
  }
  return changed;
}

std::string map_text(std::string_view input) {
  if (!input.starts_with('/'))
    return std::string(input);
  static const auto built_in = *parse_json(default_map_text());
  auto map = built_in;
  return change(map, input) ? map.dump() : std::string{};
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto loaded = load_map(map_text(fuzz::text_of(data, size)));
  for (const auto& error : loaded.errors)
    require(!error.empty() && error.size() < 2'000, "errors are short", error);
  if (loaded.errors.empty())
    check_use(loaded.map);
  return 0;
}
