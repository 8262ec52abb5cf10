#include "services/odoo-simulator/scada_api.hpp"

#include "services/odoo-simulator/order_json.hpp"

#include <nlohmann/json.hpp>

namespace millrace::odoo_sim {

namespace {

using json = nlohmann::json;

/// What a route gets.
struct asked {
  odoo_model& model;
  const json& params;
  const fault_settings& faults;

  /// Empty when it is missing or no text.
  std::string text(const char* name) const {
    const auto found = params.find(name);
    return found != params.end() && found->is_string()
             ? found->get<std::string>()
             : std::string{};
  }
  std::optional<milli_kg> mass(const char* name) const {
    const auto found = params.find(name);
    return found == params.end() ? std::nullopt : mass_from(*found);
  }
  /// `otherwise` when it is missing or no whole number from 0 on.
  std::size_t number(const char* name, std::size_t otherwise) const {
    const auto found = params.find(name);
    return found != params.end() && found->is_number_unsigned()
             ? found->get<std::size_t>()
             : otherwise;
  }
};

json failure(const std::string& message) {
  return {{"status", "error"}, {"message", message}};
}

std::set<std::string> states_in(const json& params) {
  std::set<std::string> states;
  const auto given = params.value("states", json("confirmed"));
  if (given.is_string())
    return {given.get<std::string>()};
  if (given.is_array())
    for (const auto& state : given)
      if (state.is_string())
        states.insert(state.get<std::string>());
  return states.empty() ? std::set<std::string>{"confirmed"} : states;
}

json list_orders(const asked& call) {
  auto data = json::array();
  for (const auto* each :
       call.model.list(states_in(call.params), call.number("limit", 10),
                       call.number("offset", 0)))
    data.push_back(order_json(*each));
  return {{"status", "success"}, {"count", data.size()}, {"data", data}};
}

json show_order(const asked& call) {
  const auto name = call.text("mo_id");
  const auto* found = call.model.find(name);
  if (found == nullptr)
    return failure("Manufacturing order " + name + " not found");
  return {{"status", "success"}, {"data", order_json(*found)}};
}

json update_consumptions(const asked& call) {
  std::vector<odoo_model::consumption> consumptions;
  std::vector<std::string> unreadable;
  for (const auto& [name, value] : call.params.items()) {
    if (name == "mo_id" || name == "quantity")
      continue;
    if (const auto mass = mass_from(value))
      consumptions.emplace_back(name, *mass);
    else
      unreadable.push_back("Invalid quantity for equipment " + name);
  }
  const auto done = call.model.update(call.text("mo_id"), call.mass("quantity"),
                                      consumptions, call.faults.partial);
  if (!done)
    return failure(done.why());
  auto items = json::array();
  for (const auto& item : done->applied)
    items.push_back({{"equipment_code", item.equipment_code},
                     {"applied_qty", to_double(item.applied)}});
  auto errors = json(done->errors);
  for (const auto& text : unreadable)
    errors.push_back(text);
  return {{"status", "success"},
          {"message", "MO updated"},
          {"mo_id", call.text("mo_id")},
          {"consumed_items", items},
          {"errors", errors}};
}

json mark_done(const asked& call) {
  const auto done = call.model.mark_done(
    call.text("mo_id"),
    {call.mass("finished_qty").value_or(0), call.text("equipment_id"),
     call.text("date_end_actual"), call.faults.mark_done_leaves_open});
  if (!done)
    return failure(done.why());
  return {{"status", "success"}, {"message", *done}};
}

json cancel(const asked& call) {
  const auto state = call.model.cancel(call.text("mo_id"));
  if (!state)
    return failure(state.why());
  return {{"status", "success"}, {"mo_state", *state}};
}

json add_consumption(const asked& call) {
  const auto consumed = call.model.add_consumption(
    call.text("mo_id"), call.text("equipment_id"),
    static_cast<int>(call.number("product_tmpl_id", 0)),
    call.mass("quantity").value_or(0));
  if (!consumed)
    return failure(consumed.why());
  return {{"status", "success"}, {"consumed", to_double(*consumed)}};
}

json report_failure(const asked& call) {
  const auto record = call.model.report_failure(
    call.text("equipment_code"), call.text("description"), call.text("date"));
  if (!record)
    return failure(record.why());
  return {{"status", "success"}, {"data", {{"id", record->id}}}};
}

using route = json (*)(const asked&);

const std::map<std::string, route>& routes() {
  static const std::map<std::string, route> all{
    {"/api/scada/mo-list-detailed", list_orders},
    {"/api/scada/mo-detail", show_order},
    {"/api/scada/mo/update-with-consumptions", update_consumptions},
    {"/api/scada/mo/mark-done", mark_done},
    {"/api/scada/mo/cancel", cancel},
    {"/api/scada/material-consumption", add_consumption},
    {"/api/scada/equipment-failure", report_failure}};
  return all;
}

std::string outcome_of(const json& result) {
  if (result["status"] == "error")
    return "error: " + result["message"].get<std::string>();
  const auto errors = result.value("errors", json::array());
  return errors.empty() ? "success" : "partial: " + errors.dump();
}

/// What the caller will see of it, when that is not everything.
std::string fate_of_answer(const fault_settings& faults) {
  if (faults.hang_after_commit)
    return ", never answered";
  if (faults.drop_answer)
    return ", not answered";
  return faults.cut_answer ? ", answer cut" : "";
}

} // namespace

bool is_scada_route(const std::string& path) {
  return routes().contains(path);
}

json call_scada(odoo_model& model, const std::string& path, const json& params,
                const fault_settings& faults, instant now) {
  const asked call{model, params, faults};
  auto result = routes().at(path)(call);
  const auto name = call.text("mo_id");
  if (!name.empty())
    model.note_call(name, {now, path.substr(path.rfind('/') + 1),
                           outcome_of(result) + fate_of_answer(faults)});
  return result;
}

} // namespace millrace::odoo_sim
