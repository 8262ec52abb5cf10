#pragma once

#include "common/events/messages.hpp"
#include "services/batch-store/batch.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Every rule about a batch's life, without I/O, clock or actor.

namespace millrace::store {

enum class zero_weight_policy { archive, hold };

/// What differs between plants.
struct rules {
  /// A batch weight above the sum of both is suspicious but used.
  kilograms expected_batch_max = kilograms::from_milli(1'000'000);
  kilograms weight_margin = kilograms::from_milli(50'000);
  zero_weight_policy zero_weight = zero_weight_policy::archive;
  /// Share by which the components' sum may differ from the ordered quantity.
  int recipe_tolerance_percent = 5;
};

/// What a slot's report did to its batch's row.
struct read_effect {
  /// Any column changed besides last_read.
  bool changed = false;
  bool values_changed = false;
  bool completed = false;
  bool failed = false;
  /// The row was final and the PLC reports other figures: they were ignored.
  bool ignored_final = false;
  bool now_held = false;
  bool released = false;
  /// For people; the row was changed all the same.
  std::vector<std::string> warnings;
};

/// Takes the report into the row. The caller has matched slot and cut name.
read_effect apply_report(batch& row, const events::slot_report& report,
                         const std::string& read_at, const rules& plant);

/// What has to happen next for a batch, derived from its row alone.
enum class step {
  none,
  write_to_plc,
  push_consumption,
  push_and_close,
  cancel_in_odoo,
  archive_completed,
  /// Weight 0: the consumption is booked, the order stays open in Odoo.
  archive_zero_weight,
  archive_cancelled
};
step next_step(const batch& row, const rules& plant);

/// The revision that Odoo accepted. True when the row changed.
bool apply_pushed(batch& row, std::int64_t revision, bool done);

/// A failed push or cancel; `now` and `next` are UTC.
void apply_push_failed(batch& row, events::odoo_error error_class,
                       const std::string& text, const std::string& now,
                       const std::string& next);

/// The order as a batch of this slot, state staged, still without an id.
batch staged_batch(const std::string& line, const events::order& order,
                   int batch_no, std::int64_t stage);

/// A new queue, planned from what Odoo listed.
struct queue_plan {
  std::vector<batch> batches; // batch_no 1.., state staged
  /// Orders that were left out, and why.
  std::vector<events::rejected_order> left_out;
  /// Orders whose recipe does not add up to the ordered quantity: order, text.
  std::vector<events::rejected_order> odd_recipes;
};
/// What plan_queue asks about the past.
struct past_orders {
  /// The order is in the queue or was produced before.
  std::function<bool(const std::string& mo_id)> knows;
  /// The slot of the newest earlier order whose name looks the same in the PLC
  /// (equal first 16 characters); 0: none. Two such orders in the same slot one
  /// after the other could not be told apart there.
  std::function<int(const std::string& mo_id)> slot_of_lookalike;
};
/// Ids come from `next_id`.
queue_plan plan_queue(const std::string& line,
                      const std::vector<events::order>& orders, int limit,
                      std::int64_t stage, const rules& plant,
                      const past_orders& past,
                      const std::function<std::string()>& next_id);

/// Whether the order's name fills the PLC's text field, so that it may look
/// like another one that was cut to it.
bool fills_plc_name(const std::string& mo_id);

/// Whether a slot with the row's (cut) name reports another order: the ordered
/// quantity that the PLC holds is another one.
bool reports_other_quantity(const batch& row,
                            const events::slot_report& report);

/// Whether a slot that seems to report `row` may still report an earlier order
/// whose name looks the same: it is acknowledged although nothing of `row` was
/// stored yet, or it failed (`lookalike_failed`: as the earlier one did)
/// without ever having been seen running.
bool may_be_of_lookalike(const batch& row, const events::slot_report& report,
                         bool lookalike_failed);

/// The batch as the PLC is to get it.
events::slot_order slot_order_of(const batch& row);

/// What a person reads in failed-to-push about why this batch waits.
std::string waiting_reason(const batch& row);

/// What that person can do about it.
std::string waiting_advice(const batch& row);

/// Final figures are known that Odoo can be given: consumption and a weight.
bool can_be_booked(const batch& row);

/// Odoo answered and refuses: repeating alone does not help.
bool is_refused(const push_record& push);

/// Names of odoo_error as they travel ("time_out").
std::string_view name_of(events::odoo_error error_class);

} // namespace millrace::store
