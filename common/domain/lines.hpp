#pragma once

#include "common/domain/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

/// Of one plant; more was never tried.
constexpr std::size_t most_lines = 10'000;

/// Reads the setting LINES: line codes and ranges of them divided by commas
/// ("PLC01, PLC10..PLC25"), at least one, none twice, at most most_lines, in
/// the order given. The error names the culprit.
result<std::vector<std::string>> parse_lines(std::string_view text);

} // namespace millrace
