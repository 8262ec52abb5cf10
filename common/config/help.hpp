#pragma once

#include "common/config/binder.hpp"

#include <string>
#include <string_view>

namespace millrace::config {

/// What --help prints: every setting in the order of declaration.
std::string help_text(std::string_view service, std::string_view summary,
                      const binder& settings);

} // namespace millrace::config
