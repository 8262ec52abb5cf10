#pragma once

#include <string>
#include <string_view>

namespace millrace::admin {

/// An OpenAPI document as one HTML page without scripts; its stylesheet is
/// expected at docs.css beside it. Throws nlohmann::json::exception for a text
/// that is no such document.
std::string docs_page(std::string_view openapi);

} // namespace millrace::admin
