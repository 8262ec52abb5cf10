#pragma once

#include "services/odoo-simulator/faults.hpp"

#include <nlohmann/json_fwd.hpp>

// The routes of the SCADA add-on behind their sign-in: parameters in, `result`
// out. Pure.

namespace millrace::odoo_sim {

/// Whether an API call goes there (sign-in and health are not among them).
bool is_scada_route(const std::string& path);

/// The `result` object of one call, also for a business failure, which has
/// status `error` and a message. Notes the call in the model.
nlohmann::json call_scada(odoo_model& model, const std::string& path,
                          const nlohmann::json& params,
                          const fault_settings& faults, instant now);

} // namespace millrace::odoo_sim
