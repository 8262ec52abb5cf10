#pragma once

// Every event and command of Millrace, one struct each (DESIGN 4). All of them
// travel as CloudEvents; codec.hpp converts, proto/ holds the same as schema.
// std::optional members may be absent; all others are required.

#include "common/events/batch_events.hpp"
#include "common/events/commands.hpp"
#include "common/events/odoo_events.hpp"
#include "common/events/plc_events.hpp"
#include "common/events/states.hpp"

/// Every message type, for the codec, the schemas and their tests.
#define MILLRACE_COMMANDS(X)                                                   \
  X(task_run)                                                                  \
  X(task_trigger)                                                              \
  X(scheduler_toggle)                                                          \
  X(mo_fetch)                                                                  \
  X(plc_write)                                                                 \
  X(plc_read_now)                                                              \
  X(plc_inspect)                                                               \
  X(plc_acknowledge)                                                           \
  X(plc_withdraw)                                                              \
  X(queue_wanted)                                                              \
  X(odoo_push)                                                                 \
  X(odoo_cancel)                                                               \
  X(odoo_check)                                                                \
  X(store_query)                                                               \
  X(retry_push)                                                                \
  X(batch_decide)                                                              \
  X(queue_clear)                                                               \
  X(alert_acknowledge)                                                         \
  X(command_result)

#define MILLRACE_EVENTS(X)                                                     \
  X(mo_fetched)                                                                \
  X(mo_fetch_failed)                                                           \
  X(batch_staged)                                                              \
  X(plc_written)                                                               \
  X(plc_write_deferred)                                                        \
  X(plc_write_failed)                                                          \
  X(plc_looked)                                                                \
  X(plc_read)                                                                  \
  X(plc_acknowledged)                                                          \
  X(batch_updated)                                                             \
  X(batch_completed)                                                           \
  X(odoo_checked)                                                              \
  X(odoo_check_failed)                                                         \
  X(odoo_pushed)                                                               \
  X(odoo_push_failed)                                                          \
  X(odoo_cancelled)                                                            \
  X(batch_archived)                                                            \
  X(batch_cancelled)                                                           \
  X(batch_decided)                                                             \
  X(queue_emptied)                                                             \
  X(task_finished)                                                             \
  X(alert_raised)                                                              \
  X(alert_acknowledged)                                                        \
  X(alert_cleared)

#define MILLRACE_STATES(X)                                                     \
  X(line_state)                                                                \
  X(service_state)                                                             \
  X(instance_claim)                                                            \
  X(scheduler_state)                                                           \
  X(notifier_state)                                                            \
  X(message_rejected)

#define MILLRACE_MESSAGES(X)                                                   \
  MILLRACE_COMMANDS(X)                                                         \
  MILLRACE_EVENTS(X)                                                           \
  MILLRACE_STATES(X)
