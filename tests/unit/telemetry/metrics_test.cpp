#include "common/telemetry/metrics.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <ctime>
#include <string>

using namespace millrace;

namespace {

/// Whether the text holds exactly this line.
bool has_line(const std::string& line) {
  return ("\n" + metrics::text()).find("\n" + line + "\n") != std::string::npos;
}

} // namespace

// The registry is the process's: each test has names of its own.
TEST_SUITE("metrics") {
  TEST_CASE("a counter begins at its first use and grows") {
    metrics::count("millrace_test_frames_total", "Frames.");
    CHECK(has_line("# HELP millrace_test_frames_total Frames."));
    CHECK(has_line("# TYPE millrace_test_frames_total counter"));
    CHECK(has_line("millrace_test_frames_total 1"));
    metrics::count("millrace_test_frames_total", "Frames.", {}, 4);
    CHECK(has_line("millrace_test_frames_total 5"));
  }

  TEST_CASE("each set of labels counts for itself") {
    const auto count = [](std::string_view line, std::string_view reason) {
      metrics::count("millrace_test_rejected_total", "Rejected.",
                     {{"line", line}, {"reason", reason}});
    };
    count("PLC01", "late");
    count("PLC01", "late");
    count("PLC02", "late");
    CHECK(has_line(
      R"(millrace_test_rejected_total{line="PLC01",reason="late"} 2)"));
    CHECK(has_line(
      R"(millrace_test_rejected_total{line="PLC02",reason="late"} 1)"));
  }

  TEST_CASE("a gauge holds what was set last") {
    metrics::gauge("millrace_test_queue", "Queue.", 7.5);
    CHECK(has_line("# TYPE millrace_test_queue gauge"));
    CHECK(has_line("millrace_test_queue 7.5"));
    metrics::gauge("millrace_test_queue", "Queue.", -2);
    CHECK(has_line("millrace_test_queue -2"));
    CHECK_FALSE(has_line("millrace_test_queue 7.5"));
  }

  TEST_CASE("a label's value cannot forge a line") {
    metrics::count("millrace_test_forged_total", "Forged.",
                   {{"reason", "a\"} 1\nmillrace_test_evil_total 1"}});
    CHECK(has_line(R"(millrace_test_forged_total{reason="a\"} 1\n)"
                   R"(millrace_test_evil_total 1"} 1)"));
    CHECK_FALSE(has_line("millrace_test_evil_total 1"));
  }

  TEST_CASE("a span counts in its bucket, in all above, and in the sum") {
    using namespace std::chrono_literals;
    metrics::observe("millrace_test_call_seconds", "Calls.", 20ms);
    metrics::observe("millrace_test_call_seconds", "Calls.", 4s);
    CHECK(has_line("# TYPE millrace_test_call_seconds histogram"));
    CHECK(has_line(R"(millrace_test_call_seconds_bucket{le="0.01"} 0)"));
    CHECK(has_line(R"(millrace_test_call_seconds_bucket{le="0.025"} 1)"));
    CHECK(has_line(R"(millrace_test_call_seconds_bucket{le="5"} 2)"));
    CHECK(has_line(R"(millrace_test_call_seconds_bucket{le="+Inf"} 2)"));
    CHECK(has_line("millrace_test_call_seconds_sum 4.02"));
  }

  TEST_CASE("the process measures itself") {
    const auto value_of = [](const std::string& name) {
      const auto text = "\n" + metrics::text();
      const auto at = text.find("\n" + name + " ");
      REQUIRE(at != text.npos);
      return std::stod(text.substr(at + name.size() + 2));
    };
    const auto now = static_cast<double>(std::time(nullptr));
    CHECK(value_of("process_start_time_seconds") > now - 3600);
    CHECK(value_of("process_start_time_seconds") < now + 2);
    CHECK(value_of("process_resident_memory_bytes") > 1e6);
    CHECK(value_of("process_open_fds") >= 3);
    const auto used = value_of("process_cpu_seconds_total");
    CHECK(used > 0);
    CHECK(value_of("process_cpu_seconds_total") >= used);
  }
}
