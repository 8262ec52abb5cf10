#pragma once

#include "services/odoo-simulator/simulated_odoo.hpp"

namespace millrace::odoo_sim {

/// Answers the paths under /sim: GET /sim/health and /sim/ledger, GET and POST
/// /sim/faults, POST /sim/orders, /sim/orders/{name}/state and
/// /sim/expire-sessions. New sample orders are for `line_code` unless the
/// request names another line. Errors are {"error": "..."} with 400 or 404.
http::response control(simulated_odoo& odoo, const http::request& asked,
                       const std::string& line_code, instant now);

} // namespace millrace::odoo_sim
