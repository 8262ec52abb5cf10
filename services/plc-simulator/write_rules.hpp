#pragma once

#include "services/plc-simulator/mill_ledger.hpp"

namespace millrace::plc_sim {

/// What a write from outside breaks of FACTS 2, judged against the memory
/// before it; one violation a kind and write. `queue_offered`: the middleware
/// has set D7076 to 0 and the program has not copied the queue yet.
std::vector<violation> broken_rules(const words& memory, int address,
                                    const words& data, bool queue_offered,
                                    instant now);

/// READ slots (1..10) that the write acknowledges: finished, not acknowledged
/// before, status_read_data becomes 1.
std::vector<int> acknowledged_slots(const words& memory, int address,
                                    const words& data);

} // namespace millrace::plc_sim
