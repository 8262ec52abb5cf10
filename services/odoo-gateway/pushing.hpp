#pragma once

#include "common/events/messages.hpp"
#include "common/telemetry/clock.hpp"
#include "services/odoo-gateway/code_memory.hpp"
#include "services/odoo-gateway/odoo_calls.hpp"

#include <variant>

namespace millrace::odoo {

using push_answer = std::variant<events::odoo_pushed, events::odoo_push_failed>;

/// Brings Odoo to the figures of the command and, where it says so, closes the
/// order. Whatever Odoo answers or does not answer, mo-detail has the last word
/// (FACTS 4). An order that refuses the equipment codes gets the figures once
/// more under its own, and they are remembered for its next push. Blocking.
push_answer push_figures(odoo_calls& odoo, code_memory& memory,
                         const events::odoo_push& wanted,
                         const wall_clock& time_of_day);

} // namespace millrace::odoo
