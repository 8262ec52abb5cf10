#include "common/telemetry/metrics.hpp"

#include "common/telemetry/process_figures.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>
#include <sstream>

namespace millrace::metrics {

namespace {

// One registry per process, like the process's standard output.
struct store {
  std::mutex lock;
  prometheus::Registry registry;
  std::map<std::string, prometheus::Family<prometheus::Counter>*> counters;
  std::map<std::string, prometheus::Family<prometheus::Gauge>*> gauges;
  std::map<std::string, prometheus::Family<prometheus::Histogram>*> histograms;
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

} // namespace

void count(std::string_view name, std::string_view help,
           std::initializer_list<label> labels, double by) {
  auto& s = all();
  const std::lock_guard guard(s.lock);
  auto& family = s.counters[std::string(name)];
  if (!family)
    family = &prometheus::BuildCounter()
                .Name(std::string(name))
                .Help(std::string(help))
                .Register(s.registry);
  family->Add(as_labels(labels)).Increment(by);
}

void gauge(std::string_view name, std::string_view help, double value,
           std::initializer_list<label> labels) {
  auto& s = all();
  const std::lock_guard guard(s.lock);
  auto& family = s.gauges[std::string(name)];
  if (!family)
    family = &prometheus::BuildGauge()
                .Name(std::string(name))
                .Help(std::string(help))
                .Register(s.registry);
  family->Add(as_labels(labels)).Set(value);
}

void observe(std::string_view name, std::string_view help,
             std::chrono::duration<double> span,
             std::initializer_list<label> labels) {
  auto& s = all();
  const std::lock_guard guard(s.lock);
  auto& family = s.histograms[std::string(name)];
  if (!family)
    family = &prometheus::BuildHistogram()
                .Name(std::string(name))
                .Help(std::string(help))
                .Register(s.registry);
  family->Add(as_labels(labels), bounds).Observe(span.count());
}

std::string text() {
  measure_process();
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, all().registry.Collect());
  return out.str();
}

} // namespace millrace::metrics
