#pragma once

#include "common/domain/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace millrace {

/// Checks an Odoo order name: at least two levels of letters, digits, `-` and
/// `_`, divided by `/` ("WH/MO/00011", "WH/MO/90003-001"); at most 64
/// characters, the width of the database column. Returns it unchanged.
result<std::string> check_order_name(std::string_view name);

/// What a PLC text field of `characters` bytes holds of a name. A character of
/// several bytes is left out rather than split.
std::string cut_to_field(std::string_view name, std::size_t characters = 16);

/// Checks a line's code ("PLC01"): 1 to 64 letters, digits, `-`, `_`; it is a
/// level of MQTT topics, where a leading `_` is ours, and a database key.
result<std::string> check_line_code(std::string_view code);

} // namespace millrace
