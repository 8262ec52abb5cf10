#include "services/odoo-gateway/odoo_client.hpp"

#include "common/service/kill_point.hpp"
#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"
#include "services/odoo-gateway/clean_text.hpp"

namespace millrace::odoo {

namespace {

using http::call_outcome;
using http::call_result;

constexpr const char* list_path = "/api/scada/mo-list-detailed";
constexpr const char* detail_path = "/api/scada/mo-detail";
constexpr const char* update_path = "/api/scada/mo/update-with-consumptions";
constexpr const char* done_path = "/api/scada/mo/mark-done";
constexpr const char* cancel_path = "/api/scada/mo/cancel";

bool counts_against_odoo(const call_result& answer) {
  return answer.outcome == call_outcome::answered
           ? answer.status >= 500
           : answer.outcome != call_outcome::malformed;
}

void count_call(const std::string& path, const char* how) {
  metrics::count("millrace_odoo_calls_total", "Calls to Odoo by their outcome",
                 {{"route", path}, {"outcome", how}});
}

const char* name_of(const outcome<json>& result) {
  if (result)
    return "success";
  const auto index = static_cast<std::size_t>(result.why().error_class);
  return events::enum_names<events::odoo_error>::values[index].data();
}

} // namespace

odoo_client::odoo_client(http::client_options options, shared_parts parts)
  : http_(options), connect_time_out_(options.connect_time_out),
    parts_(std::move(parts)) {
}

outcome<json> odoo_client::list_orders(int limit, int offset) {
  return call(list_path,
              {{"limit", limit},
               {"offset", offset},
               {"states", json::array({"confirmed"})}},
              true);
}

outcome<order_detail> odoo_client::detail(const std::string& mo_id,
                                          const std::string& line) {
  const auto result = call(detail_path, {{"mo_id", mo_id}}, true);
  if (!result)
    return result.why();
  return read_detail(*result, line);
}

outcome<json> odoo_client::update(const std::string& mo_id,
                                  const equipment_codes& codes,
                                  const dosing_amounts& amounts,
                                  std::optional<kilograms> weight) {
  json params{{"mo_id", mo_id}};
  if (weight)
    params["quantity"] = weight->to_double();
  for (std::size_t i = 0; i < dosing_point_count; ++i)
    if (amounts[i] > kilograms{})
      params[codes[i]] = amounts[i].to_double();
  return call(update_path, params, true);
}

outcome<json> odoo_client::mark_done(const std::string& mo_id, kilograms weight,
                                     const std::string& line,
                                     const std::string& ended_at) {
  return call(done_path,
              {{"mo_id", mo_id},
               {"finished_qty", weight.to_double()},
               {"equipment_id", line},
               {"date_end_actual", ended_at}},
              false);
}

outcome<json> odoo_client::cancel(const std::string& mo_id) {
  return call(cancel_path, {{"mo_id", mo_id}}, false);
}

/// Signs in where needed, and once again when the session is gone: an expired
/// session means that nothing was done.
outcome<json> odoo_client::call(const std::string& path, const json& params,
                                bool repeatable) {
  const auto post_sign_in
    = [this](const std::string& where, const std::string& body) {
        return post(where, body, {}, true);
      };
  std::string stale;
  for (int attempt = 1;; ++attempt) {
    const auto cookie = parts_.sign_in.cookie(post_sign_in, stale);
    if (!cookie) {
      count_call(path, "not_signed_in");
      return cookie.why();
    }
    const auto answer = post(path, rpc_call(params), *cookie, repeatable);
    auto result = read_answer(answer);
    if (result)
      parts_.sign_in.renewed(*cookie, answer.set_cookies);
    if (result || !result.why().session_expired || attempt == 2) {
      count_call(path, name_of(result));
      return result;
    }
    log::info("odoo.session_expired", {{"route", path}});
    stale = *cookie;
  }
}

http::call_result odoo_client::post(const std::string& path,
                                    const std::string& body,
                                    const std::string& cookie,
                                    bool repeatable) {
  if (auto why = parts_.guard.refuses()) {
    call_result refused;
    refused.outcome = call_outcome::not_connected;
    refused.text = std::move(*why);
    return refused;
  }
  const auto route = path.substr(path.rfind('/') + 1);
  kill_point("odoo.before", route);
  auto answer = send(path, body, cookie, repeatable);
  kill_point("odoo.after", route);
  report(answer);
  return answer;
}

/// Where no connection was made nothing was sent: trying again is safe. Only a
/// quick refusal is worth it.
http::call_result odoo_client::send(const std::string& path,
                                    const std::string& body,
                                    const std::string& cookie,
                                    bool repeatable) {
  std::map<std::string, std::string> headers{
    {"Content-Type", "application/json"}, {"Accept", "application/json"}};
  if (!cookie.empty())
    headers["Cookie"] = "session_id=" + cookie;
  const auto began = parts_.now();
  const auto measured = [&](http::call_result answer) {
    metrics::observe("millrace_odoo_call_seconds",
                     "Calls to Odoo from the first try to the last answer",
                     parts_.now() - began, {{"route", path}});
    return answer;
  };
  for (int repeat = 1;; ++repeat) {
    auto answer = http_.call("POST", path, headers, body, repeatable);
    if (answer.outcome != call_outcome::not_connected || repeat > max_repeats
        || parts_.now() - began >= connect_time_out_)
      return measured(std::move(answer));
    metrics::count("millrace_odoo_retries_total",
                   "Calls to Odoo that were tried again: no connection");
    parts_.pause(pause_before(repeat, parts_.random()));
  }
}

void odoo_client::report(const call_result& answer) {
  const auto before = parts_.guard.current();
  if (counts_against_odoo(answer))
    parts_.guard.failed(answer.outcome == call_outcome::answered
                          ? "HTTP " + std::to_string(answer.status)
                          : clean_text(answer.text, 200));
  else
    parts_.guard.succeeded();
  const auto after = parts_.guard.current();
  metrics::gauge("millrace_odoo_breaker_open",
                 "1 while calls to Odoo are held back",
                 after == breaker::state::open ? 1 : 0);
  if (before == breaker::state::closed && after == breaker::state::open)
    log::warn("odoo.unreachable", {{"error", clean_text(answer.text, 200)}});
  if (before != breaker::state::closed && after == breaker::state::closed)
    log::info("odoo.reachable_again");
}

} // namespace millrace::odoo
