#pragma once

#include "common/http/client.hpp"
#include "services/odoo-gateway/outcome.hpp"

#include <nlohmann/json.hpp>

#include <string>

// What an HTTP answer of Odoo means (FACTS 4). Pure.

namespace millrace::odoo {

using json = nlohmann::json;

/// The body of a call: Odoo's type='json' routes take JSON-RPC.
std::string rpc_call(const json& params);

/// The result object: out of the JSON-RPC envelope, or the plain object of
/// deployments without one. A failure for everything else: no answer, HTTP
/// errors, no JSON, JSON-RPC errors (session expiry is HTTP 200 with code 100),
/// and status "error" in the result.
outcome<json> read_answer(const http::call_result& answer);

/// A text member, or empty where it is missing or Odoo wrote false.
std::string text_of(const json& object, const char* member);

/// A member that is an object; an empty object where it is not.
const json& object_of(const json& object, const char* member);

/// A member that is a list; an empty list where it is not.
const json& list_of(const json& object, const char* member);

} // namespace millrace::odoo
