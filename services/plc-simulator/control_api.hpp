#pragma once

#include "common/http/server.hpp"
#include "services/plc-simulator/simulated_plc.hpp"

namespace millrace::plc_sim {

/// Answers the control server: GET /health, /ledger, /faults and /words, POST
/// /ledger/reset, /faults, /power-cycle and /words. Errors are
/// {"error": "..."} with 400, 404 or 405.
http::response control(simulated_plc& plc, const http::request& asked);

} // namespace millrace::plc_sim
