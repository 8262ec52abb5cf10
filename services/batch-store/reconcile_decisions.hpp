#pragma once

#include "common/events/messages.hpp"
#include "services/batch-store/batch.hpp"

#include <optional>
#include <string>

// When memory and world disagree: a database restored from a backup, a PLC
// whose memory was cleared, orders that people changed in Odoo. Pure.

namespace millrace::store {

/// Holds that end by themselves when the PLC reports the batch in its slot.
bool is_of_plc(const hold& held);

bool is_in_doubt(const hold& held);

/// plc-gateway has looked: no area of the PLC names the order any more.
bool is_lost_in_plc(const hold& held);

/// Holds that end when Odoo takes the batch after all.
bool is_of_odoo(const hold& held);

/// Odoo holds more than the row: a person who retries the push says that ours
/// is right.
bool odoo_is_ahead(const hold& held);

/// Whether what the PLC reported makes it worth asking Odoo again.
bool ends_with_news(const hold& held, bool state_changed, bool values_changed);

/// The slot of a running batch reports nothing, or another order.
std::optional<hold> hold_if_vanished(const batch& row,
                                     const events::slot_report& report,
                                     const std::string& now);

/// The PLC was given the batch and none of its areas holds it any more.
hold hold_as_lost(const batch& row, const std::string& now);

/// The PLC may have been given the batch before; `why` in plc-gateway's words.
hold hold_in_doubt(const batch& row, const std::string& why,
                   const std::string& now);

/// None: repeating the push may help.
std::optional<hold> hold_if_push_is_hopeless(const batch& row,
                                             events::odoo_error error_class,
                                             const std::string& text,
                                             const std::string& now);

/// What Odoo's word means for a batch that is staged, written or running.
struct check_verdict {
  std::optional<hold> held;
  /// Quantity or recipe are others now; only of a staged batch.
  bool recipe_changed = false;
};
check_verdict judge(const batch& row, const events::checked_order& now_in_odoo,
                    const std::string& now);

} // namespace millrace::store
