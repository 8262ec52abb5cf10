#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

// The only door to spdlog. Log lines are events with fields: a stable dotted
// name, then key=value. Never a payload, never a secret.

namespace millrace::log {

enum class level { debug, info, warn, error };

struct field {
  field(std::string_view name, std::string_view text) : key(name), value(text) {
  }
  field(std::string_view name, const char* text) : key(name), value(text) {
  }
  field(std::string_view name, const std::string& text)
    : key(name), value(text) {
  }
  field(std::string_view name, bool flag)
    : key(name), value(flag ? "true" : "false") {
  }
  template <std::integral N>
  requires(!std::same_as<N, bool>) field(std::string_view name, N number)
    : key(name), value(std::to_string(number)) {
  }

  std::string_view key;
  std::string value;
};
using fields = std::initializer_list<field>;

struct options {
  std::string service;
  level threshold = level::info;
  /// One JSON object a line instead of text.
  bool json = false;
};

/// Once, before the first line; lines before it go to stderr as text. Output is
/// stdout, flushed at each line.
void setup(const options& chosen);

/// Whether such lines are written; for where making one costs too much.
bool wants(level severity);
void write(level severity, std::string_view event, fields details = {});
inline void debug(std::string_view event, fields details = {}) {
  write(level::debug, event, details);
}
inline void info(std::string_view event, fields details = {}) {
  write(level::info, event, details);
}
inline void warn(std::string_view event, fields details = {}) {
  write(level::warn, event, details);
}
inline void error(std::string_view event, fields details = {}) {
  write(level::error, event, details);
}

/// While it lives, lines of this thread carry "[TASK n]" (0: none) and the
/// trace id of this traceparent (empty: none).
class scope {
public:
  scope(int task_number, std::string_view traceparent);
  ~scope();
  scope(const scope&) = delete;
  scope& operator=(const scope&) = delete;

private:
  int outer_task_;
  std::string outer_trace_;
};

} // namespace millrace::log
