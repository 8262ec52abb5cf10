// A memory map, or lines "/json/pointer=value" that change the built-in one
// (whole maps soon break in many places at once). One that is taken keeps every
// field inside its slot and every slot inside the memory; one that is not says
// what is wrong.

#include "common/json/parse.hpp"
#include "services/plc-gateway/slot_codec.hpp"
#include "tests/fuzz/property.hpp"

#include <nlohmann/json.hpp>

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

void check_use(const plc_map& map) {
  require(map.slots >= 1 && map.slots <= 10 && map.slot_words >= 1,
          "sizes are sane");
  for (const auto base : {map.read_base, map.write_base})
    require(base >= 0 && base + map.area_words() <= 32'768,
            "areas are inside the memory");
  for (const auto* field : fields_of(map))
    require(field->offset >= 0 && field->words >= 1
              && field->offset + field->words <= map.slot_words,
            "fields are inside the slot", field->name);
  const auto size = static_cast<std::size_t>(map.area_words());
  for (const std::uint16_t fill : {0x0000, 0x0001, 0x4142, 0xFFFF}) {
    const words image(size, fill);
    for (int slot = 1; slot <= map.slots; ++slot)
      (void)decode_slot(map, slot, slot_of(map, image, slot));
  }
  const auto written
    = encode_slot(map, {map.slots, "WH/MO/1", "", "", kilograms{}, {}});
  require(written && written->size() == std::size_t(map.slot_words),
          "an order can be written");
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
  auto map = *parse_json(default_map_text());
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
