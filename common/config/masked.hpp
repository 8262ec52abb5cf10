#pragma once

#include <string>
#include <string_view>

namespace millrace::config {

/// A value as it may be shown: what stands where a URL has its password is
/// replaced by "***". Rather too much than too little: also when the URL is
/// malformed.
std::string masked(std::string_view value);

} // namespace millrace::config
