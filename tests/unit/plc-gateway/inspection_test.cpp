#include "services/plc-gateway/inspection.hpp"
#include "tests/unit/plc-gateway/memory_plc.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace millrace;
using namespace millrace::plc;
using namespace millrace::plc::test;
using nlohmann::json;

namespace {

constexpr auto at_noon = "2026-11-22T12:00:00.000Z";

words area_of(const memory_plc& plc, int base) {
  const auto from = plc.memory.begin() + base;
  return {from, from + 977};
}

json shown(const memory_plc& plc, events::plc_area area) {
  const auto map = default_map();
  const auto said
    = inspected(map, "PLC01", area, area_of(plc, base_of(map, area)), at_noon);
  CHECK(said.ok);
  return json::parse(said.data.text);
}

} // namespace

TEST_CASE("inspection shows the raw words and what they mean") {
  memory_plc plc;
  plc.at(6000) = 1;
  plc.at(6001) = 0x5748; // "WH"
  for (int i = 0; i < 15; ++i)
    plc.at(6027 + 3 * i) = static_cast<std::uint16_t>(101 + i);
  plc.at(6035) = 30000; // 300.00 kg of dosing point 103
  plc.at(6072) = 1;
  plc.at(6074) = 1;
  plc.at(6075) = 34464; // 1000.00 kg
  const auto data = shown(plc, events::plc_area::read);
  CHECK(data["line"] == "PLC01");
  CHECK(data["area"] == "read");
  CHECK(data["address"] == "D6000");
  CHECK(data["read_at"] == at_noon);
  REQUIRE(data["words"].size() == 977);
  CHECK(data["words"][1] == 0x5748);
  REQUIRE(data["slots"].size() == 10);
  const auto& slot = data["slots"][0];
  CHECK(slot["address"] == "D6000");
  CHECK(slot["empty"] == false);
  CHECK(slot["order_name"] == "WH");
  CHECK(slot["dosing"][2]["id"] == 103);
  CHECK(slot["dosing"][2]["tag"] == "silo_c");
  CHECK(slot["dosing"][2]["amount"] == 300.0);
  CHECK(slot["status_manufacturing"] == true);
  CHECK(slot["status_operation"] == false);
  CHECK(slot["weight"] == 1000.0);
  CHECK(slot["problem"].is_null());
  CHECK(data["slots"][9]["address"] == "D6900");
  CHECK(data["slots"][9]["empty"] == true);
}

TEST_CASE("inspection tells a free slot's handshake, and a broken one's rule") {
  memory_plc plc;
  plc.at(7176) = 1;
  plc.at(7201) = 0x5748;
  plc.at(7272) = 7;
  const auto data = shown(plc, events::plc_area::write);
  CHECK(data["address"] == "D7000");
  CHECK(data["slots"][1]["empty"] == true);
  CHECK(data["slots"][1]["status_read_data"] == 1);
  CHECK(data["slots"][0]["status_read_data"] == 0);
  const auto& problem = data["slots"][2]["problem"];
  CHECK(problem["field"].get<std::string>() != "");
  CHECK(problem["rule"].get<std::string>() != "");
}
