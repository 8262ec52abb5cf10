#include "services/plc-gateway/inspection.hpp"

#include "services/plc-gateway/slot_codec.hpp"

#include <nlohmann/json.hpp>

namespace millrace::plc {

namespace {

using nlohmann::ordered_json;

std::string word_name(int address) {
  return "D" + std::to_string(address);
}

ordered_json problem_json(const std::optional<events::slot_problem>& problem) {
  if (!problem)
    return nullptr;
  return {{"field", problem->field_name},
          {"rule", problem->rule},
          {"raw_words", problem->raw_words}};
}

ordered_json dosing_json(const events::slot_report& slot) {
  ordered_json all = ordered_json::array();
  for (std::size_t i = 0; i < dosing_point_count; ++i)
    all.push_back({{"id", dosing_points[i].id},
                   {"tag", dosing_points[i].tag},
                   {"amount", slot.consumption[i].to_double()}});
  return all;
}

/// The flag's word as it is: it counts in free slots too.
ordered_json slot_json(const events::slot_report& slot, int address,
                       std::uint16_t status_read_data) {
  return {{"slot", slot.slot},
          {"address", word_name(address)},
          {"empty", slot.mo_id.empty() && !slot.problem},
          {"order_name", slot.mo_id},
          {"bom_code", slot.bom_code},
          {"finished_goods", slot.finished_goods},
          {"quantity", slot.quantity.to_double()},
          {"dosing", dosing_json(slot)},
          {"status_manufacturing", slot.finished},
          {"status_operation", slot.failed},
          {"weight", slot.weight.to_double()},
          {"status_read_data", status_read_data},
          {"problem", problem_json(slot.problem)}};
}

} // namespace

int base_of(const plc_map& map, events::plc_area area) {
  return area == events::plc_area::read ? map.read_base : map.write_base;
}

events::command_result inspected(const plc_map& map, const std::string& line,
                                 events::plc_area area, const words& image,
                                 const std::string& read_at) {
  const int base = base_of(map, area);
  ordered_json slots = ordered_json::array();
  for (int number = 1; number <= map.slots; ++number) {
    const auto slot = slot_of(map, image, number);
    slots.push_back(
      slot_json(decode_slot(map, number, slot),
                base + static_cast<int>(map.slot_at(number)),
                slot[static_cast<std::size_t>(map.handshake.offset)]));
  }
  const auto& names = events::enum_names<events::plc_area>::values;
  const ordered_json data{
    {"line", line},    {"area", names[static_cast<std::size_t>(area)]},
    {"map", map.name}, {"address", word_name(base)},
    {"base", base},    {"read_at", read_at},
    {"words", image},  {"slots", slots}};
  return {true,
          "as it was at " + read_at,
          {data.dump(-1, ' ', false, ordered_json::error_handler_t::replace)}};
}

} // namespace millrace::plc
