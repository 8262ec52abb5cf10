#include "services/odoo-simulator/sim_json.hpp"

#include "common/telemetry/clock.hpp"
#include "services/odoo-simulator/order_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace millrace::odoo_sim {

namespace {

using json = nlohmann::json;

json mass_or_null(const std::optional<milli_kg>& mass) {
  return mass ? json(mass_text(*mass)) : json(nullptr);
}

json calls_json(const std::vector<call>& calls) {
  auto all = json::array();
  for (const auto& each : calls)
    all.push_back(
      {{"at", format_utc(std::chrono::system_clock::time_point{each.at})},
       {"route", each.route},
       {"outcome", each.outcome}});
  return all;
}

/// Masses by equipment code (parts without one by product), those above 0.
json masses_json(const order& shown, milli_kg component::*mass) {
  std::map<std::string, milli_kg> sums;
  for (const auto& part : shown.components)
    if (part.*mass != 0)
      sums[part.from ? part.from->code : part.product_name] += part.*mass;
  auto all = json::object();
  for (const auto& [code, sum] : sums)
    all[code] = mass_text(sum);
  return all;
}

json order_entry(const order& shown) {
  return {{"state", shown.state},
          {"line", shown.line ? json(shown.line->code) : json(nullptr)},
          {"quantity", mass_or_null(shown.quantity)},
          {"to_consume", masses_json(shown, &component::to_consume)},
          {"consumed", masses_json(shown, &component::consumed)},
          {"reported_quantity", mass_or_null(shown.reported_quantity)},
          {"finished_qty", mass_or_null(shown.finished_quantity)},
          {"finished_at",
           shown.finished_at ? json(*shown.finished_at) : json(nullptr)},
          {"update_count", shown.update_count},
          {"done_count", shown.done_count},
          {"cancel_count", shown.cancel_count},
          {"calls", calls_json(shown.calls)}};
}

json failure_entry(const failure_record& record) {
  return {{"id", record.id},
          {"equipment_code", record.equipment_code},
          {"description", record.description},
          {"date", record.date}};
}

/// Takes one member of `body`; the first that is wrong is remembered.
struct reader {
  const json& body;
  std::set<std::string> known{};
  std::string wrong{};

  template <class Test, class Store>
  void take(const char* name, const char* allowed, Test fits, Store store) {
    known.insert(name);
    const auto found = body.find(name);
    if (found == body.end() || found->is_null())
      return;
    if (fits(*found))
      store(*found);
    else if (wrong.empty())
      wrong = std::string{name} + "=" + found->dump() + " is not " + allowed;
  }
  void flag(const char* name, bool& member) {
    take(
      name, "true or false", [](const json& v) { return v.is_boolean(); },
      [&](const json& v) { member = v.get<bool>(); });
  }
  template <class Store>
  void number(const char* name, int low, const char* allowed, Store store) {
    take(
      name, allowed,
      [=](const json& v) {
        return v.is_number_integer() && v >= low && v <= 2147483647;
      },
      [&](const json& v) { store(v.get<int>()); });
  }
};

bool is_text_list(const json& value) {
  return value.is_array()
         && std::all_of(value.begin(), value.end(),
                        [](const json& v) { return v.is_string(); });
}

} // namespace

json ledger_json(const odoo_model& model,
                 const std::map<std::string, int>& request_counts) {
  auto orders = json::object();
  for (const auto& each : model.all())
    orders[each.mo_id] = order_entry(each);
  auto unknown = json::object();
  for (const auto& [name, calls] : model.unknown_calls())
    unknown[name] = calls_json(calls);
  auto failures = json::array();
  for (const auto& record : model.failures())
    failures.push_back(failure_entry(record));
  return {{"orders", orders},
          {"unknown_orders", unknown},
          {"equipment_failures", failures},
          {"requests", request_counts}};
}

json faults_json(const fault_settings& faults) {
  return {{"refuse_status", faults.refuse_status},
          {"slow_ms", faults.slow.count()},
          {"hang_after_commit", faults.hang_after_commit},
          {"cut_answer", faults.cut_answer},
          {"drop_answer", faults.drop_answer},
          {"offline", faults.offline},
          {"partial", faults.partial},
          {"expire_each_call", faults.expire_each_call},
          {"mark_done_leaves_open", faults.mark_done_leaves_open},
          {"route", faults.route},
          {"count", faults.count ? json(*faults.count) : json(nullptr)},
          {"probability", faults.probability},
          {"seed", faults.seed}};
}

result<fault_settings> faults_from_json(const json& body) {
  if (!body.is_object())
    return error{"the body is not a JSON object"};
  fault_settings faults;
  reader read{body};
  constexpr auto whole = "a whole number from 0 on";
  read.take(
    "refuse_status", "an HTTP status from 400 to 599, or 0",
    [](const json& v) {
      return v.is_number_integer() && (v == 0 || (v >= 400 && v <= 599));
    },
    [&](const json& v) { faults.refuse_status = v.get<int>(); });
  read.number("slow_ms", 0, whole,
              [&](int ms) { faults.slow = std::chrono::milliseconds{ms}; });
  read.flag("hang_after_commit", faults.hang_after_commit);
  read.flag("cut_answer", faults.cut_answer);
  read.flag("drop_answer", faults.drop_answer);
  read.flag("offline", faults.offline);
  read.take("partial", "a list of equipment codes", is_text_list,
            [&](const json& v) { v.get_to(faults.partial); });
  read.flag("expire_each_call", faults.expire_each_call);
  read.flag("mark_done_leaves_open", faults.mark_done_leaves_open);
  read.take(
    "route", "the last part of a path, as text",
    [](const json& v) { return v.is_string(); },
    [&](const json& v) { faults.route = v.get<std::string>(); });
  read.number("count", 0, whole, [&](int n) { faults.count = n; });
  read.take(
    "probability", "a number from 0 to 1",
    [](const json& v) { return v.is_number() && v >= 0 && v <= 1; },
    [&](const json& v) { faults.probability = v.get<double>(); });
  read.number("seed", 0, whole,
              [&](int n) { faults.seed = static_cast<std::uint32_t>(n); });
  if (!read.wrong.empty())
    return error{read.wrong};
  for (const auto& [name, value] : body.items())
    if (!read.known.contains(name))
      return error{"unknown fault \"" + name + "\""};
  return faults;
}

} // namespace millrace::odoo_sim
