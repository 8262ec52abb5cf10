#pragma once

#include "common/config/binder.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::config {

/// What --help prints: every setting in the order of declaration.
std::string help_text(std::string_view service, std::string_view summary,
                      const binder& settings,
                      const std::vector<own_option>& own = {});

} // namespace millrace::config
