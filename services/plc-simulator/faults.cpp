#include "services/plc-simulator/faults.hpp"

#include <utility>

namespace millrace::plc_sim {

void fault_dice::set(fault_settings chosen) {
  settings_ = std::move(chosen);
  random_.seed(settings_.seed);
}

fate fault_dice::decide(const fins_request& request) {
  if (!concerns(request))
    return {};
  fate decided;
  decided.drop_request = happens(settings_.drop_request);
  decided.drop_answer = happens(settings_.drop_answer);
  decided.duplicate = happens(settings_.duplicate);
  decided.reorder = happens(settings_.reorder);
  decided.truncate = happens(settings_.truncate);
  decided.wrong_sid = happens(settings_.wrong_sid);
  if (happens(settings_.delay_probability))
    decided.delay = settings_.delay;
  if (!decided.drop_request)
    decided.end_code = forced_end_code();
  decided.flags = settings_.flags;
  return decided;
}

bool fault_dice::concerns(const fins_request& request) {
  if (!settings_.only.empty()
      && request.is_write() != (settings_.only == "write"))
    return false;
  if (settings_.address && *settings_.address != request.address)
    return false;
  if (!settings_.count)
    return true;
  if (*settings_.count <= 0)
    return false;
  --*settings_.count;
  return true;
}

/// Dice without std::uniform_real_distribution, whose results differ between
/// libraries.
bool fault_dice::happens(double share) {
  return share > 0 && random_() < share * 4294967296.0;
}

std::optional<int> fault_dice::forced_end_code() {
  if (settings_.end_code == 0)
    return std::nullopt;
  if (!settings_.end_code_count)
    return settings_.end_code;
  if (*settings_.end_code_count <= 0)
    return std::nullopt;
  --*settings_.end_code_count;
  return settings_.end_code;
}

} // namespace millrace::plc_sim
