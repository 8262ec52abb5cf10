#include "tests/simulation/odoo.hpp"

#include <algorithm>

namespace millrace::simulation {

using events::odoo_error;
using odoo::failure;
using odoo::json;
using odoo::outcome;

namespace {

failure rejected(const char* why) {
  return {odoo_error::rejected, why, false, false};
}

bool is_closed(const odoo_order& order) {
  return order.state == "done" || order.state == "cancel";
}

} // namespace

odoo_order* imagined_odoo::find(const std::string& mo_id) {
  const auto at
    = std::find_if(orders.begin(), orders.end(),
                   [&](const auto& one) { return one.listed.mo_id == mo_id; });
  return at == orders.end() ? nullptr : &*at;
}

outcome<json> imagined_odoo::call(const std::string& what, const deed& act) {
  on_call();
  clock_.say([&] { return "odoo: " + what; });
  if (!clock_.strikes(fault::odoo_call)) {
    auto answer = act();
    on_call();
    return answer;
  }
  switch (clock_.chance.pick(5)) {
  case 0:
    return failure{odoo_error::unreachable, "refused", false, false};
  case 1:
    return failure{odoo_error::authentication, "session", false, false};
  case 2:
    return failure{odoo_error::protocol, "500", true, false};
  case 3: // takes effect after the caller has given up
    was_late = true;
    clock_.after(500 * (1 + clock_.chance.pick(6)), [act] { (void)act(); });
    break;
  default: // done, and the answer lost
    (void)act();
  }
  return failure{odoo_error::time_out, "no answer", true, false};
}

outcome<json> imagined_odoo::list_orders(int, int) {
  return json::object(); // the fetch is imagined as a whole
}

outcome<odoo::order_detail> imagined_odoo::detail(const std::string& mo_id,
                                                  const std::string&) {
  const auto seen = call("detail " + mo_id, [] { return json(); });
  if (!seen)
    return seen.why();
  const auto* order = find(mo_id);
  if (!order)
    return failure{odoo_error::not_found, "no such order", false, false};
  odoo::order_detail found;
  found.state = order->state;
  found.consumed = order->consumed;
  if (order->state == "confirmed" && total(order->consumed) == kilograms{})
    found.as_listed = order->listed;
  return found;
}

outcome<json> imagined_odoo::update(const std::string& mo_id,
                                    const odoo::equipment_codes& codes,
                                    const dosing_amounts& amounts,
                                    std::optional<kilograms>) {
  const bool partly = clock_.strikes(fault::odoo_partial);
  return call("update " + mo_id, [=, this]() -> outcome<json> {
    auto* order = find(mo_id);
    if (!order || is_closed(*order))
      return rejected("order is closed");
    auto errors = json::array();
    for (std::size_t i = 0; i < amounts.size(); ++i) {
      if (amounts[i] <= kilograms{})
        continue;
      if (partly && errors.empty()) {
        errors.push_back("no stock for " + codes[i]);
        continue;
      }
      order->consumed[i] = amounts[i];
    }
    return errors.empty() ? json::object()
                          : json{{"errors", std::move(errors)}};
  });
}

outcome<json> imagined_odoo::mark_done(const std::string& mo_id,
                                       kilograms weight, const std::string&,
                                       const std::string&) {
  const bool stays_open = clock_.strikes(fault::odoo_partial);
  return call("mark done " + mo_id, [=, this]() -> outcome<json> {
    auto* order = find(mo_id);
    if (!order || is_closed(*order))
      return rejected("No finished product move found for this MO");
    if (!stays_open) {
      order->state = "done";
      order->finished = weight;
      ++order->done_count;
    }
    return json::object();
  });
}

outcome<json> imagined_odoo::cancel(const std::string& mo_id) {
  return call("cancel " + mo_id, [=, this]() -> outcome<json> {
    auto* order = find(mo_id);
    if (!order || order->state == "done")
      return rejected("order is done");
    order->state = "cancel";
    return json{{"mo_state", "cancel"}};
  });
}

} // namespace millrace::simulation
