#pragma once

#include "common/domain/kilograms.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace millrace {

/// One of the mill's 15 dosing points (FACTS 1). The order is fixed: it is the
/// order in the PLC's slots and in the database.
struct dosing_point {
  /// The plant's number and the PLC's id word, 101..115.
  int id;
  /// Name in our messages, in the API and as suffix of the database columns.
  std::string_view tag;
  /// Odoo's equipment code, also the parameter name when consumption is pushed.
  std::string_view odoo_code;
  /// The database column that holds the id.
  std::string_view id_column;
  /// What people at the plant call it.
  std::string_view plant_name;
};

inline constexpr std::size_t dosing_point_count = 15;

inline constexpr std::array<dosing_point, dosing_point_count> dosing_points{{
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
}};

/// Kilograms per dosing point, in the order of `dosing_points`.
using dosing_amounts = std::array<kilograms, dosing_point_count>;

kilograms total(const dosing_amounts& amounts);

/// Index into `dosing_points` by tag ("silo_a").
std::optional<std::size_t> dosing_index_by_tag(std::string_view tag);

/// Index into `dosing_points` for a component's equipment in Odoo: by code
/// ("silo101"), else by a three-digit id or a tag in code or name ("SILO_A",
/// "SILO A", "101"), whatever the case. None for equipment that doses nothing.
std::optional<std::size_t> dosing_index_by_equipment(std::string_view code,
                                                     std::string_view name);

} // namespace millrace
