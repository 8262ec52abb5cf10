#include "services/odoo-gateway/odoo_answer.hpp"

#include "common/json/parse.hpp"
#include "services/odoo-gateway/clean_text.hpp"

#include <algorithm>
#include <cctype>

namespace millrace::odoo {

namespace {

using events::odoo_error;
using http::call_outcome;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return text;
}

bool has(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

failure fail(odoo_error error_class, const std::string& text,
             bool ambiguous = false) {
  return {error_class, clean_text(text), ambiguous, false};
}

failure expired(const std::string& text) {
  return {odoo_error::authentication, clean_text(text), false, true};
}

/// What Odoo gave as its reason, in words.
std::string reason_in(const json& message) {
  if (message.is_string() && !message.get_ref<const std::string&>().empty())
    return message;
  if (message.is_null() || message.is_boolean() || message.is_string())
    return "Odoo gave no reason";
  return message.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// "MO WH/MO/00011 not found", but not "Equipment silo120 not found".
bool says_order_missing(const std::string& text) {
  const auto low = lower(text);
  const bool missing = has(low, "not found") || has(low, "does not exist")
                       || has(low, "doesn't exist");
  return missing && !has(low, "equipment") && !has(low, "product")
         && !has(low, "component") && !has(low, "route");
}

failure business_failure(const json& result) {
  const auto said
    = reason_in(result.contains("message")
                  ? result["message"]
                  : (result.contains("error") ? result["error"] : json{}));
  if (has(lower(said), "session expired"))
    return expired(said);
  return fail(says_order_missing(said) ? odoo_error::not_found
                                       : odoo_error::rejected,
              said);
}

/// The error member of a JSON-RPC answer.
failure rpc_failure(const json& error) {
  if (!error.is_object())
    return fail(odoo_error::rejected, reason_in(error));
  const auto& data = object_of(error, "data");
  const auto name = text_of(data, "name");
  const auto detail = text_of(data, "message");
  const auto said
    = detail.empty() ? reason_in(error.value("message", json{})) : detail;
  const auto code = error.value("code", json{});
  if (code == 100 || has(name, "SessionExpired"))
    return expired(said);
  if (code == 404)
    return fail(odoo_error::protocol, "Odoo has no such route: " + said);
  if (has(name, "AccessDenied") || has(name, "AccessError"))
    return fail(odoo_error::authentication, said);
  // Odoo's database, not our call: the transaction may be repeated.
  if (name.starts_with("psycopg2."))
    return fail(odoo_error::unreachable, said, true);
  return fail(says_order_missing(said) ? odoo_error::not_found
                                       : odoo_error::rejected,
              said);
}

bool says_failure(const json& result) {
  const auto status = result.find("status");
  if (status == result.end())
    return false;
  return *status != "success" && *status != "ok" && *status != true;
}

failure no_answer(const http::call_result& answer) {
  switch (answer.outcome) {
  case call_outcome::not_connected:
    return fail(odoo_error::unreachable, answer.text);
  case call_outcome::timed_out:
    return fail(odoo_error::time_out, answer.text, true);
  case call_outcome::malformed:
    return fail(odoo_error::protocol, answer.text, true);
  default:
    return fail(odoo_error::unreachable, answer.text, true);
  }
}

/// "HTTP 502: <html>..."; what Odoo says behind a proxy may be a whole page.
std::string http_text(const http::call_result& answer) {
  auto text = "HTTP " + std::to_string(answer.status);
  if (!answer.body.empty())
    text += ": " + clean_text(answer.body, 200);
  return text;
}

failure http_failure(const http::call_result& answer, const json& body) {
  const int status = answer.status;
  if (status == 401 || status == 403)
    return expired(http_text(answer));
  if (status == 502 || status == 503 || status == 504)
    return fail(odoo_error::unreachable, http_text(answer), true);
  if (status >= 500)
    return fail(odoo_error::protocol, http_text(answer), true);
  if (status >= 400 && body.is_object() && text_of(body, "status") == "error")
    return business_failure(body);
  const auto location = answer.headers.find("location");
  if (status >= 300 && status < 400 && location != answer.headers.end()) {
    const auto text = "HTTP " + std::to_string(status) + " to "
                      + clean_text(location->second, 200);
    return has(location->second, "/web/login")
             ? expired(text)
             : fail(odoo_error::protocol, text);
  }
  return fail(odoo_error::protocol, http_text(answer));
}

} // namespace

std::string rpc_call(const json& params) {
  return json{{"jsonrpc", "2.0"}, {"method", "call"}, {"params", params}}.dump(
    -1, ' ', false, json::error_handler_t::replace);
}

outcome<json> read_answer(const http::call_result& answer) {
  if (answer.outcome != call_outcome::answered)
    return no_answer(answer);
  auto parsed = parse_json(answer.body);
  auto body = parsed ? std::move(*parsed) : json{};
  if (answer.status < 200 || answer.status > 299)
    return http_failure(answer, body);
  if (!body.is_object())
    return fail(odoo_error::protocol,
                "the answer " + (parsed ? "is no JSON object" : parsed.why())
                  + ": " + clean_text(answer.body, 200),
                true);
  // Only an envelope's error is an object; a plain answer may have a text.
  if (body.contains("error") && body["error"].is_object())
    return rpc_failure(body["error"]);
  if (body.contains("result") && !body.contains("status")) {
    auto inner = std::move(body["result"]);
    body = std::move(inner);
  }
  if (!body.is_object())
    return fail(odoo_error::protocol,
                "the result is no object: "
                  + body.dump(-1, ' ', false, json::error_handler_t::replace),
                true);
  if (says_failure(body))
    return business_failure(body);
  return body;
}

std::string text_of(const json& object, const char* member) {
  const auto at = object.is_object() ? object.find(member) : object.end();
  return at != object.end() && at->is_string() ? at->get<std::string>()
                                               : std::string{};
}

const json& object_of(const json& object, const char* member) {
  static const json none = json::object();
  const auto at = object.is_object() ? object.find(member) : object.end();
  return at != object.end() && at->is_object() ? *at : none;
}

const json& list_of(const json& object, const char* member) {
  static const json none = json::array();
  const auto at = object.is_object() ? object.find(member) : object.end();
  return at != object.end() && at->is_array() ? *at : none;
}

} // namespace millrace::odoo
