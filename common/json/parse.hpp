#pragma once

#include "common/domain/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace millrace {

/// JSON from outside. nlohmann parses any depth, but copying or printing what
/// is nested 100,000 deep overflows the stack: the error is "is nested deeper
/// than ..." or "is no JSON". Never throws.
result<nlohmann::json> parse_json(std::string_view text, int max_depth = 32);

} // namespace millrace
