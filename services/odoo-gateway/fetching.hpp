#pragma once

#include "common/events/messages.hpp"
#include "services/odoo-gateway/odoo_calls.hpp"

#include <variant>

namespace millrace::odoo {

using fetch_answer = std::variant<events::mo_fetched, events::mo_fetch_failed>;

/// Pages through Odoo's confirmed orders until `limit` of the line are found
/// that are not excluded, or the list ends. Odoo's order stays. Blocking.
fetch_answer fetch_orders(odoo_calls& odoo, const events::mo_fetch& wanted);

} // namespace millrace::odoo
