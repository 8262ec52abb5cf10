#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

// JSON Schema as people read it, in HTML.

namespace millrace::admin {

/// Text as HTML shows it, also within quotes.
std::string escaped(std::string_view text);

/// Escaped, with `code` and **bold** as marked up.
std::string marked_up(std::string_view text);

/// "text, 1 to 64 characters", "list of QueuedBatch": what a value has to be,
/// with links to #schema-NAME.
std::string schema_words(const nlohmann::ordered_json& schema);

/// A table of an object's members: name, what, description. Empty when it has
/// none.
std::string members_table(const nlohmann::ordered_json& schema);

} // namespace millrace::admin
