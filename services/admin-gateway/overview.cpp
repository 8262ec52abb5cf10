#include "services/admin-gateway/overview.hpp"

#include "services/admin-gateway/answers.hpp"
#include "services/admin-gateway/reports.hpp"

#include <nlohmann/json.hpp>

namespace millrace::admin {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// A member of an answer of batch-store, or null.
json member(const json& data, const char* name) {
  const auto found = data.is_object() ? data.find(name) : data.end();
  return data.is_object() && found != data.end() ? *found : json(nullptr);
}

std::string text_of(const ordered_json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// How many batches of the line are in which state; held ones count as held.
ordered_json counts_of(const json& batches, const std::string& line) {
  ordered_json counts = ordered_json::object();
  int total = 0;
  for (const auto& batch : batches) {
    if (member(batch, "equipment") != line)
      continue;
    ++total;
    const bool held = !member(batch, "hold_reason").is_null();
    const auto state = held ? json("held") : member(batch, "state");
    auto& count = counts[state.is_string() ? state.get<std::string>() : "?"];
    count = count.is_null() ? 1 : count.get<int>() + 1;
  }
  return {{"total", total}, {"counts", counts}};
}

ordered_json line_json(const known_states& known, const std::string& line,
                       const json& batches) {
  ordered_json out{{"line", line}};
  const auto state = known.lines.find(line);
  const bool seen = state != known.lines.end();
  out["reachable"] = seen ? json(state->second.reachable) : json(nullptr);
  out["last_cycle_at"]
    = seen ? json(state->second.last_cycle_at) : json(nullptr);
  out["last_error"] = seen ? json(state->second.last_error) : json(nullptr);
  if (batches.is_array())
    out.update(counts_of(batches, line));
  return out;
}

ordered_json lines_json(const known_states& known,
                        const std::vector<std::string>& lines,
                        const json& batches) {
  ordered_json all = ordered_json::array();
  for (const auto& line : lines)
    all.push_back(line_json(known, line, batches));
  return all;
}

} // namespace

http::response overview_of(const known_states& known,
                           const std::vector<std::string>& lines,
                           const events::command_result& batches,
                           const result<events::command_result>& alerts) {
  const auto queue = json::parse(batches.data.text, nullptr, false);
  const auto troubles = alerts && alerts->ok
                          ? json::parse(alerts->data.text, nullptr, false)
                          : json(nullptr);
  const ordered_json data{
    {"lines", lines_json(known, lines, member(queue, "batches"))},
    {"parts", parts_json(known, true)},
    {"tasks", tasks_json(known)},
    {"alerts", member(troubles, "alerts")},
    {"stuck_total", member(troubles, "stuck_total")},
    {"archived_today", member(troubles, "archived_today")}};
  return success("the plant as it is now", text_of(data));
}

http::response overview_without_store(const known_states& known,
                                      bool broker_connected,
                                      const std::vector<std::string>& lines,
                                      const std::string& why) {
  return unavailable(why,
                     text_of({{"lines", lines_json(known, lines, nullptr)},
                              {"parts", parts_json(known, broker_connected)},
                              {"tasks", tasks_json(known)},
                              {"alerts", nullptr},
                              {"stuck_total", nullptr},
                              {"archived_today", nullptr}}));
}

} // namespace millrace::admin
