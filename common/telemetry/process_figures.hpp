#pragma once

namespace millrace::metrics {

/// Sets process_start_time_seconds, process_cpu_seconds_total,
/// process_resident_memory_bytes and process_open_fds, called as all Prometheus
/// clients call them, from /proc/self. What cannot be read keeps its value.
void measure_process();

} // namespace millrace::metrics
