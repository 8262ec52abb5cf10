#pragma once

#include "common/events/messages.hpp"
#include "services/odoo-gateway/odoo_calls.hpp"
#include "tests/simulation/clockwork.hpp"

#include <string>
#include <vector>

namespace millrace::simulation {

/// An order as Odoo holds it.
struct odoo_order {
  events::order listed;
  std::string state = "confirmed";
  dosing_amounts consumed{};
  kilograms finished;
  int done_count = 0;
  /// A person closed it.
  bool by_person = false;
  instant closed_at = 0;
};

/// The imagined Odoo, written from FACTS 4 alone: figures replace, a closed
/// order refuses, an answer may get lost after the deed and a call may take
/// effect long after its caller has given up.
class imagined_odoo final : public odoo::odoo_calls {
public:
  explicit imagined_odoo(clockwork& clock) : clock_(clock) {
  }

  odoo_order* find(const std::string& mo_id);

  odoo::outcome<odoo::json> list_orders(int limit, int offset) override;
  odoo::outcome<odoo::order_detail> detail(const std::string& mo_id,
                                           const std::string& line) override;
  odoo::outcome<odoo::json> update(const std::string& mo_id,
                                   const odoo::equipment_codes& codes,
                                   const dosing_amounts& amounts,
                                   std::optional<kilograms> weight) override;
  odoo::outcome<odoo::json> mark_done(const std::string& mo_id,
                                      kilograms weight, const std::string& line,
                                      const std::string& ended_at) override;
  odoo::outcome<odoo::json> cancel(const std::string& mo_id) override;

  /// A call on its way has got this far: the caller may be killed here.
  std::function<void()> on_call;
  std::vector<odoo_order> orders;
  /// A call took effect after the caller had given it up.
  bool was_late = false;

private:
  using deed = std::function<odoo::outcome<odoo::json>()>;
  odoo::outcome<odoo::json> call(const std::string& what, const deed& act);

  clockwork& clock_;
};

} // namespace millrace::simulation
