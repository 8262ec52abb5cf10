#pragma once

#include "services/odoo-simulator/odoo_model.hpp"

namespace millrace::odoo_sim {

/// A confirmed order, the same for the same number at all times: about 1000 kg
/// over some of the 15 dosing points in hundredths of a kilogram. Some have
/// `false` values or hand-added parts, as plants' orders do. `number` from 1 on
/// gives the name, WH/MO/00001.
order sample_order(int number, const std::string& line_code);

/// `count` orders of `line_code` from number 1 on, and in between `foreign` of
/// them for `other_line_code` (numbers 90001 on).
std::vector<order> sample_orders(int count, const std::string& line_code,
                                 int foreign,
                                 const std::string& other_line_code);

} // namespace millrace::odoo_sim
