#include "common/telemetry/process_figures.hpp"

#include "common/telemetry/metrics.hpp"

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace millrace::metrics {

namespace {

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& span) {
    return static_cast<double>(span.tv_sec)
           + static_cast<double>(span.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// proc(5), /proc/[pid]/stat: field 22 is the start in clock ticks since boot.
/// Field 2, the name, may hold blanks and ends with the last ")".
std::optional<double> age_seconds() {
  std::ifstream file{"/proc/self/stat"};
  file.ignore(std::numeric_limits<std::streamsize>::max(), ')');
  std::string skipped;
  for (int field = 3; field < 22; ++field)
    file >> skipped;
  double ticks = 0;
  timespec since_boot{};
  if (!(file >> ticks) || ::clock_gettime(CLOCK_BOOTTIME, &since_boot) != 0)
    return std::nullopt;
  return static_cast<double>(since_boot.tv_sec)
         + static_cast<double>(since_boot.tv_nsec) / 1e9
         - ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// By the time of day; taken once, so that a clock that is set does not look
/// like a restart.
const std::optional<double>& started_at() {
  static const auto at = []() -> std::optional<double> {
    const auto age = age_seconds();
    if (!age)
      return std::nullopt;
    return std::chrono::duration<double>(
             std::chrono::system_clock::now().time_since_epoch())
             .count()
           - *age;
  }();
  return at;
}

/// proc(5), /proc/[pid]/statm: field 2 is the resident size in pages.
std::optional<double> resident_bytes() {
  std::ifstream file{"/proc/self/statm"};
  double size = 0;
  double resident = 0;
  if (!(file >> size >> resident))
    return std::nullopt;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

std::optional<double> open_descriptors() {
  std::error_code trouble;
  double found = 0;
  for (std::filesystem::directory_iterator at{"/proc/self/fd", trouble}, end;
       !trouble && at != end; at.increment(trouble))
    ++found;
  // The one that lists them is among them.
  return trouble ? std::nullopt : std::optional(found - 1);
}

void show(std::string_view name, std::string_view help,
          std::optional<double> value) {
  if (value)
    gauge(name, help, *value);
}

} // namespace

void measure_process() {
  static std::mutex one_at_a_time;
  static double counted = 0;
  const std::lock_guard lock{one_at_a_time};
  const auto used = cpu_seconds();
  count("process_cpu_seconds_total", "User and system CPU time spent", {},
        used - counted);
  counted = used;
  show("process_start_time_seconds", "Start of the process, Unix time",
       started_at());
  show("process_resident_memory_bytes", "Resident memory", resident_bytes());
  show("process_open_fds", "Open file descriptors", open_descriptors());
}

} // namespace millrace::metrics
