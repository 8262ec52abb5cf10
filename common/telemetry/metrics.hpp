#pragma once

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>

// The only door to prometheus-cpp. Names by Prometheus's conventions with the
// prefix millrace_ ("millrace_plc_frames_total"). Labels are bounded: line,
// reason, class, code; never an order or batch. Thread safe.

namespace millrace::metrics {

struct label {
  std::string_view name;
  std::string_view value;
};

/// Adds to a counter, which is made at first use.
void count(std::string_view name, std::string_view help,
           std::initializer_list<label> labels = {}, double by = 1);
/// Sets a gauge.
void gauge(std::string_view name, std::string_view help, double value,
           std::initializer_list<label> labels = {});
/// Adds a span to a histogram "..._seconds", which is made at first use. All
/// have the same bounds, 1 ms to 30 s, so that they can be laid over each
/// other.
void observe(std::string_view name, std::string_view help,
             std::chrono::duration<double> span,
             std::initializer_list<label> labels = {});
/// All of them in Prometheus's text format, the process's own figures
/// (process_resident_memory_bytes, ...) as they are now.
std::string text();

} // namespace millrace::metrics
