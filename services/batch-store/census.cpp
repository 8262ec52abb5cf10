#include "services/batch-store/census.hpp"

#include "common/domain/batch_life.hpp"
#include "common/telemetry/metrics.hpp"

#include <algorithm>

namespace millrace::store {

namespace {

using time_point = census::time_point;

double age(const std::optional<time_point>& since, time_point now) {
  return since
           ? std::max(0.0, std::chrono::duration<double>(now - *since).count())
           : 0;
}

std::optional<time_point> earlier(const std::optional<time_point>& a,
                                  const std::optional<time_point>& b) {
  return a && b ? std::min(*a, *b) : a ? a : b;
}

} // namespace

void census_gauges::show(const census& now, time_point at) {
  std::map<std::string, line_figures> lines;
  for (const auto& line : lines_)
    lines[line];
  for (const auto& part : now.queue) {
    auto& figures = lines[part.line];
    figures.by_state[part.state] = part.count;
    figures.held += part.held;
    figures.taken = earlier(figures.taken, part.taken);
    if (part.state == "completed")
      figures.unbooked = part.finished;
    lines_.insert(part.line);
  }
  for (const auto& [line, figures] : lines)
    show_line(line, figures, at);

  std::map<std::vector<std::string>, std::int64_t> alerts;
  for (const auto& gone : alerts_)
    alerts[gone] = 0;
  for (const auto& part : now.raised) {
    alerts[{part.line, part.kind, part.severity}] = part.count;
    alerts_.insert({part.line, part.kind, part.severity});
  }
  for (const auto& [labels, count] : alerts)
    metrics::gauge(
      "millrace_alerts", "Alerts that are raised", static_cast<double>(count),
      {{"line", labels[0]}, {"kind", labels[1]}, {"severity", labels[2]}});

  metrics::gauge("millrace_outbox_rows",
                 "Events that wait in the outbox, about",
                 static_cast<double>(now.outbox));
  metrics::gauge("millrace_outbox_age_seconds",
                 "Age of the event that waits the longest; 0: none does",
                 age(now.outbox_since, at));
}

void census_gauges::show_line(const std::string& line,
                              const line_figures& figures,
                              time_point at) const {
  for (const auto state : batch_state_names) {
    if (state == "archived")
      break; // not in the queue
    const auto found = figures.by_state.find(std::string{state});
    metrics::gauge(
      "millrace_batches", "Batches of the queue by state",
      found == figures.by_state.end() ? 0 : static_cast<double>(found->second),
      {{"line", line}, {"state", state}});
  }
  metrics::gauge("millrace_batches_held",
                 "Batches of the queue that wait for a person",
                 static_cast<double>(figures.held), {{"line", line}});
  metrics::gauge("millrace_queue_age_seconds",
                 "Since the queue was taken from Odoo; 0: it is empty",
                 age(figures.taken, at), {{"line", line}});
  metrics::gauge("millrace_unbooked_age_seconds",
                 "Since the PLC finished the batch that waits the longest for "
                 "its booking in Odoo; 0: none does",
                 age(figures.unbooked, at), {{"line", line}});
}

} // namespace millrace::store
