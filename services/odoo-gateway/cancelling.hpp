#pragma once

#include "common/events/messages.hpp"
#include "services/odoo-gateway/odoo_calls.hpp"

#include <variant>

namespace millrace::odoo {

using cancel_answer
  = std::variant<events::odoo_cancelled, events::odoo_push_failed>;

/// Cancels the order in Odoo; one that is cancelled already is success.
/// Blocking.
cancel_answer cancel_order(odoo_calls& odoo, const events::odoo_cancel& wanted);

} // namespace millrace::odoo
