#include "services/plc-gateway/slot_codec.hpp"

#include "common/domain/order_name.hpp"
#include "services/plc-gateway/field_words.hpp"

#include <algorithm>

namespace millrace::plc {

namespace {

/// A WRITE slot while it is being filled; keeps the first error.
class slot_writer {
public:
  slot_writer(const plc_map& map, int number)
    : number_(number), out_(static_cast<std::size_t>(map.slot_words), 0) {
  }

  void integer(const map_field& field, int value) {
    put(field, {static_cast<std::uint16_t>(value)});
  }
  void text(const map_field& field, std::string_view value) {
    put(field, text_words(field, value));
  }
  void mass(const map_field& field, kilograms value) {
    const auto encoded = mass_words(field, value);
    if (encoded)
      put(field, *encoded);
    else
      refuse(field.name + " " + encoded.why());
  }
  void refuse(const std::string& why) {
    if (!wrong_)
      wrong_ = error{"slot " + std::to_string(number_) + ": " + why};
  }
  result<words> finish() {
    if (wrong_)
      return *wrong_;
    return std::move(out_);
  }

private:
  void put(const map_field& field, const words& value) {
    std::ranges::copy(value, out_.begin() + field.offset);
  }

  int number_;
  words out_;
  std::optional<error> wrong_;
};

/// Decodes a used READ slot, keeping the first rule that it breaks; what is
/// invalid counts before what is only implausible.
class slot_reader {
public:
  slot_reader(const plc_map& map, std::span<const std::uint16_t> slot,
              events::slot_report& report)
    : map_(map), slot_(slot), report_(report) {
  }

  void read() {
    texts();
    report_.quantity = mass(map_.quantity, slot_);
    for (std::size_t i = 0; i < dosing_point_count; ++i)
      dosing(i);
    report_.finished = boolean(map_.finished);
    report_.failed = boolean(map_.failed);
    report_.weight = plausible(map_.weight, map_.weight_min, map_.weight_max);
    report_.acknowledged = boolean(map_.handshake);
  }

private:
  void texts() {
    if (auto name = strict_text(map_.mo_id, slot_)) {
      report_.mo_id = std::move(*name);
    } else {
      report_.mo_id = lenient_text(map_.mo_id, slot_);
      problem(map_.mo_id, "holds characters that are not printable ASCII: \""
                            + report_.mo_id + "\"");
    }
    report_.bom_code = lenient_text(map_.bom_code, slot_);
    report_.finished_goods = lenient_text(map_.finished_goods, slot_);
  }

  void dosing(std::size_t i) {
    const auto& field = map_.dosing_id[i];
    const int id = slot_[static_cast<std::size_t>(field.offset)];
    if (id != 0 && id != dosing_points[i].id)
      problem(field, "is " + std::to_string(id) + ", expected "
                       + std::to_string(dosing_points[i].id) + " or 0");
    report_.consumption[i]
      = plausible(map_.dosing_kg[i], map_.dosing_min, map_.dosing_max);
  }

  kilograms plausible(const map_field& field, kilograms low, kilograms high) {
    const auto value = mass(field, slot_);
    if (value < low || value > high)
      problem(field,
              "is " + value.to_string() + " kg, plausible is " + low.to_string()
                + ".." + high.to_string(),
              true);
    return value;
  }

  bool boolean(const map_field& field) {
    const auto value = flag(field, slot_);
    if (!value)
      problem(field,
              "is "
                + std::to_string(slot_[static_cast<std::size_t>(field.offset)])
                + ", expected 0 or 1");
    return value.value_or(false);
  }

  void problem(const map_field& field, const std::string& rule,
               bool implausible = false) {
    const bool worse = report_.problem && !implausible
                       && report_.problem->implausible.value_or(false);
    if (!report_.problem || worse)
      report_.problem
        = events::slot_problem{field.name, field.name + " " + rule,
                               raw_words(field, slot_), implausible};
  }

  const plc_map& map_;
  std::span<const std::uint16_t> slot_;
  events::slot_report& report_;
};

bool is_free(const plc_map& map, std::span<const std::uint16_t> slot) {
  const auto name = slot.subspan(static_cast<std::size_t>(map.mo_id.offset),
                                 static_cast<std::size_t>(map.mo_id.words));
  return std::ranges::all_of(name, [](auto word) { return word == 0; });
}

} // namespace

result<words> encode_slot(const plc_map& map, const events::slot_order& order) {
  slot_writer out(map, order.slot);
  if (order.slot < 1 || order.slot > map.slots)
    return error{"slot " + std::to_string(order.slot) + " is outside 1.."
                 + std::to_string(map.slots)};
  if (const auto name = check_order_name(order.mo_id); !name)
    out.refuse("mo_id " + name.why());
  out.integer(map.batch, order.slot);
  out.text(map.mo_id, order.mo_id);
  out.text(map.bom_code, order.bom_code);
  out.text(map.finished_goods, order.finished_goods);
  out.mass(map.quantity, order.quantity);
  for (std::size_t i = 0; i < dosing_point_count; ++i) {
    out.integer(map.dosing_id[i], dosing_points[i].id);
    out.mass(map.dosing_kg[i], order.consumption[i]);
  }
  return out.finish();
}

events::slot_report decode_slot(const plc_map& map, int number,
                                std::span<const std::uint16_t> slot) {
  events::slot_report report;
  report.slot = number;
  if (!is_free(map, slot))
    slot_reader(map, slot, report).read();
  return report;
}

std::span<const std::uint16_t>
slot_of(const plc_map& map, std::span<const std::uint16_t> area, int number) {
  return area.subspan(map.slot_at(number),
                      static_cast<std::size_t>(map.slot_words));
}

} // namespace millrace::plc
