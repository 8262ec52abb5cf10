#pragma once

#include "common/domain/result.hpp"

#include <string>
#include <string_view>

// What binder::text() takes as `check`, for kinds of values that several
// services have.

namespace millrace::config {

/// An address to listen on: IPv4 or IPv6 in digits.
result<std::string> check_ip_address(std::string_view text);
/// Somebody to connect to: an address in digits or a name.
result<std::string> check_host(std::string_view text);
/// A file that is there and can be read; no folder.
result<std::string> check_readable_file(std::string_view path);
/// One line code.
result<std::string> check_line(std::string_view text);

} // namespace millrace::config
