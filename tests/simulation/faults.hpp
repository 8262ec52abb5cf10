#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace millrace::simulation {

/// What can go wrong. Each run has some of them (swarm testing: a run with few
/// kinds of faults goes deeper into those).
enum class fault {
  lose_message, // with it the broker's connections end and come back
  double_message,
  delay_message,
  kill_store,
  kill_plc_gateway,
  kill_odoo_gateway,
  database_again, // a transaction is broken off, the same may succeed
  database_away,  // a new session is needed
  broker_refuses, // an event of the outbox comes back
  plc_frame,      // lost, late or refused
  plc_power,      // off for a while, memory and program kept
  odoo_call,      // no connection, an error, an answer that got lost
  odoo_partial,   // success with errors, success that leaves the order open
  odoo_slow,
  clock_jump,
  mill_failure,   // a batch fails, weighs nothing, shows impossible values
  person_in_odoo, // closes an order meanwhile
  operator_acts,  // decides about an order or clears the queue
};
inline constexpr std::size_t fault_count = 18;
inline constexpr std::array<std::string_view, fault_count> fault_names{
  "lose_message",     "double_message",    "delay_message",  "kill_store",
  "kill_plc_gateway", "kill_odoo_gateway", "database_again", "database_away",
  "broker_refuses",   "plc_frame",         "plc_power",      "odoo_call",
  "odoo_partial",     "odoo_slow",         "clock_jump",     "mill_failure",
  "person_in_odoo",   "operator_acts"};

} // namespace millrace::simulation
