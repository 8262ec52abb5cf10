#include "services/odoo-simulator/faults.hpp"

namespace millrace::odoo_sim {

void fault_dice::set(fault_settings chosen) {
  settings_ = std::move(chosen);
  random_.seed(settings_.seed);
}

fault_settings fault_dice::decide(const std::string& path) {
  if (!settings_.route.empty() && !path.ends_with("/" + settings_.route))
    return {};
  if (settings_.count && *settings_.count <= 0)
    return {};
  if (settings_.probability < 1
      && random_() >= settings_.probability * 4294967296.0)
    return {};
  if (settings_.count)
    --*settings_.count;
  return settings_;
}

} // namespace millrace::odoo_sim
