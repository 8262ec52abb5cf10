#include "common/telemetry/log.hpp"

#include "common/telemetry/ids.hpp"
#include "common/telemetry/log_line.hpp"

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

thread_local context current;

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

bool wants(level severity) {
  return target().logger->should_log(spdlog_level(severity));
}

void write(level severity, std::string_view event, fields details) {
  auto& out = target();
  const auto as = spdlog_level(severity);
  if (!out.logger->should_log(as))
    return;
  const line said{std::chrono::system_clock::now(),
                  severity,
                  out.service,
                  current,
                  event,
                  details};
  out.logger->log(as, "{}", out.json ? as_json(said) : as_text(said));
}

const context& current_context() {
  return current;
}

scope::scope(int task_number, std::string_view traceparent)
  : outer_task_(current.task), outer_trace_(std::move(current.trace_id)) {
  current.task = task_number;
  current.trace_id = trace_id_of(traceparent);
}

scope::~scope() {
  current.task = outer_task_;
  current.trace_id = std::move(outer_trace_);
}

} // namespace millrace::log
