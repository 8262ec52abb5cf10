#include "common/telemetry/log_line.hpp"

#include "common/telemetry/clock.hpp"

#include <nlohmann/json.hpp>

namespace millrace::log {

namespace {

constexpr std::string_view level_names[] = {"DEBUG", "INFO", "WARN", "ERROR"};

std::string_view name_of(level severity) {
  return level_names[static_cast<std::size_t>(severity)];
}

/// Pure ASCII: what is beyond may hold a terminal's controls or further kinds
/// of line breaks.
std::string dump(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

bool is_plain(std::string_view value) {
  for (const char c : value)
    if (c <= ' ' || c >= 0x7f || c == '"' || c == '=' || c == '\\')
      return false;
  return !value.empty();
}

} // namespace

std::string as_text(const line& said) {
  auto text = format_utc(said.when) + " " + std::string(name_of(said.severity))
              + " " + std::string(said.service);
  if (said.around.task > 0)
    text += " [TASK " + std::to_string(said.around.task) + "]";
  text += " " + std::string(said.event);
  for (const auto& detail : said.details)
    text += " " + std::string(detail.key) + "="
            + (is_plain(detail.value) ? detail.value : dump(detail.value));
  if (!said.around.trace_id.empty())
    text += " trace=" + said.around.trace_id;
  return text;
}

std::string as_json(const line& said) {
  nlohmann::ordered_json object;
  object["ts"] = format_utc(said.when);
  object["level"] = name_of(said.severity);
  object["service"] = said.service;
  if (said.around.task > 0)
    object["task"] = said.around.task;
  object["event"] = said.event;
  if (!said.around.trace_id.empty())
    object["trace_id"] = said.around.trace_id;
  for (const auto& detail : said.details) {
    auto key = std::string(detail.key);
    while (object.contains(key))
      key += '_';
    object[key] = detail.value;
  }
  return dump(object);
}

} // namespace millrace::log
