#include "services/notifier/standing_alerts.hpp"

#include "common/json/parse.hpp"
#include "common/telemetry/clock.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace millrace::notifier {

namespace {

using nlohmann::json;

/// The text, or none when it is null, missing or something else.
std::optional<std::string> text_in(const json& row, const char* name) {
  const auto found = row.find(name);
  if (found == row.end() || !found->is_string())
    return {};
  return found->get<std::string>();
}

std::optional<events::severity> severity_named(const std::string& name) {
  const auto& names = events::enum_names<events::severity>::values;
  const auto found = std::ranges::find(names, name);
  if (found == names.end())
    return {};
  return static_cast<events::severity>(found - names.begin());
}

result<alert> alert_in(const json& row) {
  if (!row.is_object())
    return error{"an alert is no object"};
  alert one;
  for (const auto& [name, member] :
       {std::pair{"line", &events::alert_raised::line},
        {"alert_id", &events::alert_raised::alert_id},
        {"kind", &events::alert_raised::kind},
        {"text", &events::alert_raised::text},
        {"advice", &events::alert_raised::advice}}) {
    auto text = text_in(row, name);
    if (!text)
      return error{std::string("an alert without ") + name};
    one.what.*member = std::move(*text);
  }
  const auto level = severity_named(text_in(row, "severity").value_or(""));
  const auto raised_at = parse_utc(text_in(row, "raised_at").value_or(""));
  if (!level || !raised_at)
    return error{"alert " + one.what.alert_id
                 + ": severity or raised_at is wrong"};
  one.what.level = *level;
  one.raised_at = *raised_at;
  one.what.mo_id = text_in(row, "mo_id");
  return one;
}

} // namespace

result<standing_alerts> read_standing_alerts(const std::string& data) {
  const auto parsed = parse_json(data);
  if (!parsed)
    return error{parsed.why()};
  if (!parsed->is_object() || !parsed->contains("alerts")
      || !(*parsed)["alerts"].is_array())
    return error{"\"alerts\" is missing"};
  standing_alerts found;
  for (const auto& row : (*parsed)["alerts"]) {
    auto one = alert_in(row);
    if (!one)
      return error{one.why()};
    if (text_in(row, "acknowledged_at"))
      found.acknowledged.push_back(one->what.alert_id);
    found.all.push_back(std::move(*one));
  }
  return found;
}

} // namespace millrace::notifier
