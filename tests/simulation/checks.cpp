#include "common/domain/order_name.hpp"
#include "tests/simulation/plant.hpp"

#include <algorithm>

// The invariants, from the ledgers of the imagined mill, Odoo and subscriber
// and from the tables; never from what the services say of themselves.

namespace millrace::simulation {

namespace {

/// A list of before may be on its way for so long.
constexpr instant still_listed = 10'000;

centi_kg centi(kilograms amount) {
  return static_cast<centi_kg>(amount.milli() / 10);
}

bool same(const dosing_amounts& stored, const doses& made) {
  return std::equal(stored.begin(), stored.end(), made.begin(),
                    [](auto amount, auto dosed) {
                      return amount.milli() == std::int64_t{dosed} * 10;
                    });
}

bool holds(const store::batch& row, const product& made) {
  return row.status_manufacturing && same(row.actual, made.actual)
         && row.weight.milli() == std::int64_t{made.weight} * 10;
}

} // namespace

bool plant::is_ordered(const recipe& taken) const {
  for (const auto& order : odoo_.orders) {
    if (centi(order.listed.quantity) != taken.quantity)
      continue;
    const auto& parts = order.listed.components;
    doses planned{};
    planned[0] = centi(parts[0].to_consume);
    planned[14] = centi(parts[1].to_consume);
    return cut_to_field(order.listed.mo_id) == taken.name
           && planned == taken.planned;
  }
  return false;
}

const product* plant::made_of(const odoo_order& order) const {
  for (const auto& made : mill_.ledger)
    if (made.ordered.quantity == centi(order.listed.quantity))
      return &made;
  return nullptr;
}

void plant::check_stored(const product& made) const {
  for (const auto& order : odoo_.orders) {
    if (centi(order.listed.quantity) != made.ordered.quantity)
      continue;
    const auto* row = disk_.find(order.listed.mo_id);
    const auto* old = disk_.find_archived(order.listed.mo_id);
    if ((row && holds(*row, made)) || (old && holds(old->row, made)))
      return;
    throw violation{"status_read_data of " + order.listed.mo_id
                    + " is set and its final values are not stored"};
  }
}

/// A person closed the order in Odoo after it had been fetched: it stays, and
/// somebody is told why.
bool plant::needs_person(const odoo_order& order) const {
  const auto* row = disk_.find(order.listed.mo_id);
  if (!row || !order.by_person || !(row->held || store::is_refused(row->push)))
    return false;
  if (row->state == batch_state::written || row->state == batch_state::running)
    return false; // the mill has more to report
  const std::string kind = row->held ? "batch_held" : "push_failing";
  return std::any_of(
    disk_.alerts.begin(), disk_.alerts.end(), [&](const auto& raised) {
      return raised.mo_id == order.listed.mo_id && raised.kind == kind;
    });
}

bool plant::is_settled(const odoo_order& order) const {
  if (disk_.find_archived(order.listed.mo_id))
    return true;
  if (disk_.find(order.listed.mo_id))
    return needs_person(order);
  // Not fetched: closed before, or the queue is held up by a person's order.
  return (order.by_person && clock_.now > order.closed_at + still_listed)
         || (!disk_.queue.empty()
             && std::any_of(
               odoo_.orders.begin(), odoo_.orders.end(),
               [&](const auto& other) { return needs_person(other); }));
}

bool plant::at_rest() const {
  return disk_.outbox.empty() && disk_.acknowledges.empty() && mill_.at_rest()
         && store_.is_up() && plc_.is_up() && odoo_gateway_.is_up()
         && std::all_of(odoo_.orders.begin(), odoo_.orders.end(),
                        [&](const auto& order) { return is_settled(order); });
}

std::string plant::unrest() const {
  std::string text;
  const auto add = [&](bool so, const std::string& what) {
    if (so)
      text += (text.empty() ? "" : ", ") + what;
  };
  add(!disk_.outbox.empty(),
      std::to_string(disk_.outbox.size()) + " events have not left");
  add(!disk_.acknowledges.empty(), "a slot is not acknowledged");
  add(!mill_.at_rest(), "the mill waits or works");
  add(!store_.is_up() || !plc_.is_up() || !odoo_gateway_.is_up(),
      "a process is down");
  for (const auto& order : odoo_.orders)
    if (!is_settled(order)) {
      const auto* row = disk_.find(order.listed.mo_id);
      add(true, order.listed.mo_id + " is "
                  + (row ? std::string(name_of(row->state))
                         : "not fetched, " + order.state + " in Odoo"));
    }
  return text;
}

void plant::check_order(const odoo_order& order) const {
  const auto& name = order.listed.mo_id;
  const auto* row = disk_.find(name);
  const auto* old = disk_.find_archived(name);
  const auto* made = made_of(order);
  if (row && old)
    throw violation{name + " is in mo_batch and in mo_histories"};
  if (!row && !old) {
    if (made)
      throw violation{name + " was produced and is nowhere"};
    return;
  }
  const bool closed_before = order.by_person && row && row->held;
  if (!made && closed_before)
    return; // held instead of written
  if (!made || !(made->finished || made->failed))
    throw violation{name + " was never produced"};
  events_.check(name);
  if (!events_.has("batch.staged", name)
      || (old && !events_.has("batch.archived", name)))
    throw violation{"events: one of " + name + " was never told"};
  if (!old || order.by_person)
    return;
  if (made->failed) {
    if (old->status != "cancelled" || order.state != "cancel")
      throw violation{name + " failed and is " + old->status + ", "
                      + order.state + " in Odoo"};
    return;
  }
  if (old->status != "completed" || !holds(old->row, *made))
    throw violation{name + " is archived as " + old->status
                    + " or with other figures than the mill's"};
  if (!same(order.consumed, made->actual))
    throw violation{"Odoo holds other figures of " + name + " than the mill's"};
  const bool weighs = made->weight > 0;
  if (order.done_count != (weighs ? 1 : 0)
      || (weighs && centi(order.finished) != made->weight))
    throw violation{name + " is done " + std::to_string(order.done_count)
                    + " times in Odoo, or with another weight"};
}

void plant::check_end() const {
  for (const auto& order : odoo_.orders)
    check_order(order);
  if (!at_rest())
    throw violation{"rest did not last: " + unrest()};
}

} // namespace millrace::simulation
