#pragma once

#include <string_view>

namespace millrace::bus {

/// Whether a subscription to `filter` gets messages of `topic`: `+` stands for
/// one level, a last `#` for all further ones; neither matches a first level
/// that begins with `$` (MQTT 5, 4.7).
bool matches(std::string_view filter, std::string_view topic);

} // namespace millrace::bus
