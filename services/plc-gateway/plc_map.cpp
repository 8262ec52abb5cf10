#include "services/plc-gateway/plc_map.hpp"

#include "common/json/parse.hpp"
#include "services/plc-gateway/plc_map_check.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace millrace::plc {

namespace {

using nlohmann::json;

/// Takes members out of JSON objects and keeps all that is wrong.
class reader {
public:
  std::vector<std::string> errors;

  int integer(const json& from, const std::string& where, const char* member,
              int low, int high) {
    const auto* value = find(from, where, member);
    if (!value)
      return low;
    if (value->is_number_integer() && value->get<double>() >= low
        && value->get<double>() <= high)
      return value->get<int>();
    wrong(where, member, *value,
          "a whole number " + std::to_string(low) + ".."
            + std::to_string(high));
    return low;
  }

  std::string text(const json& from, const std::string& where,
                   const char* member) {
    const auto* value = find(from, where, member);
    if (!value)
      return {};
    if (value->is_string() && !value->get_ref<const std::string&>().empty())
      return value->get<std::string>();
    wrong(where, member, *value, "text");
    return {};
  }

  half_order order(const json& from, const std::string& where,
                   const char* member) {
    const auto chosen = text(from, where, member);
    if (!chosen.empty() && chosen != "high_first" && chosen != "low_first")
      wrong(where, member, chosen, "high_first or low_first");
    return chosen == "low_first" ? half_order::low_first
                                 : half_order::high_first;
  }

  kilograms mass(const json& from, const std::string& where,
                 const char* member) {
    const auto* value = find(from, where, member);
    if (!value)
      return {};
    if (value->is_number())
      if (const auto kg = kilograms::from_double(value->get<double>()))
        return *kg;
    wrong(where, member, *value, "kilograms as a number");
    return {};
  }

  const json* find(const json& from, const std::string& where,
                   const char* member) {
    if (from.is_object())
      if (const auto at = from.find(member); at != from.end())
        return &*at;
    errors.push_back(where + member + " is missing");
    return nullptr;
  }

  void wrong(const std::string& where, const char* member, const json& value,
             const std::string& allowed) {
    errors.push_back(
      where + member + " is "
      + value.dump(-1, ' ', false, json::error_handler_t::replace)
      + ", expected " + allowed);
  }
};

/// A field that a map must have, and where it goes.
struct wanted_field {
  std::string name;
  field_type type;
  map_field* target;
};

std::vector<wanted_field> wanted_fields(plc_map& map) {
  using enum field_type;
  std::vector<wanted_field> wanted{
    {"batch", integer, &map.batch},
    {"mo_id", ascii, &map.mo_id},
    {"bom_code", ascii, &map.bom_code},
    {"finished_goods", ascii, &map.finished_goods},
    {"quantity", int32, &map.quantity},
    {"status_manufacturing", boolean, &map.finished},
    {"status_operation", boolean, &map.failed},
    {"weight", int32, &map.weight},
    {"status_read_data", boolean, &map.handshake},
  };
  for (std::size_t i = 0; i < dosing_point_count; ++i) {
    const std::string tag(dosing_points[i].tag);
    wanted.push_back({tag + "_id", integer, &map.dosing_id[i]});
    wanted.push_back({tag + "_consumption", int32, &map.dosing_kg[i]});
  }
  return wanted;
}

std::string_view type_name(field_type type) {
  constexpr std::array<std::string_view, 4> names{"int", "int32", "ascii",
                                                  "bool"};
  return names.at(static_cast<std::size_t>(type));
}

std::optional<field_type> type_by_name(std::string_view name) {
  using enum field_type;
  for (const auto type : {integer, int32, ascii, boolean})
    if (type_name(type) == name)
      return type;
  return std::nullopt;
}

void check_word_count(const map_field& field, reader& in) {
  const int fixed = field.type == field_type::int32   ? 2
                    : field.type == field_type::ascii ? field.words
                                                      : 1;
  if (field.words != fixed)
    in.errors.push_back("field " + field.name + ": type "
                        + std::string(type_name(field.type)) + " has "
                        + std::to_string(fixed) + " words, not "
                        + std::to_string(field.words));
}

void read_scale(const json& from, const std::string& where, map_field& field,
                reader& in) {
  if (!from.contains("scale"))
    return;
  field.scale = in.integer(from, where, "scale", 1, 1000);
  if (field.scale != 1 && field.scale != 10 && field.scale != 100
      && field.scale != 1000)
    in.wrong(where, "scale", field.scale, "1, 10, 100 or 1000");
}

std::optional<map_field> read_field(const json& from, std::size_t index,
                                    half_order byte_order,
                                    half_order word_order, reader& in) {
  map_field field;
  field.name = in.text(from, "fields[" + std::to_string(index) + "].", "name");
  if (field.name.empty())
    return std::nullopt;
  const auto where = "field " + field.name + ": ";
  field.offset = in.integer(from, where, "offset", 0, 995);
  field.words = in.integer(from, where, "words", 1, 32);
  const auto type = in.text(from, where, "type");
  const auto known = type_by_name(type);
  if (!known) {
    if (!type.empty())
      in.wrong(where, "type", type, "int, int32, ascii or bool");
    return std::nullopt;
  }
  field.type = *known;
  check_word_count(field, in);
  read_scale(from, where, field, in);
  const bool is_text = field.type == field_type::ascii;
  const char* own_order = is_text ? "byte_order" : "word_order";
  field.order = from.contains(own_order) ? in.order(from, where, own_order)
                : is_text                ? byte_order
                                         : word_order;
  return field;
}

void assign(plc_map& map, const std::vector<map_field>& fields, reader& in) {
  auto wanted = wanted_fields(map);
  for (const auto& field : fields) {
    const auto place
      = std::ranges::find(wanted, field.name, &wanted_field::name);
    if (place == wanted.end())
      in.errors.push_back("field " + field.name + " is not known");
    else if (!place->target->name.empty())
      in.errors.push_back("field " + field.name + " occurs twice");
    else if (place->type != field.type)
      in.errors.push_back("field " + field.name + ": type must be "
                          + std::string(type_name(place->type)) + ", not "
                          + std::string(type_name(field.type)));
    else
      *place->target = field;
  }
  const auto present = [&](const std::string& name) {
    return std::ranges::find(fields, name, &map_field::name) != fields.end();
  };
  for (const auto& field : wanted)
    if (!present(field.name))
      in.errors.push_back("field " + field.name + " is missing");
}

void read_fields(const json& root, plc_map& map, reader& in) {
  const auto byte_order = in.order(root, "", "byte_order");
  const auto word_order = in.order(root, "", "word_order");
  const auto* list = in.find(root, "", "fields");
  if (!list)
    return;
  if (!list->is_array())
    return in.wrong("", "fields", *list, "a list");
  std::vector<map_field> fields;
  for (std::size_t i = 0; i < list->size(); ++i)
    if (auto field = read_field((*list)[i], i, byte_order, word_order, in))
      fields.push_back(std::move(*field));
  assign(map, fields, in);
  check_layout(map, fields, in.errors);
}

void read_limits(const json& root, plc_map& map, reader& in) {
  const auto* plausible = in.find(root, "", "plausible");
  if (!plausible)
    return;
  const auto* dosing = in.find(*plausible, "plausible.", "dosing_point_kg");
  const auto* weight = in.find(*plausible, "plausible.", "weight_kg");
  if (dosing) {
    map.dosing_min = in.mass(*dosing, "plausible.dosing_point_kg.", "min");
    map.dosing_max = in.mass(*dosing, "plausible.dosing_point_kg.", "max");
  }
  if (weight) {
    map.weight_min = in.mass(*weight, "plausible.weight_kg.", "min");
    map.weight_max = in.mass(*weight, "plausible.weight_kg.", "max");
  }
}

void read_area(const json& root, plc_map& map, reader& in) {
  map.name = in.text(root, "", "name");
  if (const auto area = in.text(root, "", "area");
      !area.empty() && area != "DM")
    in.wrong("", "area", area, "DM");
  map.read_base = in.integer(root, "", "read_base", 0, 32767);
  map.write_base = in.integer(root, "", "write_base", 0, 32767);
  map.slots = in.integer(root, "", "slots", 1, 10);
  map.stride = in.integer(root, "", "stride", 1, 32768);
  map.slot_words = in.integer(root, "", "slot_words", 1, 996);
}

} // namespace

loaded_map load_map(std::string_view json_text) {
  loaded_map loaded;
  const auto root = parse_json(json_text);
  if (!root || !root->is_object()) {
    loaded.errors
      = {"the map " + (root ? std::string("is no JSON object") : root.why())};
    return loaded;
  }
  reader in;
  read_area(*root, loaded.map, in);
  read_limits(*root, loaded.map, in);
  read_fields(*root, loaded.map, in);
  loaded.errors = std::move(in.errors);
  return loaded;
}

} // namespace millrace::plc
