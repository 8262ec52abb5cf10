#include "services/plc-gateway/baseline.hpp"

#include "services/plc-gateway/slot_codec.hpp"

#include <algorithm>

namespace millrace::plc {

baseline::baseline(const plc_map& map, std::chrono::milliseconds full_interval)
  : map_(map), full_interval_(full_interval) {
}

baseline::difference baseline::compare(const words& area, bool full_wanted,
                                       time_point now) const {
  difference found;
  found.full
    = full_wanted || !last_full_ || now - *last_full_ >= full_interval_;
  for (int n = 1; n <= map_.slots; ++n) {
    const bool changed
      = area_.empty() || touched_.contains(n)
        || !std::ranges::equal(slot_of(map_, area, n), slot_of(map_, area_, n));
    found.changed += changed;
    if (changed || found.full)
      found.slots.push_back(n);
  }
  return found;
}

void baseline::published(const words& area, const difference& what,
                         time_point now) {
  area_ = area;
  touched_.clear();
  if (what.full)
    last_full_ = now;
}

void baseline::touched(int slot) {
  touched_.insert(slot);
}

} // namespace millrace::plc
