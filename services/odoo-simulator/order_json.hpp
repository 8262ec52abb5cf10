#pragma once

#include "services/odoo-simulator/odoo_model.hpp"

#include <nlohmann/json_fwd.hpp>

namespace millrace::odoo_sim {

/// As mo-list-detailed and mo-detail show an order; `false` for what is
/// missing.
nlohmann::json order_json(const order& shown);
/// Reads the same shape; `consumed`, `reserved`, `uom` and everything that may
/// be `false` may be absent. The error names the member.
result<order> order_from_json(const nlohmann::json& given);

/// A mass as Odoo's float.
double to_double(milli_kg mass);
/// Rounded to thousandths; nothing when it is no number of a sensible size.
std::optional<milli_kg> mass_from(const nlohmann::json& value);
/// "825.00"; three digits when the third is not 0.
std::string mass_text(milli_kg mass);

} // namespace millrace::odoo_sim
