#include "common/telemetry/clock.hpp"
#include "services/batch-store/sql_cells.hpp"
#include "services/batch-store/sql_repository.hpp"

#include <nlohmann/json.hpp>

// What is counted for metrics, in few and quick statements: they run every few
// seconds beside the work.

namespace millrace::store {

namespace {

using time_point = census::time_point;

std::int64_t whole(const sql_session::value& text) {
  return std::stoll(text.value_or("0"));
}

/// A stage is the second in which its queue was taken, but for adopted rows
/// (1, 2, ...).
std::optional<time_point> time_of_stage(const sql_session::value& stage) {
  constexpr std::int64_t year_2001 = 1'000'000'000;
  const auto second = whole(stage);
  if (second < year_2001)
    return std::nullopt;
  return time_point{std::chrono::seconds{second}};
}

/// The CloudEvents attribute "time" of an event as it is to leave.
std::optional<time_point> time_of_event(const std::string& payload) {
  const auto event = nlohmann::json::parse(payload, nullptr, false);
  const auto found = event.is_object() ? event.find("time") : event.end();
  if (!event.is_object() || found == event.end() || !found->is_string())
    return std::nullopt;
  return parse_utc(found->get<std::string>());
}

} // namespace

census sql_repository::take_census() {
  census now;
  for (const auto& row : sql_->query(
         "select equipment_id_batch, state, cast(count(*) as text), "
         "cast(sum(case when coalesce(hold_kind, '') <> '' then 1 else 0 end) "
         "as text), cast(min(stage) as text), cast(min(finished_at) as text) "
         "from mo_batch group by equipment_id_batch, state",
         6))
    now.queue.push_back({row[0].value_or(""), row[1].value_or(""),
                         whole(row[2]), whole(row[3]), time_of_stage(row[4]),
                         parse_utc(utc_or_empty(row[5]))});
  for (const auto& row :
       sql_->query("select line, kind, severity, cast(count(*) as text) from "
                   "alert group by line, kind, severity",
                   4))
    now.raised.push_back({row[0].value_or(""), row[1].value_or(""),
                          row[2].value_or(""), whole(row[3])});
  // The first row and the last number come from the key; a count would read
  // all.
  const auto first = outgoing(0, 1);
  if (!first.empty()) {
    const auto last
      = sql_->query("select cast(max(seq) as text) from outbox", 1);
    now.outbox = last.empty() ? 1 : whole(last[0][0]) - first[0].seq + 1;
    now.outbox_since = time_of_event(first[0].payload);
  }
  return now;
}

} // namespace millrace::store
