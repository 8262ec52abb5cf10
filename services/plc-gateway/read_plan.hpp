#pragma once

#include "services/plc-gateway/plc_map.hpp"

#include <vector>

namespace millrace::plc {

/// The frames that read an area, in ascending order: each of at most
/// `most_words` (at least one slot), none ending inside a slot. As few as
/// possible; words between two slots of one frame are read with them.
std::vector<word_range> plan_reads(const plc_map& map, int base,
                                   int most_words);

} // namespace millrace::plc
