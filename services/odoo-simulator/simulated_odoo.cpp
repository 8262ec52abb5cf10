#include "services/odoo-simulator/simulated_odoo.hpp"

#include "common/json/parse.hpp"
#include "services/odoo-simulator/scada_api.hpp"

#include <nlohmann/json.hpp>

namespace millrace::odoo_sim {

namespace {

using json = nlohmann::json;

constexpr auto own_sign_in = "/api/scada/authenticate";
constexpr auto web_sign_in = "/web/session/authenticate";
constexpr auto health_path = "/api/scada/health";
/// The one route that needs its parameters in a JSON-RPC envelope.
constexpr auto envelope_only = "/api/scada/mo-list-detailed";

http::response page(int status, const std::string& title) {
  http::response answer;
  answer.status = status;
  answer.content_type = "text/html; charset=utf-8";
  answer.body = "<!DOCTYPE HTML>\n<html><head><title>" + title
                + "</title></head><body><h1>" + title + "</h1></body></html>\n";
  return answer;
}

std::string header(const http::request& asked, const char* name) {
  const auto found = asked.headers.find(name);
  return found == asked.headers.end() ? std::string{} : found->second;
}

bool has_envelope(const json& body) {
  const auto params = body.find("params");
  return body.contains("jsonrpc") && params != body.end()
         && params->is_object();
}

/// The parameters, from the envelope or, of a flat request, the body itself.
json params_of(const json& body) {
  return has_envelope(body) ? body["params"] : body;
}

json odoo_error(int code, const std::string& message, const std::string& name,
                const std::string& detail) {
  return {{"code", code},
          {"message", message},
          {"data",
           {{"name", name},
            {"debug", ""},
            {"message", detail},
            {"arguments", json::array({detail})}}}};
}

std::string text_in(const json& params, const char* name) {
  const auto found = params.find(name);
  return found != params.end() && found->is_string() ? found->get<std::string>()
                                                     : std::string{};
}

bool needs_post(const std::string& path) {
  return path != health_path;
}

bool is_route(const std::string& path) {
  return path == own_sign_in || path == web_sign_in || path == health_path
         || is_scada_route(path);
}

} // namespace

simulated_odoo::simulated_odoo(odoo_settings chosen, std::vector<order> orders)
  : settings_(std::move(chosen)), sessions_(settings_.session_lifetime) {
  for (auto& each : orders)
    model_.add(std::move(each));
}

reply simulated_odoo::on_request(const http::request& asked, instant now) {
  const std::lock_guard lock{mutex_};
  const auto faults = dice_.decide(asked.path);
  reply out;
  out.delay = faults.slow;
  if (faults.offline) {
    ++request_counts_[asked.path + " offline"];
    out.response.cut_after = 0;
    return out;
  }
  if (faults.refuse_status != 0) {
    ++request_counts_[asked.path + " refused"];
    out.response = page(faults.refuse_status, "Server Error");
    return out;
  }
  ++request_counts_[asked.path];
  out.response = answer(asked, faults, now);
  out.hang = faults.hang_after_commit;
  if (faults.drop_answer)
    out.response.cut_after = 0;
  else if (faults.cut_answer)
    out.response.cut_after = out.response.body.size() / 2;
  return out;
}

http::response simulated_odoo::answer(const http::request& asked,
                                      const fault_settings& faults,
                                      instant now) {
  if (!is_route(asked.path))
    return page(404, "404 Not Found");
  if (asked.method != (needs_post(asked.path) ? "POST" : "GET"))
    return page(405, "405 Method Not Allowed");
  if (header(asked, "content-type").rfind("application/json", 0) != 0)
    return page(400, "400 Bad Request: the request is not of type json");
  const auto parsed = parse_json(asked.body);
  if (!parsed || !parsed->is_object())
    return page(400, "400 Bad Request: Invalid JSON data");
  const json& body = *parsed;
  const auto params = params_of(body);
  if (asked.path == health_path)
    return enveloped(body, "result", {{"status", "ok"}});
  if (asked.path == own_sign_in || asked.path == web_sign_in)
    return sign_in(asked.path, body, params, now);
  return call(asked, body, params, faults, now);
}

http::response simulated_odoo::sign_in(const std::string& path,
                                       const json& body, const json& params,
                                       instant now) {
  const bool right = text_in(params, "db") == settings_.database
                     && text_in(params, "login") == settings_.login
                     && text_in(params, "password") == settings_.password;
  if (!right && path == web_sign_in)
    return enveloped(body, "error",
                     odoo_error(200, "Odoo Server Error",
                                "odoo.exceptions.AccessDenied",
                                "Access Denied"));
  if (!right)
    return enveloped(body, "result",
                     {{"status", "error"}, {"message", "Access Denied"}});
  json result{{"uid", 2}, {"db", settings_.database}};
  if (path == own_sign_in)
    // Not the cookie's: Odoo gives out a new one while it answers.
    result.update({{"status", "success"}, {"session_id", "stale-in-body"}});
  auto answer = enveloped(body, "result", result);
  answer.headers["Set-Cookie"]
    = "session_id=" + sessions_.open(now) + "; HttpOnly; Path=/";
  return answer;
}

http::response simulated_odoo::call(const http::request& asked,
                                    const json& body, const json& params,
                                    const fault_settings& faults, instant now) {
  const auto session = session_cookie(header(asked, "cookie"));
  if (!sessions_.valid(session, now)) {
    ++request_counts_[asked.path + " expired"];
    return session_expired(body);
  }
  if (asked.path == envelope_only && !has_envelope(body))
    return enveloped(
      body, "error",
      odoo_error(200, "Odoo Server Error", "builtins.KeyError", "params"));
  auto answer = enveloped(body, "result",
                          call_scada(model_, asked.path, params, faults, now));
  if (faults.expire_each_call)
    sessions_.close(session);
  return answer;
}

http::response simulated_odoo::enveloped(const json& body, const char* member,
                                         json content) const {
  json whole;
  if (!settings_.plain)
    whole = {{"jsonrpc", "2.0"},
             {"id", body.value("id", json(nullptr))},
             {member, std::move(content)}};
  else if (std::string{member} == "error")
    whole = {{"error", std::move(content)}};
  else
    whole = std::move(content);
  http::response answer;
  // What came in may not be UTF-8.
  answer.body = whole.dump(-1, ' ', false, json::error_handler_t::replace);
  return answer;
}

http::response simulated_odoo::session_expired(const json& body) const {
  return enveloped(body, "error",
                   odoo_error(100, "Odoo Session Expired",
                              "odoo.http.SessionExpiredException",
                              "Session expired"));
}

fault_settings simulated_odoo::faults() const {
  const std::lock_guard lock{mutex_};
  return dice_.settings();
}

void simulated_odoo::set_faults(fault_settings chosen) {
  const std::lock_guard lock{mutex_};
  dice_.set(std::move(chosen));
}

void simulated_odoo::expire_sessions() {
  const std::lock_guard lock{mutex_};
  sessions_.close_all();
}

void simulated_odoo::with_model(const std::function<void(odoo_model&)>& act) {
  const std::lock_guard lock{mutex_};
  act(model_);
}

std::map<std::string, int> simulated_odoo::request_counts() const {
  const std::lock_guard lock{mutex_};
  return request_counts_;
}

} // namespace millrace::odoo_sim
