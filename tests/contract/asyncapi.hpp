#pragma once

#include <string>

namespace millrace::contract {

/// The whole AsyncAPI 3.0.0 document (YAML) over the messages and their
/// parties. It refers to events/<message>.schema.json beside it.
std::string asyncapi_document();

} // namespace millrace::contract
