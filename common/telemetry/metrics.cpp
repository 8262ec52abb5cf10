#include "common/telemetry/metrics.hpp"

#include "common/telemetry/process_figures.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>
#include <sstream>
#include <string>
#include <unordered_map>

namespace millrace::metrics {

namespace {

// One registry per process, like the process's standard output. Each metric is
// found by its name and labels in one text: what is counted is counted often.
struct store {
  std::mutex lock;
  prometheus::Registry registry;
  std::unordered_map<std::string, prometheus::Counter*> counters;
  std::unordered_map<std::string, prometheus::Gauge*> gauges;
  std::unordered_map<std::string, prometheus::Histogram*> histograms;
};

const prometheus::Histogram::BucketBoundaries bounds{
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};

store& all() {
  static store s;
  return s;
}

prometheus::Labels as_labels(std::initializer_list<label> labels) {
  prometheus::Labels out;
  for (const auto& l : labels)
    out.emplace(l.name, l.value);
  return out;
}

const std::string& key_of(std::string_view name,
                          std::initializer_list<label> labels) {
  thread_local std::string key;
  key.assign(name);
  for (const auto& l : labels)
    key.append(1, '\0').append(l.name).append(1, '\0').append(l.value);
  return key;
}

/// Registering the same name again gives the family that is there.
template <class Builder>
auto& family(Builder builder, std::string_view name, std::string_view help) {
  return builder.Name(std::string(name))
    .Help(std::string(help))
    .Register(all().registry);
}

} // namespace

void count(std::string_view name, std::string_view help,
           std::initializer_list<label> labels, double by) {
  const std::lock_guard guard(all().lock);
  auto& known = all().counters[key_of(name, labels)];
  if (!known)
    known
      = &family(prometheus::BuildCounter(), name, help).Add(as_labels(labels));
  known->Increment(by);
}

void gauge(std::string_view name, std::string_view help, double value,
           std::initializer_list<label> labels) {
  const std::lock_guard guard(all().lock);
  auto& known = all().gauges[key_of(name, labels)];
  if (!known)
    known
      = &family(prometheus::BuildGauge(), name, help).Add(as_labels(labels));
  known->Set(value);
}

void observe(std::string_view name, std::string_view help,
             std::chrono::duration<double> span,
             std::initializer_list<label> labels) {
  const std::lock_guard guard(all().lock);
  auto& known = all().histograms[key_of(name, labels)];
  if (!known)
    known = &family(prometheus::BuildHistogram(), name, help)
               .Add(as_labels(labels), bounds);
  known->Observe(span.count());
}

std::string text() {
  measure_process();
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, all().registry.Collect());
  return out.str();
}

} // namespace millrace::metrics
