#include "common/telemetry/log.hpp"

#include "common/telemetry/clock.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace millrace::log {

namespace {

struct output {
  std::string service = "millrace";
  bool json = false;
  std::shared_ptr<spdlog::logger> logger;
};

// The process has one standard output; this is its one owner.
output& target() {
  static output out = [] {
    output early;
    early.logger = std::make_shared<spdlog::logger>(
      "early", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    early.logger->set_pattern("%v");
    return early;
  }();
  return out;
}

thread_local int current_task = 0;
thread_local std::string current_trace;

constexpr std::string_view level_names[] = {"DEBUG", "INFO", "WARN", "ERROR"};

spdlog::level::level_enum spdlog_level(level severity) {
  switch (severity) {
  case level::debug:
    return spdlog::level::debug;
  case level::info:
    return spdlog::level::info;
  case level::warn:
    return spdlog::level::warn;
  case level::error:
    break;
  }
  return spdlog::level::err;
}

bool is_plain(std::string_view value) {
  if (value.empty())
    return false;
  for (const char c : value)
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f)
      return false;
  return true;
}

/// Quoted where needed, so that no value can forge a line or a field.
void append_value(std::string& line, std::string_view value) {
  if (is_plain(value)) {
    line += value;
    return;
  }
  line += nlohmann::json(value).dump(-1, ' ', false,
                                     nlohmann::json::error_handler_t::replace);
}

std::string text_line(level severity, std::string_view event, fields details) {
  std::string line = format_utc(std::chrono::system_clock::now());
  line += ' ';
  line += level_names[static_cast<std::size_t>(severity)];
  line += ' ';
  line += target().service;
  if (current_task > 0)
    line += " [TASK " + std::to_string(current_task) + "]";
  line += ' ';
  line += event;
  for (const auto& detail : details) {
    line += ' ';
    line += detail.key;
    line += '=';
    append_value(line, detail.value);
  }
  if (!current_trace.empty())
    line += " trace=" + current_trace;
  return line;
}

std::string json_line(level severity, std::string_view event, fields details) {
  nlohmann::ordered_json line;
  line["ts"] = format_utc(std::chrono::system_clock::now());
  line["level"] = level_names[static_cast<std::size_t>(severity)];
  line["service"] = target().service;
  if (current_task > 0)
    line["task"] = current_task;
  line["event"] = event;
  for (const auto& detail : details)
    line[std::string(detail.key)] = detail.value;
  if (!current_trace.empty())
    line["trace_id"] = current_trace;
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string trace_id_part(std::string_view traceparent) {
  return traceparent.size() == 55 ? std::string(traceparent.substr(3, 32))
                                  : std::string();
}

} // namespace

void setup(const options& chosen) {
  auto& out = target();
  out.service = chosen.service;
  out.json = chosen.json;
  out.logger = std::make_shared<spdlog::logger>(
    chosen.service, std::make_shared<spdlog::sinks::stdout_sink_mt>());
  out.logger->set_pattern("%v");
  out.logger->set_level(spdlog_level(chosen.threshold));
  out.logger->flush_on(spdlog::level::debug);
}

void write(level severity, std::string_view event, fields details) {
  auto& out = target();
  const auto as = spdlog_level(severity);
  if (!out.logger->should_log(as))
    return;
  out.logger->log(as, "{}",
                  out.json ? json_line(severity, event, details)
                           : text_line(severity, event, details));
}

scope::scope(int task_number, std::string_view traceparent)
  : outer_task_(current_task), outer_trace_(current_trace) {
  current_task = task_number;
  current_trace = trace_id_part(traceparent);
}

scope::~scope() {
  current_task = outer_task_;
  current_trace = std::move(outer_trace_);
}

} // namespace millrace::log
