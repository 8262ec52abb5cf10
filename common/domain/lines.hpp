#pragma once

#include "common/domain/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace {

/// Reads the setting LINES: line codes divided by commas ("PLC01, PLC02"), at
/// least one, none twice, in the order given. The error names the culprit.
result<std::vector<std::string>> parse_lines(std::string_view text);

} // namespace millrace
