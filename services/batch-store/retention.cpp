#include "services/batch-store/retention.hpp"

#include "common/telemetry/clock.hpp"
#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"

#include <algorithm>

namespace millrace::store {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t slice = 50;
// Between two slices, beside ten times what the first one took.
constexpr auto short_pause = 100ms;
// When all lines have nothing that is too old.
constexpr auto long_pause = 10min;

void count(std::size_t pruned) {
  metrics::count("millrace_history_pruned_total",
                 "Archived batches deleted because they are older than "
                 "HISTORY_RETENTION_DAYS",
                 {}, static_cast<double>(pruned));
}

} // namespace

retention::retention(std::vector<std::string> lines, int kept_days)
  : lines_(std::move(lines)), kept_(kept_days) {
  count(0);
}

bool retention::is_due(clock::time_point now) const {
  return kept_.count() > 0 && !lines_.empty() && now >= next_;
}

void retention::turn(sql_repository& rows,
                     std::chrono::system_clock::time_point today,
                     const std::function<clock::time_point()>& now) {
  const auto began = now();
  if (!is_due(began))
    return;
  const auto before = format_utc(today - kept_);
  const auto pruned = rows.prune(lines_[line_], before, slice);
  count(pruned);
  pruned_ += pruned;
  if (pruned < slice && pruned_ > 0)
    log::info("history.pruned", {{"line", lines_[line_]},
                                 {"batches", std::exchange(pruned_, 0)},
                                 {"before", before}});
  rest(pruned, began, now());
}

void retention::rest(std::size_t pruned, clock::time_point began,
                     clock::time_point now) {
  next_ = now + std::max<clock::duration>(short_pause, 10 * (now - began));
  if (pruned == slice)
    return;
  line_ = (line_ + 1) % lines_.size();
  if (line_ == 0)
    next_ = now + long_pause;
}

} // namespace millrace::store
