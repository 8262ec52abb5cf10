#include "services/plc-gateway/read_plan.hpp"

#include <algorithm>

namespace millrace::plc {

std::vector<word_range> plan_reads(const plc_map& map, int base,
                                   int most_words) {
  const int after_first = std::max(0, most_words - map.slot_words);
  const int slots_a_frame = 1 + after_first / map.stride;
  std::vector<word_range> plan;
  for (int done = 0; done < map.slots; done += slots_a_frame) {
    const int slots = std::min(slots_a_frame, map.slots - done);
    plan.push_back(
      {base + done * map.stride, (slots - 1) * map.stride + map.slot_words});
  }
  return plan;
}

} // namespace millrace::plc
