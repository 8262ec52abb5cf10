#include "common/telemetry/clock.hpp"
#include "services/batch-store/view_parts.hpp"

#include <map>

// How the mill did over days.

namespace millrace::store::view {

namespace {

using namespace std::chrono;
using day_start = sys_days;

constexpr days shown_by_default{30};
constexpr days longest{366};
constexpr std::size_t date_size = 10;

std::string date_of(system_clock::time_point at) {
  return format_utc(at).substr(0, date_size);
}

/// Every day of the period, also those without a batch.
ordered_json production_of(const trend_figures& found, day_start first,
                           system_clock::time_point end) {
  std::map<std::string, trend_figures::production> by_day;
  for (const auto& one : found.days)
    by_day[one.day] = one;
  ordered_json out = json::array();
  for (auto day = first; day < end; day += days{1}) {
    const auto& one = by_day[date_of(day)];
    out.push_back({{"day", date_of(day)},
                   {"batches", one.batches},
                   {"weight", one.weight.to_double()},
                   {"ordered", one.ordered.to_double()}});
  }
  return out;
}

ordered_json dosing_sums(const trend_figures& found) {
  ordered_json out = json::array();
  for (std::size_t i = 0; i < dosing_point_count; ++i)
    out.push_back({{"tag", dosing_points[i].tag},
                   {"name", dosing_points[i].plant_name},
                   {"planned", found.dosed[i].planned.to_double()},
                   {"actual", found.dosed[i].actual.to_double()},
                   {"batches", found.dosed[i].batches}});
  return out;
}

ordered_json latencies(const trend_figures& found) {
  ordered_json out = json::array();
  for (const auto& one : found.push_latency)
    out.push_back({{"day", one.day},
                   {"batches", one.batches},
                   {"median_s", one.median_s},
                   {"worst_s", one.worst_s}});
  return out;
}

} // namespace

result<ordered_json> trends(const scene& here, history_filter filter) {
  const auto end = filter.to ? *parse_utc(*filter.to) : here.now;
  const auto begin = filter.from
                       ? *parse_utc(*filter.from)
                       : floor<days>(end) - shown_by_default + days{1};
  filter.from = format_utc(begin);
  filter.to = format_utc(end);
  if (begin > end)
    return error{"from is " + *filter.from + ", later than to, " + *filter.to};
  if (end - begin > longest)
    return error{"from " + *filter.from + " to " + *filter.to + " is more than "
                 + std::to_string(longest.count()) + " days"};
  const auto found = here.rows.trends(filter);
  return ordered_json{{"from", *filter.from},
                      {"to", *filter.to},
                      {"days", production_of(found, floor<days>(begin), end)},
                      {"dosing", dosing_sums(found)},
                      {"push_latency", latencies(found)}};
}

} // namespace millrace::store::view
