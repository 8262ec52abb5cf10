#pragma once

#include "common/http/server.hpp"

// Answers that are the same as long as the program runs.

namespace millrace::admin {

/// proto/openapi.json.
http::response openapi_answer();
/// The same as a page for people, and that page's stylesheet, which stands
/// beside the page also when that was asked for as a folder ("/docs/").
http::response docs_answer(bool as_folder);
http::response docs_style_answer();

} // namespace millrace::admin
