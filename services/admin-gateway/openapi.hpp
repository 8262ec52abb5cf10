#pragma once

#include <string_view>

namespace millrace::admin {

/// proto/openapi.json, compiled in.
std::string_view openapi_text();

/// services/admin-gateway/docs.css, compiled in.
std::string_view docs_style_text();

} // namespace millrace::admin
