#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace millrace {

/// Where a batch is in its life (DESIGN 3).
enum class batch_state {
  staged,    // fetched from Odoo, not yet in the PLC
  written,   // in the PLC's WRITE area, handshake given
  running,   // the PLC reports it in its READ area
  completed, // status_manufacturing 1: figures are final
  pushed,    // Odoo holds the final figures and the order is done
  failed,    // status_operation 1
  cancelled, // cancelled in Odoo, or by an operator
  archived,  // row is in mo_histories; the end
};

/// What can happen to a batch.
enum class batch_fact {
  plc_written,  // the PLC holds it and the handshake was given
  plc_reported, // the PLC reports it, neither finished nor failed
  plc_finished, // status_manufacturing 1, status_operation 0
  plc_failed,   // status_operation 1
  odoo_done,    // Odoo holds exactly the final figures, order done
  odoo_cancelled,
  set_cancelled, // an operator cancels it
  archive,
  reset,      // an operator orders it to be given to the PLC again
  read_again, // an operator orders its figures to be read again
  put_away,   // an operator takes it out of the queue as it is
};

inline constexpr std::array<std::string_view, 8> batch_state_names{
  "staged", "written", "running",   "completed",
  "pushed", "failed",  "cancelled", "archived"};

std::string_view name_of(batch_state state);
std::optional<batch_state> batch_state_named(std::string_view name);

/// The one transition table: the state after `fact`, or none where the fact
/// changes nothing (a repeat, something late) or is not allowed.
std::optional<batch_state> next_state(batch_state state, batch_fact fact);

/// Whether the PLC's final figures are in: actual values never change any more.
bool is_final(batch_state state);

} // namespace millrace
