#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace millrace::store {

/// How much is where, counted by the database; for metrics.
struct census {
  using time_point = std::chrono::system_clock::time_point;

  struct batches {
    std::string line;
    std::string state;
    std::int64_t count = 0;
    std::int64_t held = 0;
    /// When the oldest of their queues was taken from Odoo.
    std::optional<time_point> taken;
    /// When the PLC finished the oldest.
    std::optional<time_point> finished;
  };
  struct alerts {
    std::string line;
    std::string kind;
    std::string severity;
    std::int64_t count = 0;
  };

  /// Of mo_batch: only lines and states that have any.
  std::vector<batches> queue;
  std::vector<alerts> raised;
  /// From the first to the last row; some between them may be gone already.
  std::int64_t outbox = 0;
  /// Of the event that waits the longest.
  std::optional<time_point> outbox_since;
};

/// Shows each census as gauges; what an earlier one had and this one has not
/// becomes 0.
class census_gauges {
public:
  void show(const census& now, census::time_point at);

private:
  struct line_figures {
    std::map<std::string, std::int64_t> by_state;
    std::int64_t held = 0;
    std::optional<census::time_point> taken;
    std::optional<census::time_point> unbooked;
  };

  void show_line(const std::string& line, const line_figures& figures,
                 census::time_point at) const;

  std::set<std::string> lines_;
  /// line, kind, severity
  std::set<std::vector<std::string>> alerts_;
};

} // namespace millrace::store
