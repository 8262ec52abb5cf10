#pragma once

#include "common/domain/dosing.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Under which equipment code a dosing point's consumption is booked. Pure.

namespace millrace::odoo {

/// One code for each dosing point, no code twice.
using equipment_codes = std::array<std::string, dosing_point_count>;

/// "silo101" .. "lq115".
equipment_codes standard_codes();

/// The codes of an order's own components per dosing point, in Odoo's order,
/// each once.
using order_codes = std::array<std::vector<std::string>, dosing_point_count>;

/// Adds the code of a component of the point. Left out are codes that cannot be
/// a parameter's name in update-with-consumptions: empty, over 64 characters,
/// or the name of another parameter.
void add_code(order_codes& codes, std::size_t point, const std::string& code);

/// What to book under, after `used` was refused: where the order knows the code
/// that was used, the same (another one would book the amount twice), else the
/// point's first code, else the standard one.
equipment_codes codes_for(const order_codes& order,
                          const equipment_codes& used);

/// Whether a point with an amount above 0 has another code.
bool books_elsewhere(const equipment_codes& a, const equipment_codes& b,
                     const dosing_amounts& amounts);

/// The point that is booked under this code, or that the code itself names.
std::optional<std::size_t> point_booked_under(std::string_view code,
                                              const equipment_codes& codes);

} // namespace millrace::odoo
