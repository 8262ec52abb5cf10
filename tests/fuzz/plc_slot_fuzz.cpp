// The 77 words of a slot, in every byte and word order: nothing is taken that a
// rule forbids, and what we would write reads back as it was.

#include "common/domain/order_name.hpp"
#include "services/plc-gateway/slot_codec.hpp"
#include "tests/fuzz/property.hpp"

#include <array>
#include <fuzzer/FuzzedDataProvider.h>

using namespace millrace;
using namespace millrace::plc;
using fuzz::require;

namespace {

plc_map map_with(const char* bytes, const char* words_first) {
  std::string text(default_map_text());
  const auto replace = [&text](const std::string& member, const char* order) {
    const auto at = text.find("high_first", text.find("\"" + member + "\""));
    text.replace(at, 10, order);
  };
  replace("byte_order", bytes);
  replace("word_order", words_first);
  const auto loaded = load_map(text);
  require(loaded.errors.empty(), "the built-in map is right");
  return loaded.map;
}

const std::array<plc_map, 4>& maps() {
  static const std::array<plc_map, 4> all{
    map_with("high_first", "high_first"), map_with("low_first", "high_first"),
    map_with("high_first", "low_first"), map_with("low_first", "low_first")};
  return all;
}

void check_report(const plc_map& map, const events::slot_report& report,
                  std::span<const std::uint16_t> slot) {
  require(report.mo_id.size() <= 16 && report.bom_code.size() <= 16,
          "texts have their field's length");
  if (report.problem) {
    require(!report.problem->field_name.empty() && !report.problem->rule.empty()
              && !report.problem->raw_words.empty(),
            "a problem names field, rule and words");
    return;
  }
  if (report.mo_id.empty())
    return; // a free slot says nothing
  for (const auto* field : {&map.finished, &map.failed, &map.handshake})
    require(slot[static_cast<std::size_t>(field->offset)] <= 1,
            "a boolean is 0 or 1");
  require(report.weight >= map.weight_min && report.weight <= map.weight_max,
          "the weight is plausible");
  for (const auto amount : report.consumption)
    require(amount >= map.dosing_min && amount <= map.dosing_max,
            "amounts are plausible");
}

void check_writing(const plc_map& map, const events::slot_order& order) {
  const auto written = encode_slot(map, order);
  if (!written) {
    require(written.why().find("slot " + std::to_string(order.slot)) == 0,
            "a refusal names the slot", written.why());
    return;
  }
  require(static_cast<bool>(check_order_name(order.mo_id)),
          "only order names are written", order.mo_id);
  const auto back = decode_slot(map, order.slot, *written);
  require(back.mo_id == order.mo_id.substr(0, 16), "the name reads back");
  require(!back.finished && !back.failed && !back.acknowledged
            && back.weight == kilograms{},
          "statuses are never set");
  // Rounded half up to hundredths, and never changed otherwise.
  const auto rounded = [](kilograms value) {
    return kilograms::from_milli((value.milli() + 5) / 10 * 10);
  };
  require(back.quantity == rounded(order.quantity), "the quantity reads back");
  for (std::size_t i = 0; i < dosing_point_count; ++i)
    require(back.consumption[i] == rounded(order.consumption[i]),
            "every amount reads back");
}

kilograms some_mass(FuzzedDataProvider& in) {
  return kilograms::from_milli(in.ConsumeIntegralInRange<std::int64_t>(
    -1'000, in.ConsumeBool() ? 50'000'000'000 : 1'000'000'000'000'000));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  FuzzedDataProvider in(data, size);
  const auto& map = maps()[in.ConsumeIntegralInRange<std::size_t>(0, 3)];
  events::slot_order order;
  order.slot = in.ConsumeIntegralInRange(-1, 12);
  order.mo_id = in.ConsumeRandomLengthString(64);
  order.bom_code = in.ConsumeRandomLengthString(32);
  order.finished_goods = in.ConsumeRandomLengthString(32);
  order.quantity = some_mass(in);
  for (auto& amount : order.consumption)
    amount = some_mass(in);
  check_writing(map, order);
  auto slot = encode_slot(
    map, {1, "WH/MO/00011", "", "", kilograms::from_milli(1'000'000), {}});
  // Half of the words stay those of a good slot.
  for (auto& word : *slot)
    if (in.ConsumeBool())
      word = in.ConsumeIntegral<std::uint16_t>();
  check_report(map, decode_slot(map, 1, *slot), *slot);
  return 0;
}
