#pragma once

#include "services/odoo-simulator/faults.hpp"

#include <nlohmann/json_fwd.hpp>

// What the control routes (/sim/...) speak.

namespace millrace::odoo_sim {

nlohmann::json ledger_json(const odoo_model& model,
                           const std::map<std::string, int>& request_counts);
nlohmann::json faults_json(const fault_settings& faults);
/// What is absent is off. The error names the member and its value.
result<fault_settings> faults_from_json(const nlohmann::json& body);

} // namespace millrace::odoo_sim
