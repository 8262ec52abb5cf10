#pragma once

// Internal to common/telemetry: what a log line looks like, wherever it goes.

#include "common/telemetry/log.hpp"

#include <chrono>

namespace millrace::log {

/// What a scope gives to the lines of its thread.
struct context {
  /// 1..4, or 0 for none.
  int task = 0;
  /// 32 hex digits, or empty.
  std::string trace_id;
};

/// Of the calling thread.
const context& current_context();

struct line {
  std::chrono::system_clock::time_point when;
  level severity;
  std::string_view service;
  const context& around;
  std::string_view event;
  fields details;
};

/// "<time> <LEVEL> <service> [TASK n] <event> key=value ... trace=<id>",
/// without a line break; no value can forge a line, a field or a terminal's
/// control.
std::string as_text(const line& said);

/// The same as one JSON object. A field that is called like one of the line's
/// own members gets a "_" behind its name.
std::string as_json(const line& said);

} // namespace millrace::log
