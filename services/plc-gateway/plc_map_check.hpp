#pragma once

#include "services/plc-gateway/plc_map.hpp"

namespace millrace::plc {

/// The rules between a map's members: overlaps and bounds. Appends what is
/// wrong; `fields` are those of the map, each once.
void check_layout(const plc_map& map, const std::vector<map_field>& fields,
                  std::vector<std::string>& errors);

} // namespace millrace::plc
