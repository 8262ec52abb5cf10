#pragma once

#include "services/plc-gateway/plc_map.hpp"

#include <chrono>
#include <optional>
#include <set>
#include <vector>

namespace millrace::plc {

/// What was published last of a line's READ slots, so that only changes go out:
/// a full picture at the first read, on request, and every `full_interval`.
/// Two steps, so that what could not be published counts as not published.
class baseline {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `map` must outlive it.
  baseline(const plc_map& map, std::chrono::milliseconds full_interval);

  struct difference {
    bool full = false;
    /// Slots to publish, ascending.
    std::vector<int> slots;
    /// Slots that changed, also when all are published.
    int changed = 0;
  };
  /// `area`: the READ area's words.
  difference compare(const words& area, bool full_wanted, time_point now) const;
  /// That difference of this area has gone out.
  void published(const words& area, const difference& what, time_point now);
  /// We changed the slot ourselves: it goes out with the next difference even
  /// if the PLC has changed it back by then.
  void touched(int slot);

private:
  const plc_map& map_;
  std::chrono::milliseconds full_interval_;
  words area_;
  std::set<int> touched_;
  std::optional<time_point> last_full_;
};

} // namespace millrace::plc
