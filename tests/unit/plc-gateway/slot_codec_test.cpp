#include "services/plc-gateway/field_words.hpp"
#include "services/plc-gateway/slot_codec.hpp"
#include "tests/unit/plc-gateway/memory_plc.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace millrace;
using namespace millrace::plc;
using millrace::plc::test::default_map;
using millrace::plc::test::order_for;

namespace {

kilograms kg(std::int64_t milli) {
  return kilograms::from_milli(milli);
}

/// The slot recorded at the plant (FACTS 2).
words recorded_slot() {
  words slot(77, 0);
  const auto put = [&](std::size_t at, std::initializer_list<int> values) {
    for (const int value : values)
      slot[at++] = static_cast<std::uint16_t>(value);
  };
  put(0, {1});
  put(1, {22344, 12109, 20271, 12336, 12337, 12544, 0, 0});
  put(17, {23345, 12336, 14642, 23840, 19014, 8275, 16720, 20308});
  put(25, {1, 34464});
  for (int i = 0; i < 15; ++i)
    put(static_cast<std::size_t>(27 + 3 * i), {101 + i});
  put(34, {0, 30000}); // SILO 103
  return slot;
}

map_field text_field(half_order order = half_order::high_first) {
  map_field field;
  field.words = 8;
  field.type = field_type::ascii;
  field.order = order;
  return field;
}

map_field mass_field(int scale, half_order order = half_order::high_first) {
  map_field field;
  field.words = 2;
  field.type = field_type::int32;
  field.scale = scale;
  field.order = order;
  return field;
}

std::string problem_of(const words& slot) {
  const auto report = decode_slot(default_map(), 1, slot);
  return report.problem ? report.problem->rule : "none";
}

} // namespace

TEST_CASE("the plant's recorded words decode right") {
  const auto report = decode_slot(default_map(), 1, recorded_slot());
  CHECK_FALSE(report.problem);
  CHECK(report.slot == 1);
  CHECK(report.mo_id == "WH/MO/00011");
  CHECK(report.finished_goods == "[10092] JF SAPOT");
  CHECK(report.quantity == kg(1'000'000));
  CHECK(report.consumption[2] == kg(300'000));
  CHECK(total(report.consumption) == kg(300'000));
  CHECK_FALSE(report.finished);
  CHECK_FALSE(report.acknowledged);
}

TEST_CASE("an order becomes the words that the PLC expects") {
  auto order = order_for(3, "WH/MO/000");
  order.mo_id = "WH/MO/00011";
  order.finished_goods = "[10092] JF SAPOT 1B";
  order.bom_code = "";
  order.consumption[0] = kg(73'740);
  order.consumption[14] = kg(5);
  const auto slot = encode_slot(default_map(), order);
  REQUIRE(slot);
  REQUIRE(slot->size() == 77);
  CHECK((*slot)[0] == 3);
  CHECK(words(slot->begin() + 1, slot->begin() + 9)
        == words{22344, 12109, 20271, 12336, 12337, 12544, 0, 0});
  CHECK(words(slot->begin() + 9, slot->begin() + 17) == words(8, 0));
  CHECK(words(slot->begin() + 17, slot->begin() + 25)
        == words{23345, 12336, 14642, 23840, 19014, 8275, 16720, 20308});
  CHECK(words(slot->begin() + 25, slot->begin() + 27) == words{1, 34464});
  CHECK(words(slot->begin() + 27, slot->begin() + 36)
        == words{101, 0, 7374, 102, 0, 0, 103, 0, 30000});
  CHECK(words(slot->begin() + 69, slot->end())
        == words{115, 0, 1, 0, 0, 0, 0, 0});
}

TEST_CASE("only printable ASCII goes out and no character is split") {
  const auto text = [](std::string_view utf8) {
    words slot = text_words(text_field(), utf8);
    return lenient_text(text_field(), slot);
  };
  CHECK(text("caf\u00e9 \u20ac5") == "caf? ?5");
  CHECK(text("123456789012345\u00e9") == "123456789012345?");
  CHECK(text("1234567890123456\u00e9") == "1234567890123456");
  CHECK(text("a\tb\x7f") == "a?b?");
  CHECK(text("\xff\xfe") == "??");
  CHECK(text("") == "");
}

TEST_CASE("text with swapped bytes is declared, not guessed") {
  CHECK(text_words(text_field(half_order::low_first), "WH/MO")
        == words{0x4857, 0x4D2F, 0x004F, 0, 0, 0, 0, 0});
}

TEST_CASE("32-bit values go by their declared word order") {
  CHECK(*mass_words(mass_field(100), kg(655'380)) == words{1, 2});
  CHECK(*mass_words(mass_field(100, half_order::low_first), kg(655'380))
        == words{2, 1});
  const words slot{0x0001, 0x0002};
  CHECK(unsigned_value(mass_field(1), slot) == 65538);
  CHECK(unsigned_value(mass_field(1, half_order::low_first), slot) == 131073);
}

TEST_CASE("kilograms are rounded half up to the field's scale") {
  CHECK(*mass_words(mass_field(100), kg(73'740)) == words{0, 7374});
  CHECK(*mass_words(mass_field(100), kg(73'745)) == words{0, 7375});
  CHECK(*mass_words(mass_field(100), kg(73'744)) == words{0, 7374});
}

TEST_CASE("what does not fit is refused") {
  CHECK(*mass_words(mass_field(100), kg(42'949'672'950))
        == words{0xFFFF, 0xFFFF});
  CHECK(mass_words(mass_field(100), kg(42'949'672'960)).why()
        == "42949672.960 kg does not fit, at most 42949672.950");
  auto order = order_for(4, "WH/MO/000");
  order.quantity = kg(50'000'000'000);
  CHECK(encode_slot(default_map(), order).why()
        == "slot 4: quantity 50000000.000 kg does not fit, at most "
           "42949672.950");
  order = order_for(4, "WH/MO/000");
  order.mo_id = "";
  CHECK(encode_slot(default_map(), order).why()
        == "slot 4: mo_id order name \"\": is empty");
}

TEST_CASE("values above 2^31 are unsigned") {
  auto slot = recorded_slot();
  slot[74] = 0x8000;
  slot[75] = 0;
  const auto report = decode_slot(default_map(), 1, slot);
  CHECK(report.weight == kg(21'474'836'480));
  REQUIRE(report.problem);
  CHECK(report.problem->field_name == "weight");
  CHECK(report.problem->raw_words == std::vector<int>{0x8000, 0});
  CHECK(report.problem->rule
        == "weight is 21474836.480 kg, plausible is 0.000..10000000.000");
}

TEST_CASE("an implausible dosing amount is a problem with its raw words") {
  auto slot = recorded_slot();
  slot[28] = 9;
  slot[29] = 16176; // 606000
  const auto report = decode_slot(default_map(), 1, slot);
  REQUIRE(report.problem);
  CHECK(report.problem->field_name == "silo_a_consumption");
  CHECK(report.problem->raw_words == std::vector<int>{9, 16176});
  CHECK(report.problem->rule
        == "silo_a_consumption is 6060.000 kg, plausible is 0.000..5000.000");
  slot[28] = 7;
  slot[29] = 41248; // 500000
  CHECK(problem_of(slot) == "none");
  slot[29] = 41249;
  CHECK(problem_of(slot)
        == "silo_a_consumption is 5000.010 kg, plausible is 0.000..5000.000");
}

TEST_CASE("a boolean is 0 or 1") {
  for (const auto& [at, name] :
       {std::pair{72, "status_manufacturing"},
        std::pair{73, "status_operation"}, std::pair{76, "status_read_data"}}) {
    auto slot = recorded_slot();
    slot[static_cast<std::size_t>(at)] = 1;
    CHECK(problem_of(slot) == "none");
    slot[static_cast<std::size_t>(at)] = 2;
    CHECK(problem_of(slot) == std::string(name) + " is 2, expected 0 or 1");
  }
}

TEST_CASE("a dosing point has its own id or none") {
  auto slot = recorded_slot();
  slot[69] = 0;
  CHECK(problem_of(slot) == "none");
  slot[69] = 114;
  CHECK(problem_of(slot) == "lq_fml_id is 114, expected 115 or 0");
}

TEST_CASE("an order name that is not printable is a problem") {
  auto slot = recorded_slot();
  slot[2] = 0x0780;
  CHECK(problem_of(slot)
        == "mo_id holds characters that are not printable ASCII: "
           "\"WH??O/00011\"");
}

TEST_CASE("a free slot is never a problem") {
  words slot(77, 0xFFFF);
  for (std::size_t i = 1; i < 9; ++i)
    slot[i] = 0;
  const auto report = decode_slot(default_map(), 7, slot);
  CHECK(report.slot == 7);
  CHECK(report.mo_id.empty());
  CHECK_FALSE(report.problem);
}

TEST_CASE("any words decode without a crash") {
  CHECK(rc::check([] {
    const auto slot
      = *rc::gen::container<words>(77, rc::gen::arbitrary<std::uint16_t>());
    (void)decode_slot(default_map(), 1, slot);
  }));
}

TEST_CASE("what is encoded decodes to the same, to the hundredth") {
  CHECK(rc::check([] {
    auto order = order_for(*rc::gen::inRange(1, 11), "WH/MO/000");
    for (auto& amount : order.consumption)
      amount = kg(*rc::gen::inRange<std::int64_t>(0, 500'000) * 10);
    const auto slot = encode_slot(default_map(), order);
    RC_ASSERT(static_cast<bool>(slot));
    const auto report = decode_slot(default_map(), order.slot, *slot);
    RC_ASSERT(!report.problem);
    RC_ASSERT(report.mo_id == order.mo_id);
    RC_ASSERT(report.consumption == order.consumption);
  }));
}
