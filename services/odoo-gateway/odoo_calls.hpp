#pragma once

#include "common/domain/dosing.hpp"
#include "services/odoo-gateway/equipment_codes.hpp"
#include "services/odoo-gateway/odoo_answer.hpp"
#include "services/odoo-gateway/push_decision.hpp"

#include <optional>
#include <string>

namespace millrace::odoo {

/// The calls of the SCADA add-on (FACTS 4). Blocking.
class odoo_calls {
public:
  virtual ~odoo_calls() = default;

  /// One page of confirmed orders of all lines: {count, data[]}.
  virtual outcome<json> list_orders(int limit, int offset) = 0;
  /// What Odoo holds of one order.
  virtual outcome<order_detail> detail(const std::string& mo_id,
                                       const std::string& line)
    = 0;
  /// Replaces the consumed amounts of all points above 0, each under its code,
  /// and the finished weight where given. Safe to repeat. Look at shortfalls()
  /// of the result.
  virtual outcome<json>
  update(const std::string& mo_id, const equipment_codes& codes,
         const dosing_amounts& amounts, std::optional<kilograms> weight)
    = 0;
  /// `ended_at` is "YYYY-MM-DD HH:MM:SS", UTC. Success means nothing yet: see
  /// detail().
  virtual outcome<json> mark_done(const std::string& mo_id, kilograms weight,
                                  const std::string& line,
                                  const std::string& ended_at)
    = 0;
  /// The result's mo_state says what became of it.
  virtual outcome<json> cancel(const std::string& mo_id) = 0;
};

} // namespace millrace::odoo
