#pragma once

#include "common/events/messages.hpp"
#include "services/plc-gateway/plc_map.hpp"

#include <string>

namespace millrace::plc {

/// First DM word of the area.
int base_of(const plc_map& map, events::plc_area area);

/// The answer to plc.inspect: an area's words, and what each slot says by the
/// map. `image` is the whole area; words between slots may be 0 although they
/// are not. `read_at`: UTC.
events::command_result inspected(const plc_map& map, const std::string& line,
                                 events::plc_area area, const words& image,
                                 const std::string& read_at);

} // namespace millrace::plc
