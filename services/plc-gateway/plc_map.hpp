#pragma once

#include "common/domain/dosing.hpp"
#include "common/domain/kilograms.hpp"
#include "services/plc-gateway/step.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::plc {

/// How a field's words are to be understood (FACTS 2).
enum class field_type { integer, int32, ascii, boolean };

/// Which half comes first: of a word's two characters, of an int32's two words.
enum class half_order { high_first, low_first };

/// A value's place in a slot.
struct map_field {
  std::string name;
  /// Words from the slot's start.
  int offset = 0;
  int words = 0;
  field_type type = field_type::integer;
  /// Of an int32: units per kg; 1, 10, 100 or 1000.
  int scale = 1;
  /// Of text the character order, of an int32 the word order.
  half_order order = half_order::high_first;
};

/// Where a PLC keeps its batches: data from proto/plc-map/*.json, checked.
struct plc_map {
  std::string name;
  /// Slot n (1..slots) begins at base + stride * (n - 1).
  int read_base = 0;
  int write_base = 0;
  int slots = 0;
  int stride = 0;
  /// Words of a slot that are ours; those up to the next slot are not.
  int slot_words = 0;
  kilograms dosing_min, dosing_max, weight_min, weight_max;

  map_field batch, mo_id, bom_code, finished_goods, quantity;
  std::array<map_field, dosing_point_count> dosing_id, dosing_kg;
  map_field finished, failed, weight;
  /// status_read_data; directly after `weight` and the slot's last word, so
  /// that one frame can write both (write_job.hpp says why).
  map_field handshake;

  /// Words from the first slot's start to the last slot's end.
  int area_words() const {
    return stride * (slots - 1) + slot_words;
  }
  /// Offset of slot 1..slots in an area's image.
  std::size_t slot_at(int slot) const {
    return static_cast<std::size_t>(stride * (slot - 1));
  }
};

/// Reads and checks a map. Either the map, or all that is wrong, each error
/// naming the field or member and the value.
struct loaded_map {
  plc_map map;
  std::vector<std::string> errors;
};
loaded_map load_map(std::string_view json_text);

/// The text of proto/plc-map/feedmill.json as it was when this was built.
std::string_view default_map_text();

} // namespace millrace::plc
