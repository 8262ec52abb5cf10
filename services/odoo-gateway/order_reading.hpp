#pragma once

#include "common/events/messages.hpp"
#include "services/odoo-gateway/odoo_answer.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

// One entry of mo-list-detailed as an order of ours. Pure.

namespace millrace::odoo {

/// An order that does not concern the line: another line's, or not confirmed.
struct not_ours {
  std::string reason;
};

using listed_order
  = std::variant<events::order, events::rejected_order, not_ours>;

/// Components of one dosing point are summed; components whose equipment is the
/// line itself, missing or no dosing point are hand-added and summed apart.
/// Rejected, with field and value: a name that is none, a quantity that is not
/// above 0, amounts that are no number or negative, dosed amounts that are not
/// in kg, and an order of which something was dosed already: Odoo still lists
/// it as confirmed, but it must not be produced again unasked.
listed_order read_order(const json& listed, std::string_view line);

/// The code as all spellings of it compare: Odoo's users write PLC01 and plc01.
std::string comparable(std::string_view code);

/// The line that a listed order is for, comparable; empty where it names none.
std::string line_in_list(const json& listed);

/// The order's name as Odoo wrote it, or empty.
std::string name_in_list(const json& listed);

/// A number, or a text that is one. None for false, null and anything else.
std::optional<kilograms> read_kilograms(const json& value);

/// Adds to a sum of amounts from outside. False, and nothing added, where the
/// sum would be beyond 10^12 kg, which no message could carry.
bool add_within_limit(kilograms& sum, kilograms more);

/// What a component says was consumed of it; 0 where it says nothing. None when
/// that is no amount.
std::optional<kilograms> consumed_of(const json& component);

/// The code of an equipment {code, name}; a text is taken for the code. Empty
/// where there is none.
std::string code_of(const json& equipment);

/// Whether a component's or item's equipment names a dosing point. Never so for
/// the line itself, whatever digits its code contains.
std::optional<std::size_t> dosing_index_of(const json& equipment,
                                           std::string_view line);

} // namespace millrace::odoo
