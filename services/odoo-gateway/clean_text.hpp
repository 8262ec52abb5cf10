#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace millrace::odoo {

/// Foreign text made fit for our messages and log: valid UTF-8 (anything else
/// becomes '?'), control characters become blanks, at most `characters`
/// characters, none of them split.
std::string clean_text(std::string_view text, std::size_t characters = 500);

} // namespace millrace::odoo
