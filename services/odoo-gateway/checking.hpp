#pragma once

#include "services/odoo-gateway/odoo_calls.hpp"

#include <variant>

namespace millrace::odoo {

using check_answer
  = std::variant<events::odoo_checked, events::odoo_check_failed>;

/// Asks Odoo about each order. An order that Odoo does not know, or whose
/// answer cannot be read, is part of the answer; when Odoo cannot be asked, all
/// failed.
check_answer check_orders(odoo_calls& odoo, const events::odoo_check& wanted);

} // namespace millrace::odoo
