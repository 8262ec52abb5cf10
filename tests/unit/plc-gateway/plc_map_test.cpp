#include "services/plc-gateway/plc_map.hpp"
#include "tests/folders.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

using namespace millrace;
using namespace millrace::plc;
using nlohmann::json;

namespace {

json default_json() {
  return json::parse(default_map_text());
}

std::vector<std::string> errors_of(const json& map) {
  return load_map(map.dump()).errors;
}

json& field(json& map, std::string_view name) {
  for (auto& one : map["fields"])
    if (one["name"] == name)
      return one;
  throw std::out_of_range("no such field");
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("the default map is the plant's (FACTS 2)") {
  const auto loaded = load_map(default_map_text());
  REQUIRE(loaded.errors.empty());
  const auto& map = loaded.map;
  CHECK(map.read_base == 6000);
  CHECK(map.write_base == 7000);
  CHECK(map.area_words() == 977);
  CHECK(map.slot_at(10) == 900);
  CHECK(map.mo_id.offset == 1);
  CHECK(map.bom_code.offset == 9);
  CHECK(map.finished_goods.offset == 17);
  CHECK(map.quantity.offset == 25);
  CHECK(map.dosing_id[0].offset == 27);
  CHECK(map.dosing_kg[14].offset == 70);
  CHECK(map.finished.offset == 72);
  CHECK(map.failed.offset == 73);
  CHECK(map.weight.offset == 74);
  CHECK(map.weight.scale == 100);
  CHECK(map.handshake.offset == 76);
  CHECK(map.dosing_max == kilograms::from_milli(5'000'000));
  CHECK(map.weight_max == kilograms::from_milli(10'000'000'000));
}

TEST_CASE("the compiled-in map is the file") {
  std::ifstream file(test::source_folder() + "/proto/plc-map/feedmill.json");
  std::ostringstream text;
  text << file.rdbuf();
  CHECK(text.str() == default_map_text());
}

TEST_CASE("orders are declared for the map and for single fields") {
  auto map = default_json();
  map["byte_order"] = "low_first";
  map["word_order"] = "low_first";
  field(map, "weight")["word_order"] = "high_first";
  const auto loaded = load_map(map.dump());
  REQUIRE(loaded.errors.empty());
  CHECK(loaded.map.mo_id.order == half_order::low_first);
  CHECK(loaded.map.quantity.order == half_order::low_first);
  CHECK(loaded.map.weight.order == half_order::high_first);
}

TEST_CASE("overlapping fields are named") {
  auto map = default_json();
  field(map, "bom_code")["offset"] = 8;
  CHECK(errors_of(map)
        == texts{"field bom_code at offset 8 overlaps field mo_id (offsets "
                 "1..8)"});
}

TEST_CASE("bounds are checked: field, slot, area, both areas") {
  auto map = default_json();
  map["slot_words"] = 76;
  CHECK(errors_of(map)
        == texts{"field status_read_data at offset 76 with 1 words ends "
                 "outside the slot of 76 words",
                 "field status_read_data at offset 76: must follow weight "
                 "directly and be the slot's last word"});
  map = default_json();
  map["stride"] = 76;
  CHECK(errors_of(map)
        == texts{"slot_words 77 is more than stride 76: slots would overlap"});
  map = default_json();
  map["write_base"] = 31800;
  CHECK(errors_of(map)
        == texts{"write_base 31800: the area D31800..D32776 is not inside "
                 "D0..D32767"});
  map = default_json();
  map["write_base"] = 6976;
  CHECK(errors_of(map)
        == texts{"read_base 6000 and write_base 6976: areas of 977 words "
                 "overlap"});
  map["write_base"] = 6977;
  CHECK(errors_of(map).empty());
}

TEST_CASE("all that is wrong is reported at once") {
  auto map = default_json();
  field(map, "quantity")["type"] = "float";
  field(map, "silo_a_id")["words"] = 2;
  field(map, "silo_b_consumption")["scale"] = 7;
  map["fields"].push_back(
    {{"name", "extra"}, {"offset", 76}, {"words", 1}, {"type", "bool"}});
  map.erase("word_order");
  map["slots"] = 11;
  map["plausible"]["weight_kg"]["max"] = -1;
  CHECK(errors_of(map)
        == texts{
          "slots is 11, expected a whole number 1..10", "word_order is missing",
          "field quantity: type is \"float\", expected int, int32, ascii or "
          "bool",
          "field silo_a_id: type int has 1 words, not 2",
          "field silo_b_consumption: scale is 7, expected 1, 10, 100 or 1000",
          "field extra is not known", "field quantity is missing",
          "field silo_a_consumption at offset 28 overlaps field silo_a_id "
          "(offsets 27..28)",
          "field extra at offset 76 overlaps field status_read_data (offsets "
          "76..76)",
          "plausible.weight_kg: min 0.000 is above max -1.000"});
}

TEST_CASE("missing, duplicate and mistyped fields are named") {
  auto map = default_json();
  auto& fields = map["fields"];
  fields.erase(fields.begin()); // batch
  fields.push_back(
    {{"name", "mo_id"}, {"offset", 0}, {"words", 1}, {"type", "ascii"}});
  field(map, "status_operation")["type"] = "int";
  CHECK(errors_of(map)
        == texts{"field status_operation: type must be bool, not int",
                 "field mo_id occurs twice", "field batch is missing"});
}

TEST_CASE("what is no map is refused without a crash") {
  CHECK(load_map("{").errors == texts{"the map is no JSON"});
  CHECK(load_map("[]").errors == texts{"the map is no JSON object"});
  CHECK(load_map("{}").errors.size() == 11);
  auto map = default_json();
  map["fields"] = 5;
  map["read_base"] = "6000";
  map["plausible"] = "x";
  CHECK(errors_of(map)
        == texts{"read_base is \"6000\", expected a whole number 0..32767",
                 "plausible.dosing_point_kg is missing",
                 "plausible.weight_kg is missing",
                 "fields is 5, expected a list"});
}
