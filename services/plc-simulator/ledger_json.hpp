#pragma once

#include "common/domain/result.hpp"
#include "services/plc-simulator/faults.hpp"
#include "services/plc-simulator/mill_ledger.hpp"

#include <string>

// What the control server speaks: JSON texts.

namespace millrace::plc_sim {

std::string to_json(const mill_ledger& ledger);
std::string to_json(const fault_settings& faults);
/// What is absent is off. The error names the member and its value.
result<fault_settings> faults_from_json(const std::string& text);

} // namespace millrace::plc_sim
