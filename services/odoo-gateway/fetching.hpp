#pragma once

#include "common/events/messages.hpp"
#include "services/odoo-gateway/odoo_calls.hpp"

#include <variant>

namespace millrace::odoo {

using fetch_answer = std::variant<events::mo_fetched, events::mo_fetch_failed>;

/// Pages through Odoo's confirmed orders until `limit` of each line are found
/// that are not excluded, or the list ends. Odoo's order stays. One answer for
/// each of `wanted`, in its order; no line stands there twice. Odoo cannot be
/// asked for one line's orders, so many lines share one reading. Blocking.
std::vector<fetch_answer>
fetch_orders(odoo_calls& odoo, const std::vector<events::mo_fetch>& wanted);

} // namespace millrace::odoo
