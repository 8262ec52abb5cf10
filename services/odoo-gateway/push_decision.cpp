#include "services/odoo-gateway/push_decision.hpp"

#include "services/odoo-gateway/clean_text.hpp"
#include "services/odoo-gateway/order_reading.hpp"

#include <array>

namespace millrace::odoo {

namespace {

bool same(kilograms a, kilograms b) {
  const auto apart = a.milli() > b.milli() ? a - b : b - a;
  return apart <= same_within;
}

std::string contradiction(std::size_t point, kilograms theirs, kilograms ours) {
  return std::string(dosing_points[point].tag) + " " + theirs.to_string()
         + " instead of " + ours.to_string();
}

failure unreadable(const std::string& what) {
  return {events::odoo_error::protocol, clean_text("mo-detail: " + what), false,
          false, true};
}

/// One entry of `errors`: a text, or an object with a message.
std::string error_text(const json& entry) {
  if (entry.is_string() && entry != "")
    return clean_text(entry.get_ref<const std::string&>(), 200);
  const auto code = text_of(entry, "equipment_code");
  for (const char* member : {"message", "error", "reason"})
    if (const auto said = text_of(entry, member); !said.empty())
      return clean_text(code.empty() ? said : code + ": " + said, 200);
  return clean_text(entry.dump(-1, ' ', false, json::error_handler_t::replace),
                    200);
}

} // namespace

outcome<order_detail> read_detail(const json& result, std::string_view line) {
  const auto data = result.find("data");
  const json* order = data == result.end() ? &result : &*data;
  if (order->is_array() && order->size() == 1)
    order = &order->front();
  order_detail detail;
  detail.state = text_of(*order, "state");
  if (detail.state.empty())
    return unreadable("no state in the answer");
  for (const auto& component : list_of(*order, "components_consumption")) {
    if (!component.is_object() || !component.contains("equipment"))
      continue;
    const auto point = dosing_index_of(component["equipment"], line);
    if (!point)
      continue;
    add_code(detail.codes, *point, code_of(component["equipment"]));
    const auto amount = consumed_of(component);
    if (!amount || !add_within_limit(detail.consumed[*point], *amount))
      return unreadable("consumed: " + component["consumed"].dump()
                        + " is no amount");
  }
  auto listed = read_order(*order, line);
  if (auto* readable = std::get_if<events::order>(&listed))
    detail.as_listed = std::move(*readable);
  return detail;
}

std::vector<std::string> comparison::all() const {
  auto both = contradictions;
  both.insert(both.end(), leftovers.begin(), leftovers.end());
  return both;
}

comparison compare(const dosing_amounts& ours, const order_detail& theirs) {
  comparison seen;
  for (std::size_t i = 0; i < dosing_point_count; ++i) {
    if (same(ours[i], theirs.consumed[i]))
      continue;
    auto& list = ours[i] > kilograms{} ? seen.contradictions : seen.leftovers;
    list.push_back(contradiction(i, theirs.consumed[i], ours[i]));
  }
  if (theirs.state == "cancel" || theirs.state == "cancelled")
    seen.where = standing::cancelled;
  else if (theirs.state == "done")
    seen.where = seen.figures_are_ours() ? standing::done_with_ours
                                         : standing::done_with_others;
  return seen;
}

std::vector<std::string> ahead_of(const dosing_amounts& ours, bool final,
                                  const order_detail& theirs) {
  std::vector<std::string> more;
  for (std::size_t i = 0; i < dosing_point_count; ++i)
    if (theirs.consumed[i] > ours[i] && !same(ours[i], theirs.consumed[i])
        && !(final && ours[i] == kilograms{}))
      more.push_back(contradiction(i, theirs.consumed[i], ours[i]));
  return more;
}

std::string describe(const comparison& seen) {
  switch (seen.where) {
  case standing::open:
    return "order is open in Odoo";
  case standing::cancelled:
    return "order is cancelled in Odoo";
  case standing::done_with_ours:
    return "order is done in Odoo with our figures";
  case standing::done_with_others:
    break;
  }
  return "order is done in Odoo with " + joined(seen.contradictions);
}

std::vector<std::string> shortfalls(const json& result,
                                    const dosing_amounts& ours,
                                    const equipment_codes& codes) {
  std::vector<std::string> wrong;
  for (const auto& entry : list_of(result, "errors"))
    wrong.push_back(error_text(entry));
  std::array<std::optional<kilograms>, dosing_point_count> applied;
  for (const auto& item : list_of(result, "consumed_items")) {
    if (!item.is_object() || !item.contains("applied_qty"))
      continue;
    const auto point
      = point_booked_under(text_of(item, "equipment_code"), codes);
    const auto amount = read_kilograms(item["applied_qty"]);
    if (!point || !amount)
      continue;
    auto sum = applied[*point].value_or(kilograms{});
    if (!add_within_limit(sum, *amount))
      wrong.push_back("applied_qty of " + std::string(dosing_points[*point].tag)
                      + " is more than can be");
    applied[*point] = sum;
  }
  for (std::size_t i = 0; i < dosing_point_count; ++i)
    if (applied[i] && ours[i] > kilograms{} && !same(*applied[i], ours[i]))
      wrong.push_back(contradiction(i, *applied[i], ours[i]));
  return wrong;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts)
    text += (text.empty() ? "" : "; ") + part;
  return text;
}

} // namespace millrace::odoo
