#include "services/odoo-gateway/code_memory.hpp"

namespace millrace::odoo {

code_memory::code_memory(std::size_t max_orders) : max_orders_(max_orders) {
}

equipment_codes code_memory::of(const std::string& mo_id) const {
  const std::lock_guard guard{mutex_};
  const auto at = codes_.find(mo_id);
  return at == codes_.end() ? standard_codes() : at->second;
}

void code_memory::remember(const std::string& mo_id, equipment_codes codes) {
  const std::lock_guard guard{mutex_};
  if (codes_.insert_or_assign(mo_id, std::move(codes)).second)
    oldest_first_.push_back(mo_id);
  if (oldest_first_.size() > max_orders_) {
    codes_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
}

} // namespace millrace::odoo
