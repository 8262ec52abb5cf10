#pragma once

#include "common/events/codec.hpp"
#include "common/service/port.hpp"

#include <string>
#include <string_view>

namespace millrace::service {

/// The CloudEvents attributes of a message of `type` that `service` sends now
/// about `line` ("_all" or empty: about none).
events::envelope make_envelope(std::string_view service, std::string_view line,
                               std::string_view type, const context& about,
                               const wall_clock& clock, const id_source& ids);

} // namespace millrace::service
