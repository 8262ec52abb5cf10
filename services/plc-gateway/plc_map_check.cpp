#include "services/plc-gateway/plc_map_check.hpp"

#include <algorithm>

namespace millrace::plc {

namespace {

constexpr int last_address = 32767;

std::string number(int value) {
  return std::to_string(value);
}

void check_area(std::string_view name, int base, const plc_map& map,
                std::vector<std::string>& errors) {
  const int end = base + map.area_words() - 1;
  if (base < 0 || end > last_address)
    errors.push_back(std::string(name) + " " + number(base) + ": the area D"
                     + number(base) + "..D" + number(end)
                     + " is not inside D0..D32767");
}

void check_areas(const plc_map& map, std::vector<std::string>& errors) {
  if (map.slot_words > map.stride)
    errors.push_back("slot_words " + number(map.slot_words)
                     + " is more than stride " + number(map.stride)
                     + ": slots would overlap");
  check_area("read_base", map.read_base, map, errors);
  check_area("write_base", map.write_base, map, errors);
  const int size = map.area_words();
  if (map.read_base < map.write_base + size
      && map.write_base < map.read_base + size)
    errors.push_back("read_base " + number(map.read_base) + " and write_base "
                     + number(map.write_base) + ": areas of " + number(size)
                     + " words overlap");
}

void check_overlaps(std::vector<map_field> fields,
                    std::vector<std::string>& errors) {
  std::ranges::stable_sort(fields, {}, &map_field::offset);
  for (std::size_t i = 1; i < fields.size(); ++i) {
    const auto& before = fields[i - 1];
    const auto& field = fields[i];
    if (field.offset < before.offset + before.words)
      errors.push_back("field " + field.name + " at offset "
                       + number(field.offset) + " overlaps field " + before.name
                       + " (offsets " + number(before.offset) + ".."
                       + number(before.offset + before.words - 1) + ")");
  }
}

// The write marker lives in `weight` of slot 1 and must fall in one frame with
// the handshake, the last word (write_job.hpp).
void check_handshake(const plc_map& map, std::vector<std::string>& errors) {
  if (map.handshake.name.empty() || map.weight.name.empty())
    return;
  if (map.handshake.offset != map.weight.offset + 2
      || map.handshake.offset != map.slot_words - 1)
    errors.push_back("field status_read_data at offset "
                     + number(map.handshake.offset)
                     + ": must follow weight directly and be the slot's last "
                       "word");
}

void check_limits(std::string_view name, kilograms low, kilograms high,
                  std::vector<std::string>& errors) {
  if (low > high)
    errors.push_back("plausible." + std::string(name) + ": min "
                     + low.to_string() + " is above max " + high.to_string());
}

} // namespace

void check_layout(const plc_map& map, const std::vector<map_field>& fields,
                  std::vector<std::string>& errors) {
  check_areas(map, errors);
  for (const auto& field : fields)
    if (field.offset + field.words > map.slot_words)
      errors.push_back("field " + field.name + " at offset "
                       + number(field.offset) + " with " + number(field.words)
                       + " words ends outside the slot of "
                       + number(map.slot_words) + " words");
  check_overlaps(fields, errors);
  check_handshake(map, errors);
  check_limits("dosing_point_kg", map.dosing_min, map.dosing_max, errors);
  check_limits("weight_kg", map.weight_min, map.weight_max, errors);
}

} // namespace millrace::plc
