#pragma once

#include <string>
#include <string_view>

namespace millrace::admin {

/// An OpenAPI document as one HTML page without scripts, with the stylesheet at
/// this URL. Throws nlohmann::json::exception for a text that is no such
/// document.
std::string docs_page(std::string_view openapi, std::string_view style_url);

} // namespace millrace::admin
