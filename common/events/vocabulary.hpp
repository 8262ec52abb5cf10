#pragma once

// The words that messages choose from.

#include "common/events/field.hpp"

#include <array>
#include <string_view>

namespace millrace::events {

/// The four tasks (FACTS 8), in the order of their numbers 1 to 4.
enum class task_kind { sync_mo, plc_read, process_completed, health };
template <>
struct enum_names<task_kind> {
  static constexpr std::array<std::string_view, 4> values{
    "sync_mo", "plc_read", "process_completed", "health"};
};
/// 1..4, as in "[TASK 1]".
constexpr int number_of(task_kind task) {
  return static_cast<int>(task) + 1;
}

enum class task_outcome { done, skipped, failed };
template <>
struct enum_names<task_outcome> {
  static constexpr std::array<std::string_view, 3> values{"done", "skipped",
                                                          "failed"};
};

/// Why a call to Odoo failed. unreachable, time_out and protocol leave open
/// whether Odoo acted; the gateway has already looked (mo-detail) where it
/// could. The last three need a person: repeating alone does not help.
enum class odoo_error {
  unreachable,
  time_out,
  authentication,
  rejected,
  not_found,
  partial,
  protocol,
  /// The order is done in Odoo with other figures than ours.
  closed,
  /// The order is cancelled in Odoo.
  cancelled,
  /// Odoo holds more than ours; figures of a batch only grow.
  ahead
};
template <>
struct enum_names<odoo_error> {
  static constexpr std::array<std::string_view, 10> values{
    "unreachable", "time_out", "authentication", "rejected",  "not_found",
    "partial",     "protocol", "closed",         "cancelled", "ahead"};
};

enum class odoo_operation { push, mark_done, cancel };
template <>
struct enum_names<odoo_operation> {
  static constexpr std::array<std::string_view, 3> values{"push", "mark_done",
                                                          "cancel"};
};

enum class severity { info, warning, critical };
template <>
struct enum_names<severity> {
  static constexpr std::array<std::string_view, 3> values{"info", "warning",
                                                          "critical"};
};

/// What an instance of a service says of itself to the others.
enum class claim_status { claims, stands_by, released };
template <>
struct enum_names<claim_status> {
  static constexpr std::array<std::string_view, 3> values{"claims", "stands_by",
                                                          "released"};
};

enum class acknowledge_outcome { set, already_set, slot_changed };
template <>
struct enum_names<acknowledge_outcome> {
  static constexpr std::array<std::string_view, 3> values{"set", "already_set",
                                                          "slot_changed"};
};

/// What an operator may decide about one batch.
enum class decision {
  /// Status 0 again; its figures are read from the PLC once more.
  reset,
  /// The PLC is to get it (again).
  reset_and_write,
  cancel,
  /// Leaves the queue unbooked; the booking stays open.
  set_aside,
  /// Use its amounts although they are outside the plausible range.
  accept,
  /// A person has booked it by hand.
  mark_solved
};
template <>
struct enum_names<decision> {
  static constexpr std::array<std::string_view, 6> values{
    "reset", "reset_and_write", "cancel", "set_aside", "accept", "mark_solved"};
};

} // namespace millrace::events
