#include "common/domain/dosing.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace millrace;

namespace {

/// FACTS 1, written out: id, tag, Odoo's code, id column, plant's name.
struct fact {
  int id;
  const char* tag;
  const char* odoo_code;
  const char* id_column;
  const char* plant_name;
};

constexpr fact facts[] = {
  {101, "silo_a", "silo101", "silo_a", "SILO A"},
  {102, "silo_b", "silo102", "silo_b", "SILO B"},
  {103, "silo_c", "silo103", "silo_c", "SILO C"},
  {104, "silo_d", "silo104", "silo_d", "SILO D"},
  {105, "silo_e", "silo105", "silo_e", "SILO E"},
  {106, "silo_f", "silo106", "silo_f", "SILO F"},
  {107, "silo_g", "silo107", "silo_g", "SILO G"},
  {108, "silo_h", "silo108", "silo_h", "SILO H"},
  {109, "silo_i", "silo109", "silo_i", "SILO I"},
  {110, "silo_j", "silo110", "silo_j", "SILO J"},
  {111, "silo_k", "silo111", "silo_k", "SILO K"},
  {112, "silo_l", "silo112", "silo_l", "SILO L"},
  {113, "silo_m", "silo113", "silo_m", "SILO M"},
  {114, "lq_tetes", "lq114", "lq114", "LQ114"},
  {115, "lq_fml", "lq115", "lq115", "LQ115"},
};

} // namespace

TEST_SUITE("dosing points") {
  TEST_CASE("the table is the plant's, in the plant's order") {
    REQUIRE(dosing_points.size() == 15);
    for (std::size_t i = 0; i < 15; ++i) {
      CAPTURE(i);
      CHECK(dosing_points[i].id == facts[i].id);
      CHECK(dosing_points[i].tag == facts[i].tag);
      CHECK(dosing_points[i].odoo_code == facts[i].odoo_code);
      CHECK(dosing_points[i].id_column == facts[i].id_column);
      CHECK(dosing_points[i].plant_name == facts[i].plant_name);
    }
  }

  TEST_CASE("each is found by its tag, its code, its name and its number") {
    for (std::size_t i = 0; i < 15; ++i) {
      CAPTURE(i);
      const auto& f = facts[i];
      CHECK(dosing_index_by_tag(f.tag) == i);
      CHECK(dosing_index_by_equipment(f.odoo_code, "") == i);
      CHECK(dosing_index_by_equipment(f.tag, "") == i);
      CHECK(dosing_index_by_equipment(f.plant_name, "") == i);
      CHECK(dosing_index_by_equipment(std::to_string(f.id), "") == i);
      CHECK(dosing_index_by_equipment("", f.plant_name) == i);
      CHECK(dosing_index_by_equipment("", std::to_string(f.id)) == i);
    }
  }

  TEST_CASE("a tag is found only as it is written") {
    for (auto tag : {"", "SILO_A", "silo_n", "silo_", "silo_a ", "silo101"}) {
      CAPTURE(tag);
      CHECK_FALSE(dosing_index_by_tag(tag));
    }
  }

  TEST_CASE("equipment is recognised in whatever way people write it") {
    CHECK(dosing_index_by_equipment("SILO_A", "") == 0);
    CHECK(dosing_index_by_equipment("Silo-A", "") == 0);
    CHECK(dosing_index_by_equipment("SILO101", "") == 0);
    CHECK(dosing_index_by_equipment("silo 113", "") == 12);
    CHECK(dosing_index_by_equipment("LQ TETES", "") == 13);
    CHECK(dosing_index_by_equipment("LQ-114", "") == 13);
    CHECK(dosing_index_by_equipment("LQ115 (FML)", "") == 14);
    CHECK(dosing_index_by_equipment("bin 103, east", "") == 2);
  }

  TEST_CASE("the code decides before the name") {
    CHECK(dosing_index_by_equipment("silo101", "SILO B") == 0);
    CHECK(dosing_index_by_equipment("EQ-7", "SILO B") == 1);
    CHECK(dosing_index_by_equipment("", "SILO B") == 1);
    CHECK(dosing_index_by_equipment("EQ-7", "Tank 114") == 13);
  }

  TEST_CASE("equipment that doses nothing is none of the fifteen") {
    for (auto text :
         {"", "PLC01", "SILO N", "silo", "silo100", "silo116", "100", "116",
          "1014", "0101", "10 1", "siloa1", "---", "1000000000000000000101"}) {
      CAPTURE(text);
      CHECK_FALSE(dosing_index_by_equipment(text, ""));
      CHECK_FALSE(dosing_index_by_equipment("", text));
    }
  }

  TEST_CASE("a total counts every point once") {
    dosing_amounts amounts{};
    CHECK(total(amounts) == kilograms{});
    std::int64_t milli = 1;
    for (auto& amount : amounts) {
      amount = kilograms::from_milli(milli);
      milli *= 2;
    }
    CHECK(total(amounts).milli() == 32'767);
  }
}
