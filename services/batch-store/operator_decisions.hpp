#pragma once

#include "services/batch-store/batch.hpp"
#include "services/batch-store/decisions.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

// What an operator's decision does to a row: without I/O, clock or actor. Each
// may come twice; what was done already is no error and changes nothing.

namespace millrace::store {

/// What became of a decision about a row.
struct ruling {
  /// Refused: the row is untouched.
  bool ok = true;
  /// The row has changed and must be stored.
  bool changed = false;
  /// For people.
  std::string text;
};

/// Status 0 again: the figures are to be read from the PLC once more. They stay
/// until the PLC reports others.
ruling rule_reset(batch& row);

/// Whether the PLC has reported the batch, so that giving it to the PLC means
/// producing it again.
bool is_reported(const batch& row);

/// To be given to the PLC again as it was, in the same slot. The PLC has it
/// unless it has lost its memory, so the write only mends that. For batches
/// that the PLC never reported; one that is written becomes part of queue
/// `stage`, since plc-gateway refuses older ones.
ruling rule_restore(batch& row, std::int64_t stage);

/// To be produced again in another slot, as queue `stage`. Figures begin at 0;
/// what Odoo holds of the earlier run is replaced by the new figures.
ruling rule_produce_again(batch& row, int slot, std::int64_t stage);

/// A slot of the line in which neither a batch of the queue stands nor an
/// earlier run of `row`, and none of `taken`; 0: none is free.
int slot_to_produce_again(const batch& row, const std::vector<batch>& queue,
                          const std::set<int>& taken);

/// Whether an earlier run of the batch stands in the slot.
bool ran_earlier_in(const batch& row, int slot);

/// Will not be produced any more; Odoo is told before it is archived.
ruling rule_cancel(batch& row, const std::string& user,
                   const std::string& notes);

/// Its amounts are used although they are implausible.
ruling rule_accept(batch& row);

/// May it leave the queue unbooked? Only what waits for a person: `stuck` says
/// that nothing was heard of it for long. The row is not changed.
ruling rule_set_aside(const batch& row, bool stuck);

/// To be pushed (or cancelled) now, although Odoo refused before.
ruling rule_retry(batch& row, const rules& plant);

/// Cleared, and nothing says that the PLC has it (`unwanted`: an alert does):
/// Odoo may offer it once more.
bool may_be_offered_again(const archived_batch& past, bool unwanted);

/// The decisions that would change something now, by the rules above: "retry",
/// "reset", "reset_and_write", "cancel", "set_aside", "accept", "mark_solved".
std::vector<std::string> sensible_decisions(const batch& row, bool stuck,
                                            const rules& plant);
std::vector<std::string> sensible_decisions(const archived_batch& past,
                                            bool unwanted);

/// How a batch leaves when its queue is cleared.
struct cleared_batch {
  /// The PLC has provably nothing of it: Odoo may offer it again.
  bool may_come_again = false;
  /// The PLC had begun it, or a decision about it never reached Odoo.
  bool booking_open = false;
};
/// `untouched`: plc-gateway has proved that the PLC has not got it.
cleared_batch rule_clear(const batch& row, bool untouched);

/// Takes the figures that the PLC reports of a batch that it should not have
/// produced any more. False: nothing new.
bool take_unwanted_figures(batch& row, const events::slot_report& report,
                           const std::string& read_at);

/// "maize 60 kg" style list of what was dosed, and the weight.
std::string figures_text(const batch& row);

} // namespace millrace::store
