#pragma once

#include "common/domain/result.hpp"
#include "common/events/messages.hpp"
#include "services/plc-gateway/plc_map.hpp"

#include <span>

namespace millrace::plc {

/// The words of a WRITE slot for this order: `slot_words` of them, statuses,
/// weight and handshake 0. The error names slot, field and value; then nothing
/// may be written.
result<words> encode_slot(const plc_map& map, const events::slot_order& order);

/// What a READ slot says; `slot` is its `slot_words` words. A free slot (NO-MO
/// empty) is never a problem. The first rule that a used one breaks becomes its
/// problem.
events::slot_report decode_slot(const plc_map& map, int number,
                                std::span<const std::uint16_t> slot);

/// The words of slot 1..slots within an area's image.
std::span<const std::uint16_t>
slot_of(const plc_map& map, std::span<const std::uint16_t> area, int number);

} // namespace millrace::plc
