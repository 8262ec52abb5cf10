#include "common/domain/order_name.hpp"
#include "tests/simulation/plant.hpp"

#include <algorithm>

// The invariants, from the ledgers of the imagined mill, Odoo and subscriber
// and from the tables; never from what the services say of themselves.

namespace millrace::simulation {

namespace {

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
  const auto* order = order_of(taken);
  if (!order)
    return false;
  const auto& parts = order->listed.components;
  doses planned{};
  planned[0] = centi(parts[0].to_consume);
  planned[14] = centi(parts[1].to_consume);
  return cut_to_field(order->listed.mo_id) == taken.name
         && planned == taken.planned;
}

const decided& plant::said_of(const odoo_order& order) const {
  return decided_[static_cast<std::size_t>(&order - odoo_.orders.data())];
}

const odoo_order* plant::order_of(const recipe& taken) const {
  for (const auto& order : odoo_.orders)
    if (centi(order.listed.quantity) == taken.quantity)
      return &order;
  return nullptr;
}

/// The newest run.
const product* plant::made_of(const odoo_order& order) const {
  for (auto made = mill_.ledger.rbegin(); made != mill_.ledger.rend(); ++made)
    if (made->ordered.quantity == centi(order.listed.quantity))
      return &*made;
  return nullptr;
}

void plant::check_stored(const product& made) const {
  const auto* order = order_of(made.ordered);
  // An earlier run's figures are given up, a solved one's are in good hands.
  if (!order || said_of(*order).again > 0 || said_of(*order).solved)
    return;
  const auto* row = disk_.find(order->listed.mo_id);
  const auto* old = disk_.find_archived(order->listed.mo_id);
  if (!(row && holds(*row, made)) && !(old && holds(old->row, made)))
    throw violation{"status_read_data of " + order->listed.mo_id
                    + " is set and its final values are not stored"};
}

/// A person closed the order in Odoo after it had been fetched, or an operator
/// decided about it: it stays, and somebody is told why.
bool plant::needs_person(const odoo_order& order) const {
  const auto* row = disk_.find(order.listed.mo_id);
  // An older update that took effect after a newer one, and then a late
  // mark-done: nobody could know.
  const bool closed_with_others = row && odoo_.was_late && order.state == "done"
                                  && order.consumed != row->actual;
  if (!row || !(order.by_person || said_of(order).any() || closed_with_others))
    return false;
  const bool refused = store::is_refused(row->push)
                       && (order.by_person || order.state == "cancel");
  if (!row->held && !refused)
    return false;
  if (row->state == batch_state::written || row->state == batch_state::running)
    return false; // the mill has more to report
  if (order.by_person && clock_.now <= order.closed_at + still_on_its_way)
    return false; // Odoo may have taken our figures before
  const std::string kind = row->held ? "batch_held" : "push_failing";
  return std::any_of(
    disk_.alerts.begin(), disk_.alerts.end(), [&](const auto& raised) {
      return raised.mo_id == order.listed.mo_id
             && (raised.kind == kind || raised.kind == row->held.kind);
    });
}

bool plant::is_settled(const odoo_order& order) const {
  if (disk_.find(order.listed.mo_id))
    return needs_person(order);
  // A cleared order that the PLC provably has not got comes again.
  const auto* old = disk_.find_archived(order.listed.mo_id);
  if (old && (old->status != "cleared" || old->open_in_odoo))
    return true;
  // Not fetched: closed before, or the queue is held up by a person's order.
  return (order.by_person && clock_.now > order.closed_at + still_on_its_way)
         || (!disk_.queue.empty()
             && std::any_of(
               odoo_.orders.begin(), odoo_.orders.end(),
               [&](const auto& other) { return needs_person(other); }));
}

bool plant::at_rest() const {
  return clock_.now > decided_at_ + still_on_its_way && disk_.outbox.empty()
         && disk_.acknowledges.empty() && disk_.clearing.empty()
         && mill_.at_rest() && store_.is_up() && plc_.is_up()
         && odoo_gateway_.is_up()
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
  add(!disk_.clearing.empty(), "the queue is being cleared");
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

/// Whatever an operator ordered: nothing is lost, nothing booked twice, and
/// only what the mill has made.
void plant::check_decided(const odoo_order& order) const {
  const auto& name = order.listed.mo_id;
  const auto* row = disk_.find(name);
  const auto* old = disk_.find_archived(name);
  if (row && old && old->status != "cleared")
    throw violation{name + " is in mo_batch and in mo_histories"};
  const auto* newest = made_of(order);
  if (newest && !row && !old)
    throw violation{name + " was produced and is nowhere"};
  // Of an earlier run they stand in its alert, or in the audit when it had been
  // stored before.
  const bool told
    = std::any_of(disk_.alerts.begin(), disk_.alerts.end(),
                  [&](const auto& raised) {
                    return raised.mo_id == name && raised.kind == "earlier_run";
                  })
      || std::any_of(
        disk_.audit.begin(), disk_.audit.end(), [&](const auto& one) {
          return one.mo_id == name && one.action == "reset_and_write" && newest
                 && one.outcome.find(
                      kilograms::from_milli(std::int64_t{newest->weight} * 10)
                        .to_string())
                      != std::string::npos;
        });
  // Before it is acknowledged the PLC keeps them.
  if (newest && newest->acknowledged && !(row && holds(*row, *newest))
      && !(old && holds(old->row, *newest)) && !said_of(order).solved && !told)
    throw violation{name + ": the figures of its newest run are nowhere"};
  if (old && old->status == "completed"
      && !(newest && holds(old->row, *newest)))
    throw violation{name + " is completed with other figures than the mill's"};
  if (order.done_count > 1)
    throw violation{name + " is done twice in Odoo"};
  if (order.done_count == 1
      && std::none_of(
        mill_.ledger.begin(), mill_.ledger.end(), [&](const auto& made) {
          return made.ordered.quantity == centi(order.listed.quantity)
                 && made.weight == centi(order.finished)
                 && same(order.consumed, made.actual);
        }))
    throw violation{name + " is done in Odoo with figures of no run"};
}

void plant::check_order(const odoo_order& order) const {
  if (said_of(order).any())
    return check_decided(order);
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
