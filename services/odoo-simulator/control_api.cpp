#include "services/odoo-simulator/control_api.hpp"

#include "common/json/parse.hpp"
#include "services/odoo-simulator/order_json.hpp"
#include "services/odoo-simulator/sample_orders.hpp"
#include "services/odoo-simulator/sim_json.hpp"

#include <nlohmann/json.hpp>

namespace millrace::odoo_sim {

namespace {

using json = nlohmann::json;

/// More would only be a slip of the finger.
constexpr int most_new_orders = 100'000;

http::response answer_with(const json& body, int status = 200) {
  http::response answer;
  answer.status = status;
  answer.body = body.dump(2, ' ', false, json::error_handler_t::replace);
  return answer;
}

http::response refuse(int status, const std::string& why) {
  return answer_with({{"error", why}}, status);
}

http::response show_ledger(simulated_odoo& odoo) {
  const auto counts = odoo.request_counts();
  json ledger;
  odoo.with_model(
    [&](odoo_model& model) { ledger = ledger_json(model, counts); });
  return answer_with(ledger);
}

http::response set_faults(simulated_odoo& odoo, const json& body) {
  const auto faults = faults_from_json(body);
  if (!faults)
    return refuse(400, faults.why());
  odoo.set_faults(*faults);
  return answer_with(faults_json(odoo.faults()));
}

/// Adds `count` sample orders under the first free names.
std::vector<std::string> add_samples(odoo_model& model, int count,
                                     const std::string& line_code) {
  std::vector<std::string> names;
  for (int number = 1; static_cast<int>(names.size()) < count; ++number) {
    auto fresh = sample_order(number, line_code);
    const auto name = fresh.mo_id;
    if (model.add(std::move(fresh)))
      names.push_back(name);
  }
  return names;
}

http::response add_samples(simulated_odoo& odoo, const json& body,
                           const std::string& line_code) {
  const auto& count = body["count"];
  if (!count.is_number_integer() || count < 1 || count > most_new_orders)
    return refuse(400, "count=" + count.dump() + " is not in 1..100000");
  const auto line = body.value("line", json(line_code));
  if (!line.is_string())
    return refuse(400, "line=" + line.dump() + " is not a text");
  std::vector<std::string> names;
  odoo.with_model([&](odoo_model& model) {
    names = add_samples(model, count.get<int>(), line.get<std::string>());
  });
  return answer_with({{"orders", names}});
}

http::response add_given(simulated_odoo& odoo, const json& given) {
  std::vector<order> fresh;
  for (const auto& each : given) {
    auto read = order_from_json(each);
    if (!read)
      return refuse(400, read.why());
    fresh.push_back(*read);
  }
  std::vector<std::string> names, twice;
  odoo.with_model([&](odoo_model& model) {
    for (auto& each : fresh) {
      const auto name = each.mo_id;
      (model.add(std::move(each)) ? names : twice).push_back(name);
    }
  });
  return answer_with({{"orders", names}, {"already_there", twice}});
}

/// {"count": n}, one order, a list of orders or {"orders": [...]}.
http::response add_orders(simulated_odoo& odoo, const json& body,
                          const std::string& line_code) {
  if (body.is_object() && body.contains("count"))
    return add_samples(odoo, body, line_code);
  if (body.is_object() && body.contains("orders"))
    return body["orders"].is_array() ? add_given(odoo, body["orders"])
                                     : refuse(400, "orders is not a list");
  return add_given(odoo, body.is_array() ? body : json::array({body}));
}

http::response act_as_person(simulated_odoo& odoo, const std::string& mo_id,
                             const json& body, instant now) {
  const auto act
    = body.is_object() ? body.value("state", json(nullptr)) : json(nullptr);
  if (!act.is_string())
    return refuse(400, "state is not done, cancel, delete or enlarge");
  result<std::string> state = error{};
  odoo.with_model([&](odoo_model& model) {
    state = model.act_as_person(mo_id, act.get<std::string>(), now);
  });
  if (!state)
    return refuse(state.why().ends_with("not found") ? 404 : 400, state.why());
  return answer_with({{"mo_id", mo_id}, {"state", *state}});
}

/// The name in /sim/orders/{name}/state, whose slashes may come raw; empty when
/// it is another path.
std::string order_in(const std::string& path) {
  const std::string before = "/sim/orders/", after = "/state";
  if (path.size() <= before.size() + after.size() || !path.starts_with(before)
      || !path.ends_with(after))
    return {};
  return path.substr(before.size(), path.size() - before.size() - after.size());
}

} // namespace

http::response control(simulated_odoo& odoo, const http::request& asked,
                       const std::string& line_code, instant now) {
  if (asked.method == "GET") {
    if (asked.path == "/sim/health")
      return answer_with({{"status", "ok"}});
    if (asked.path == "/sim/ledger")
      return show_ledger(odoo);
    if (asked.path == "/sim/faults")
      return answer_with(faults_json(odoo.faults()));
  }
  if (asked.method == "POST" && asked.path == "/sim/expire-sessions") {
    odoo.expire_sessions();
    return answer_with({{"status", "ok"}});
  }
  const auto body = parse_json(asked.body);
  if (asked.method != "POST")
    return refuse(404, "no such path: " + asked.method + " " + asked.path);
  if (!body)
    return refuse(400, "the body " + body.why());
  if (asked.path == "/sim/faults")
    return set_faults(odoo, *body);
  if (asked.path == "/sim/orders")
    return add_orders(odoo, *body, line_code);
  if (const auto name = order_in(asked.path); !name.empty())
    return act_as_person(odoo, name, *body, now);
  return refuse(404, "no such path: POST " + asked.path);
}

} // namespace millrace::odoo_sim
