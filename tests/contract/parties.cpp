#include "tests/contract/parties.hpp"

#include <algorithm>

namespace millrace::contract {

namespace {

constexpr std::string_view scheduler = "scheduler";
constexpr std::string_view odoo = "odoo-gateway";
constexpr std::string_view plc = "plc-gateway";
constexpr std::string_view store = "batch-store";
constexpr std::string_view admin = "admin-gateway";

} // namespace

const std::vector<party_entry>& parties() {
  using enum travel;
  static const std::vector<party_entry> all{
    {"task.run", command, {scheduler}, {store}, "A task is due."},
    {"task.trigger", question, {admin}, {scheduler}, "Run a task now."},
    {"scheduler.toggle",
     question,
     {admin},
     {scheduler},
     "Switch the automatic runs on or off."},
    {"mo.fetch", command, {store}, {odoo}, "List confirmed orders of a line."},
    {"plc.write",
     command,
     {store},
     {plc},
     "Write these batches into the PLC and clear all other slots."},
    {"plc.read_now", question, {store}, {plc}, "Read the PLC now."},
    {"plc.inspect", question, {admin}, {plc}, "Show the PLC's memory."},
    {"plc.acknowledge",
     command,
     {store},
     {plc},
     "A slot's final figures are stored: set its status_read_data."},
    {"plc.withdraw",
     question,
     {store},
     {plc},
     "Older queues are not to be written; take back what was not taken."},
    {"odoo.push", command, {store}, {odoo}, "Bring Odoo to these figures."},
    {"odoo.cancel", command, {store}, {odoo}, "Cancel the order in Odoo."},
    {"odoo.check",
     command,
     {store},
     {odoo},
     "What does Odoo say of these orders?"},
    {"store.query", question, {admin}, {store}, "A question about batches."},
    {"batch.retry_push",
     question,
     {admin},
     {store},
     "Push this batch to Odoo now."},
    {"queue.wanted",
     question,
     {plc},
     {store},
     "Is this queue still to be written?"},
    {"batch.decide",
     question,
     {admin},
     {store},
     "An operator decides about a batch."},
    {"queue.clear",
     question,
     {admin},
     {store},
     "An operator clears a line's queue."},
    {"command.result",
     answer,
     {scheduler, plc, store},
     {admin, store},
     "The answer to a command that asked for one."},
    {"mo.fetched", event, {odoo}, {store}, "Orders as Odoo lists them."},
    {"mo.fetch_failed", event, {odoo}, {store}, "Odoo gave no list."},
    {"batch.staged", event, {store}, {}, "An order became a batch."},
    {"plc.written", event, {plc}, {store}, "The PLC holds the batches."},
    {"plc.write_deferred",
     event,
     {plc},
     {store},
     "The PLC has not read the batches before; nothing was written."},
    {"plc.write_failed", event, {plc}, {store}, "The write did not succeed."},
    {"plc.looked", event, {plc}, {store}, "What the PLC holds of the batches."},
    {"plc.read", event, {plc}, {store}, "What the PLC reports."},
    {"plc.acknowledged",
     event,
     {plc},
     {store},
     "What became of a plc.acknowledge."},
    {"batch.updated", event, {store}, {}, "A batch has new actual values."},
    {"batch.completed",
     event,
     {store},
     {scheduler},
     "A batch is finished; its figures are final."},
    {"odoo.checked", event, {odoo}, {store}, "What Odoo says of orders."},
    {"odoo.check_failed", event, {odoo}, {store}, "Odoo could not be asked."},
    {"odoo.pushed", event, {odoo}, {store}, "Odoo holds these figures."},
    {"odoo.push_failed",
     event,
     {odoo},
     {store},
     "A push, a mark-done or a cancel did not succeed."},
    {"odoo.cancelled", event, {odoo}, {store}, "The order is cancelled."},
    {"batch.archived", event, {store}, {}, "A batch is in the history."},
    {"batch.cancelled", event, {store}, {}, "A batch will not be produced."},
    {"batch.decided",
     event,
     {store},
     {},
     "An operator's decision took effect."},
    {"queue.emptied",
     event,
     {store},
     {scheduler},
     "All batches of a line's queue are through."},
    {"task.finished", event, {store}, {scheduler}, "A task's run has ended."},
    {"alert.raised", event, {store}, {}, "Something needs attention."},
    {"alert.cleared", event, {store}, {}, "It no longer does."},
    {"line.state", line_state, {plc}, {admin}, "How a line's PLC is."},
    {"service.state",
     service_state,
     {scheduler, odoo, plc, store, admin},
     {admin, scheduler},
     "Whether a service is there; offline comes from its last will."},
    {"instance.claim",
     claim,
     {scheduler, odoo, plc, store, admin},
     {scheduler, odoo, plc, store, admin},
     "Each process tells itself and its like that it is there, and which of "
     "them works."},
    {"scheduler.state",
     whole_state,
     {scheduler},
     {admin},
     "When each task ran, runs next and how it ended."},
    {"message.rejected",
     rejected,
     {scheduler, odoo, plc, store, admin},
     {},
     "A message that a service did not take, and why."},
  };
  return all;
}

const party_entry* parties_of(std::string_view message) {
  const auto found = std::find_if(
    parties().begin(), parties().end(),
    [message](const party_entry& one) { return one.message == message; });
  return found == parties().end() ? nullptr : &*found;
}

} // namespace millrace::contract
