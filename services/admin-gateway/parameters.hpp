#pragma once

#include "common/domain/result.hpp"
#include "common/events/messages.hpp"

#include <map>
#include <string>
#include <string_view>

namespace millrace::admin {

/// Checks an order name from a URL: 1 to 64 printable ASCII characters. An
/// archive that was adopted may hold names that no order has today.
result<std::string> check_mo_id(std::string_view name);

/// limit (1..1000, default 50), offset (default 0), status and mo_id of a
/// history request, decoded. The error names parameter, value and what is
/// allowed. Other parameters are ignored.
result<events::store_query>
history_query(const std::map<std::string, std::string>& parameters);

/// {"enabled": true|false}; the error says what is wrong with the body.
result<bool> toggle_body(std::string_view body);

} // namespace millrace::admin
