#pragma once

#include <string>
#include <string_view>

namespace millrace::http {

/// 1 to 64 of [A-Za-z0-9._-]: fit for the header X-Request-Id and for a log.
bool is_request_id(std::string_view text);

/// 32 hex digits. Thread safe.
std::string random_request_id();

} // namespace millrace::http
