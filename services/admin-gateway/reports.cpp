#include "services/admin-gateway/reports.hpp"

#include "common/config/binder.hpp"
#include "services/admin-gateway/answers.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace millrace::admin {

namespace {

using nlohmann::json;

/// In the order in which people should look.
constexpr std::array<const char*, 4> parts{"batch-store", "scheduler",
                                           "odoo-gateway", "plc-gateway"};

/// Not every plant has it: it counts once it has been seen.
constexpr auto notifier = "notifier";

template <class Enum>
std::string name_of(Enum value) {
  const auto& names = events::enum_names<Enum>::values;
  return std::string{names[static_cast<std::size_t>(value)]};
}

std::string text_of(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json service_json(const known_states& known, const std::string& service) {
  const auto found = known.services.find(service);
  if (found == known.services.end())
    return {{"status", "unknown"}};
  const auto& state = found->second;
  return {{"status", state.status},
          {"version", state.version},
          {"since", state.since}};
}

json line_json(const events::line_state& line) {
  return {{"reachable", line.reachable},
          {"last_cycle_at", line.last_cycle_at},
          {"errors", line.errors},
          {"last_error", line.last_error}};
}

json or_null(const std::optional<std::string>& text) {
  return text ? json(*text) : json(nullptr);
}

json task_json(const events::task_status& task) {
  const std::chrono::milliseconds interval{task.interval_ms};
  return {{"line", task.line},
          {"number", events::number_of(task.task)},
          {"task", name_of(task.task)},
          {"enabled", task.enabled},
          {"interval", config::duration_text(interval)},
          {"interval_ms", task.interval_ms},
          {"last_run", or_null(task.last_run)},
          {"next_run", or_null(task.next_run)},
          {"last_outcome", task.last_outcome ? json(name_of(*task.last_outcome))
                                             : json(nullptr)},
          {"last_text", task.last_text},
          {"running", task.running}};
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& name : names)
    all += (all.empty() ? "" : ", ") + name;
  return all;
}

} // namespace

json parts_json(const known_states& known, bool broker_connected) {
  std::vector<std::string> missing;
  if (!broker_connected)
    missing.emplace_back("broker");
  json services = json::object();
  std::vector<std::string> expected{parts.begin(), parts.end()};
  if (known.services.contains(notifier))
    expected.emplace_back(notifier);
  for (const auto& part : expected) {
    services[part] = service_json(known, part);
    if (!known.online(part))
      missing.push_back(part);
  }
  for (const auto& [code, state] : known.lines)
    if (!state.reachable)
      missing.push_back("PLC of " + code);
  return {
    {"broker", broker_connected}, {"services", services}, {"missing", missing}};
}

json tasks_json(const known_states& known) {
  if (!known.scheduler)
    return nullptr;
  json tasks = json::array();
  for (const auto& task : known.scheduler->tasks)
    tasks.push_back(task_json(task));
  return tasks;
}

http::response health(const known_states& known, bool broker_connected) {
  auto data = parts_json(known, broker_connected);
  data["lines"] = json::object();
  for (const auto& [code, state] : known.lines)
    data["lines"][code] = line_json(state);
  const auto missing = data["missing"].get<std::vector<std::string>>();
  if (broker_connected && known.online("batch-store"))
    return success(missing.empty() ? "all parts are there"
                                   : "missing: " + joined(missing),
                   text_of(data));
  return unavailable("missing: " + joined(missing), text_of(data));
}

http::response scheduler_status(const known_states& known) {
  if (!known.scheduler)
    return unavailable("scheduler has not reported yet");
  const bool online = known.online("scheduler");
  return success(online ? "as the scheduler reports"
                        : "scheduler is offline; this is its last report",
                 text_of({{"enabled", known.scheduler->enabled},
                          {"online", online},
                          {"tasks", tasks_json(known)}}));
}

std::string why_silent(const known_states& known, bool broker_connected,
                       const std::string& service) {
  if (!broker_connected)
    return "the broker is not connected";
  if (known.online(service))
    return service + " did not answer";
  return service
         + (known.services.contains(service) ? " is offline"
                                             : " has not been seen yet");
}

} // namespace millrace::admin
