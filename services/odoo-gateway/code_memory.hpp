#pragma once

#include "services/odoo-gateway/equipment_codes.hpp"

#include <deque>
#include <map>
#include <mutex>

namespace millrace::odoo {

/// The equipment codes of orders that refused the standard ones. Thread safe:
/// all workers share it. Lost at a restart, then learned again.
class code_memory {
public:
  /// Of more orders than `max_orders` (1 or more) the oldest are forgotten.
  explicit code_memory(std::size_t max_orders);

  /// The standard codes for an order that is not known.
  equipment_codes of(const std::string& mo_id) const;
  void remember(const std::string& mo_id, equipment_codes codes);

private:
  const std::size_t max_orders_;
  mutable std::mutex mutex_;
  std::map<std::string, equipment_codes> codes_;
  std::deque<std::string> oldest_first_;
};

} // namespace millrace::odoo
