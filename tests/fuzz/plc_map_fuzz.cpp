// A memory map: one that is taken keeps every field inside its slot and every
// slot inside the memory; one that is not says what is wrong.

#include "services/plc-gateway/slot_codec.hpp"
#include "tests/fuzz/property.hpp"

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

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto loaded = load_map(fuzz::text_of(data, size));
  for (const auto& error : loaded.errors)
    require(!error.empty() && error.size() < 2'000, "errors are short", error);
  if (loaded.errors.empty())
    check_use(loaded.map);
  return 0;
}
