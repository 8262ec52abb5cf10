#pragma once

#include <string>
#include <string_view>

// The only door to zlib.

namespace millrace::admin {

/// RFC 1952. Throws std::bad_alloc only.
std::string gzipped(std::string_view text);

} // namespace millrace::admin
