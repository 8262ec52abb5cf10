#pragma once

// Every event and command of Millrace, one struct each (DESIGN 4). All of them
// travel as CloudEvents; codec.hpp converts, proto/ holds the same as schema.
// std::optional members may be absent; all others are required.

#include "common/domain/dosing.hpp"
#include "common/domain/kilograms.hpp"
#include "common/events/field.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::events {

// ---- vocabulary -----------------------------------------------------------

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
/// could.
enum class odoo_error {
  unreachable,
  time_out,
  authentication,
  rejected,
  not_found,
  partial,
  protocol
};
template <>
struct enum_names<odoo_error> {
  static constexpr std::array<std::string_view, 7> values{
    "unreachable", "time_out", "authentication", "rejected",
    "not_found",   "partial",  "protocol"};
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

enum class acknowledge_outcome { set, already_set, slot_changed };
template <>
struct enum_names<acknowledge_outcome> {
  static constexpr std::array<std::string_view, 3> values{"set", "already_set",
                                                          "slot_changed"};
};

// ---- parts ----------------------------------------------------------------

/// The product that a dosing point doses for an order.
struct component {
  std::string tag;
  std::string product_name;
  kilograms to_consume;

  static constexpr auto fields() {
    return std::tuple{
      field{"tag", &component::tag, "dosing point, silo_a .. lq_fml"},
      field{"product_name", &component::product_name, "product in Odoo"},
      field{"to_consume_kg", &component::to_consume, "planned, kg"},
    };
  }
};

/// A manufacturing order as Odoo lists it.
struct order {
  std::string mo_id;
  std::string product_name;
  std::string bom_code;
  kilograms quantity;
  std::optional<std::string> schedule_start;
  std::vector<component> components;
  kilograms other_components;

  static constexpr auto fields() {
    return std::tuple{
      field{"mo_id", &order::mo_id, "order name, e.g. WH/MO/00011"},
      field{"product_name", &order::product_name, "free text"},
      field{"bom_code", &order::bom_code, "bill of materials; may be empty"},
      field{"quantity_kg", &order::quantity, "ordered, kg, above 0"},
      field{"schedule_start", &order::schedule_start, "as Odoo wrote it"},
      field{"components", &order::components,
            "one per dosing point in use; points that occur twice are summed"},
      field{"other_components_kg", &order::other_components,
            "planned kg of components that no dosing point doses"},
    };
  }
};

struct rejected_order {
  std::string mo_id;
  std::string reason;

  static constexpr auto fields() {
    return std::tuple{
      field{"mo_id", &rejected_order::mo_id, "as Odoo wrote it; may be empty"},
      field{"reason", &rejected_order::reason, "names field and value"},
    };
  }
};

/// What goes into one WRITE slot.
struct slot_order {
  int slot = 0;
  std::string mo_id;
  std::string bom_code;
  std::string finished_goods;
  kilograms quantity;
  dosing_amounts consumption{};

  static constexpr auto fields() {
    return std::tuple{
      field{"slot", &slot_order::slot, "1..10, also the batch number"}.in(1,
                                                                          10),
      field{"mo_id", &slot_order::mo_id, "order name, uncut"},
      field{"bom_code", &slot_order::bom_code, "uncut; may be empty"},
      field{"finished_goods", &slot_order::finished_goods, "product, uncut"},
      field{"quantity_kg", &slot_order::quantity, "ordered, kg"},
      field{"consumption_kg", &slot_order::consumption, "planned, kg"},
    };
  }
};

/// A value that a PLC reported and that no rule allows. Never guessed at.
struct slot_problem {
  std::string field_name;
  std::string rule;
  std::vector<int> raw_words;

  static constexpr auto fields() {
    return std::tuple{
      field{"field", &slot_problem::field_name, "field of the memory map"},
      field{"rule", &slot_problem::rule, "in words, with the value"},
      field{"raw_words", &slot_problem::raw_words, "0..65535 each"},
    };
  }
};

/// One READ slot as decoded. With a problem, only `slot` and `mo_id` (when it
/// could be read) mean anything.
struct slot_report {
  int slot = 0;
  std::string mo_id;
  std::string bom_code;
  std::string finished_goods;
  kilograms quantity;
  dosing_amounts consumption{};
  bool finished = false;
  bool failed = false;
  kilograms weight;
  bool acknowledged = false;
  std::optional<slot_problem> problem;

  static constexpr auto fields() {
    return std::tuple{
      field{"slot", &slot_report::slot, "1..10"}.in(1, 10),
      field{"mo_id", &slot_report::mo_id,
            "order name as the PLC holds it, at most 16 characters; empty for "
            "a free slot"},
      field{"bom_code", &slot_report::bom_code, "as the PLC holds it"},
      field{"finished_goods", &slot_report::finished_goods,
            "as the PLC holds it"},
      field{"quantity_kg", &slot_report::quantity, "kg"},
      field{"consumption_kg", &slot_report::consumption, "actual, kg"},
      field{"finished", &slot_report::finished, "status_manufacturing"},
      field{"failed", &slot_report::failed, "status_operation"},
      field{"weight_kg", &slot_report::weight, "finished goods, kg"},
      field{"acknowledged", &slot_report::acknowledged, "status_read_data"},
      field{"problem", &slot_report::problem,
            "present when the slot breaks a rule; its figures must not be "
            "used"},
    };
  }
};

struct slot_name {
  int slot = 0;
  std::string mo_id;

  static constexpr auto fields() {
    return std::tuple{
      field{"slot", &slot_name::slot, "1..10"}.in(1, 10),
      field{"mo_id", &slot_name::mo_id, "order name, uncut"},
    };
  }
};

// ---- commands -------------------------------------------------------------

/// To batch-store: a task is due.
struct task_run {
  static constexpr std::string_view name = "task.run";
  static constexpr bool is_command = true;

  std::string line;
  task_kind task = task_kind::sync_mo;
  std::string tick_id;
  bool manual = false;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &task_run::line, "Odoo equipment code of the line"},
      field{"task", &task_run::task, "which of the four"},
      field{"tick_id", &task_run::tick_id,
            "same for the same due time; task.finished repeats it"},
      field{"manual", &task_run::manual, "a person asked for it"},
    };
  }
};

/// To the scheduler, from admin-gateway: run a task now. Answered with
/// command_result when the run has ended.
struct task_trigger {
  static constexpr std::string_view name = "task.trigger";
  static constexpr bool is_command = true;

  std::string line;
  task_kind task = task_kind::sync_mo;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &task_trigger::line, "Odoo equipment code of the line"},
      field{"task", &task_trigger::task, "which of the four"},
    };
  }
};

/// To the scheduler: switch the automatic runs on or off. Answered with
/// command_result.
struct scheduler_toggle {
  static constexpr std::string_view name = "scheduler.toggle";
  static constexpr bool is_command = true;

  bool enabled = true;

  static constexpr auto fields() {
    return std::tuple{
      field{"enabled", &scheduler_toggle::enabled, "false starts nothing"},
    };
  }
};

/// To odoo-gateway: list confirmed orders of the line. Answered with
/// mo.fetched or mo.fetch_failed.
struct mo_fetch {
  static constexpr std::string_view name = "mo.fetch";
  static constexpr bool is_command = true;

  std::string line;
  std::string fetch_id;
  int limit = 10;
  std::vector<std::string> exclude;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &mo_fetch::line, "Odoo equipment code of the line"},
      field{"fetch_id", &mo_fetch::fetch_id, "the answer repeats it"},
      field{"limit", &mo_fetch::limit, "at most so many orders, 1..10"}.in(1,
                                                                           10),
      field{"exclude", &mo_fetch::exclude,
            "orders that are here already although Odoo may list them"},
    };
  }
};

/// To plc-gateway: write these batches and clear all other slots. Safe to
/// repeat: the gateway looks first. Answered with plc.written,
/// plc.write_deferred or plc.write_failed.
struct plc_write {
  static constexpr std::string_view name = "plc.write";
  static constexpr bool is_command = true;

  std::string line;
  std::int64_t stage = 0;
  std::string expires_at;
  std::vector<slot_order> batches;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &plc_write::line, "Odoo equipment code of the line"},
      field{"stage", &plc_write::stage,
            "grows with every new queue of the line; an older one is refused"}
        .in(0, 1'000'000'000'000),
      field{"expires_at", &plc_write::expires_at,
            "UTC; not to be started later"},
      field{"batches", &plc_write::batches, "1..10, each slot once"},
    };
  }
};

/// To plc-gateway: read the line's READ area now. Answered with
/// command_result when the cycle has ended; what changed comes as plc.read.
struct plc_read_now {
  static constexpr std::string_view name = "plc.read_now";
  static constexpr bool is_command = true;

  std::string line;
  bool full = false;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &plc_read_now::line, "Odoo equipment code of the line"},
      field{"full", &plc_read_now::full, "publish all slots, changed or not"},
    };
  }
};

/// To plc-gateway: the final values of this slot are stored; set its
/// status_read_data. Answered with plc.acknowledged.
struct plc_acknowledge {
  static constexpr std::string_view name = "plc.acknowledge";
  static constexpr bool is_command = true;

  std::string line;
  int slot = 0;
  std::string mo_id;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &plc_acknowledge::line, "Odoo equipment code of the line"},
      field{"slot", &plc_acknowledge::slot, "1..10"}.in(1, 10),
      field{"mo_id", &plc_acknowledge::mo_id,
            "order name, uncut; set only while the slot still holds it"},
    };
  }
};

/// To odoo-gateway: bring Odoo to these figures. Safe to repeat. Answered with
/// odoo.pushed or odoo.push_failed.
struct odoo_push {
  static constexpr std::string_view name = "odoo.push";
  static constexpr bool is_command = true;

  std::string line;
  std::string batch_id;
  std::string mo_id;
  std::int64_t revision = 0;
  dosing_amounts consumption{};
  bool mark_done = false;
  std::optional<kilograms> weight;
  std::optional<std::string> finished_at;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &odoo_push::line, "Odoo equipment code of the line"},
      field{"batch_id", &odoo_push::batch_id, "UUID"},
      field{"mo_id", &odoo_push::mo_id, "order name"},
      field{"revision", &odoo_push::revision,
            "of the figures; the answer repeats it"}
        .in(0, 1'000'000'000'000),
      field{"consumption_kg", &odoo_push::consumption, "actual, kg"},
      field{"mark_done", &odoo_push::mark_done,
            "figures are final: close the order"},
      field{"weight_kg", &odoo_push::weight,
            "finished goods, above 0; required to mark done"},
      field{"finished_at", &odoo_push::finished_at,
            "UTC; date_end_actual of mark-done"},
    };
  }
};

/// To odoo-gateway: cancel the order. Safe to repeat. Answered with
/// odoo.cancelled or odoo.push_failed.
struct odoo_cancel {
  static constexpr std::string_view name = "odoo.cancel";
  static constexpr bool is_command = true;

  std::string line;
  std::string batch_id;
  std::string mo_id;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &odoo_cancel::line, "Odoo equipment code of the line"},
      field{"batch_id", &odoo_cancel::batch_id, "UUID"},
      field{"mo_id", &odoo_cancel::mo_id, "order name"},
    };
  }
};

enum class store_view {
  batch_status,
  real_time,
  history,
  history_of,
  failed_to_push
};
template <>
struct enum_names<store_view> {
  static constexpr std::array<std::string_view, 5> values{
    "batch_status", "real_time", "history", "history_of", "failed_to_push"};
};

/// To batch-store, from admin-gateway: a question. Answered with
/// command_result whose data is the `data` of the admin API (FACTS 6).
struct store_query {
  static constexpr std::string_view name = "store.query";
  static constexpr bool is_command = true;

  store_view view = store_view::batch_status;
  std::optional<std::string> mo_id;
  std::optional<std::string> status;
  int limit = 50;
  int offset = 0;

  static constexpr auto fields() {
    return std::tuple{
      field{"view", &store_query::view, "what to show"},
      field{"mo_id", &store_query::mo_id, "order name, exact"},
      field{"status", &store_query::status,
            "history: completed, failed, cancelled or cleared"},
      field{"limit", &store_query::limit, "history: 1..1000"}.in(1, 1000),
      field{"offset", &store_query::offset, "history: 0 or more"}.in(
        0, 1'000'000'000),
    };
  }
};

/// To batch-store, from admin-gateway: push this batch to Odoo now. Answered
/// with command_result when Odoo has answered.
struct retry_push {
  static constexpr std::string_view name = "batch.retry_push";
  static constexpr bool is_command = true;

  std::string mo_id;

  static constexpr auto fields() {
    return std::tuple{
      field{"mo_id", &retry_push::mo_id, "order name"},
    };
  }
};

/// The answer to a command that asked for one.
struct command_result {
  static constexpr std::string_view name = "command.result";
  static constexpr bool is_command = true;

  bool ok = false;
  std::string message;
  raw_json data;

  static constexpr auto fields() {
    return std::tuple{
      field{"ok", &command_result::ok, "whether it was done"},
      field{"message", &command_result::message, "for people"},
      field{"data", &command_result::data, "any JSON, or null"},
    };
  }
};

// ---- events ---------------------------------------------------------------

struct mo_fetched {
  static constexpr std::string_view name = "mo.fetched";
  static constexpr bool is_command = false;

  std::string line;
  std::string fetch_id;
  std::vector<order> orders;
  std::vector<rejected_order> rejected;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &mo_fetched::line, "Odoo equipment code of the line"},
      field{"fetch_id", &mo_fetched::fetch_id, "of the mo.fetch"},
      field{"orders", &mo_fetched::orders, "in Odoo's order, no name twice"},
      field{"rejected", &mo_fetched::rejected,
            "orders of this line that cannot be produced, and why"},
    };
  }
};

struct mo_fetch_failed {
  static constexpr std::string_view name = "mo.fetch_failed";
  static constexpr bool is_command = false;

  std::string line;
  std::string fetch_id;
  odoo_error error_class = odoo_error::unreachable;
  std::string text;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &mo_fetch_failed::line, "Odoo equipment code of the line"},
      field{"fetch_id", &mo_fetch_failed::fetch_id, "of the mo.fetch"},
      field{"error_class", &mo_fetch_failed::error_class, "kind of failure"},
      field{"text", &mo_fetch_failed::text, "what Odoo or the network said"},
    };
  }
};

struct batch_staged {
  static constexpr std::string_view name = "batch.staged";
  static constexpr bool is_command = false;

  std::string line;
  std::string batch_id;
  int batch_no = 0;
  std::string mo_id;
  std::string finished_goods;
  kilograms quantity;
  dosing_amounts consumption{};

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &batch_staged::line, "Odoo equipment code of the line"},
      field{"batch_id", &batch_staged::batch_id, "UUID"},
      field{"batch_no", &batch_staged::batch_no, "1..10, the PLC's slot"}.in(
        1, 10),
      field{"mo_id", &batch_staged::mo_id, "order name"},
      field{"finished_goods", &batch_staged::finished_goods, "product"},
      field{"quantity_kg", &batch_staged::quantity, "ordered, kg"},
      field{"consumption_kg", &batch_staged::consumption, "planned, kg"},
    };
  }
};

struct plc_written {
  static constexpr std::string_view name = "plc.written";
  static constexpr bool is_command = false;

  std::string line;
  std::int64_t stage = 0;
  std::vector<slot_name> batches;
  bool already_there = false;
  int frames = 0;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &plc_written::line, "Odoo equipment code of the line"},
      field{"stage", &plc_written::stage, "of the plc.write"}.in(
        0, 1'000'000'000'000),
      field{"batches", &plc_written::batches, "what the PLC now holds"},
      field{"already_there", &plc_written::already_there,
            "the PLC held exactly these: nothing was touched"},
      field{"frames", &plc_written::frames, "FINS requests that it took"},
    };
  }
};

struct plc_write_deferred {
  static constexpr std::string_view name = "plc.write_deferred";
  static constexpr bool is_command = false;

  std::string line;
  std::int64_t stage = 0;
  std::string reason;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &plc_write_deferred::line,
            "Odoo equipment code of the line"},
      field{"stage", &plc_write_deferred::stage, "of the plc.write"}.in(
        0, 1'000'000'000'000),
      field{"reason", &plc_write_deferred::reason,
            "in words; nothing was written"},
    };
  }
};

struct plc_write_failed {
  static constexpr std::string_view name = "plc.write_failed";
  static constexpr bool is_command = false;

  std::string line;
  std::int64_t stage = 0;
  std::string reason;
  bool needs_person = false;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &plc_write_failed::line, "Odoo equipment code of the line"},
      field{"stage", &plc_write_failed::stage, "of the plc.write"}.in(
        0, 1'000'000'000'000),
      field{"reason", &plc_write_failed::reason, "in words"},
      field{"needs_person", &plc_write_failed::needs_person,
            "repeating it cannot help, e.g. a value that does not fit"},
    };
  }
};

struct plc_read {
  static constexpr std::string_view name = "plc.read";
  static constexpr bool is_command = false;

  std::string line;
  std::string read_at;
  bool full = false;
  std::vector<slot_report> slots;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &plc_read::line, "Odoo equipment code of the line"},
      field{"read_at", &plc_read::read_at, "UTC, when the answer arrived"},
      field{"full", &plc_read::full, "all slots, else only what changed"},
      field{"slots", &plc_read::slots, "by slot number"},
    };
  }
};

struct plc_acknowledged {
  static constexpr std::string_view name = "plc.acknowledged";
  static constexpr bool is_command = false;

  std::string line;
  int slot = 0;
  std::string mo_id;
  acknowledge_outcome outcome = acknowledge_outcome::set;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &plc_acknowledged::line, "Odoo equipment code of the line"},
      field{"slot", &plc_acknowledged::slot, "1..10"}.in(1, 10),
      field{"mo_id", &plc_acknowledged::mo_id, "order name, uncut"},
      field{"outcome", &plc_acknowledged::outcome,
            "slot_changed: the slot holds something else or is not finished; "
            "nothing was written"},
    };
  }
};

struct batch_updated {
  static constexpr std::string_view name = "batch.updated";
  static constexpr bool is_command = false;

  std::string line;
  std::string batch_id;
  int batch_no = 0;
  std::string mo_id;
  std::string state;
  std::int64_t revision = 0;
  dosing_amounts consumption{};
  kilograms weight;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &batch_updated::line, "Odoo equipment code of the line"},
      field{"batch_id", &batch_updated::batch_id, "UUID"},
      field{"batch_no", &batch_updated::batch_no, "1..10"}.in(1, 10),
      field{"mo_id", &batch_updated::mo_id, "order name"},
      field{"state", &batch_updated::state, "staged .. cancelled"},
      field{"revision", &batch_updated::revision,
            "grows with each change of actual values"}
        .in(0, 1'000'000'000'000),
      field{"consumption_kg", &batch_updated::consumption, "actual, kg"},
      field{"weight_kg", &batch_updated::weight, "finished goods, kg"},
    };
  }
};

struct batch_completed {
  static constexpr std::string_view name = "batch.completed";
  static constexpr bool is_command = false;

  std::string line;
  std::string batch_id;
  int batch_no = 0;
  std::string mo_id;
  std::int64_t revision = 0;
  dosing_amounts consumption{};
  kilograms weight;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &batch_completed::line, "Odoo equipment code of the line"},
      field{"batch_id", &batch_completed::batch_id, "UUID"},
      field{"batch_no", &batch_completed::batch_no, "1..10"}.in(1, 10),
      field{"mo_id", &batch_completed::mo_id, "order name"},
      field{"revision", &batch_completed::revision, "of the final figures"}.in(
        0, 1'000'000'000'000),
      field{"consumption_kg", &batch_completed::consumption, "final, kg"},
      field{"weight_kg", &batch_completed::weight, "finished goods, kg"},
    };
  }
};

struct odoo_pushed {
  static constexpr std::string_view name = "odoo.pushed";
  static constexpr bool is_command = false;

  std::string line;
  std::string batch_id;
  std::string mo_id;
  std::int64_t revision = 0;
  bool done = false;
  std::vector<std::string> differences;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &odoo_pushed::line, "Odoo equipment code of the line"},
      field{"batch_id", &odoo_pushed::batch_id, "UUID"},
      field{"mo_id", &odoo_pushed::mo_id, "order name"},
      field{"revision", &odoo_pushed::revision, "of the figures"}.in(
        0, 1'000'000'000'000),
      field{"done", &odoo_pushed::done, "mo-detail says state done"},
      field{"differences", &odoo_pushed::differences,
            "what Odoo holds otherwise and cannot be told to change, in words"},
    };
  }
};

struct odoo_push_failed {
  static constexpr std::string_view name = "odoo.push_failed";
  static constexpr bool is_command = false;

  std::string line;
  std::string batch_id;
  std::string mo_id;
  std::optional<std::int64_t> revision;
  odoo_operation operation = odoo_operation::push;
  odoo_error error_class = odoo_error::unreachable;
  std::string text;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &odoo_push_failed::line, "Odoo equipment code of the line"},
      field{"batch_id", &odoo_push_failed::batch_id, "UUID"},
      field{"mo_id", &odoo_push_failed::mo_id, "order name"},
      field{"revision", &odoo_push_failed::revision,
            "of the figures; absent for a cancel"}
        .in(0, 1'000'000'000'000),
      field{"operation", &odoo_push_failed::operation, "what failed"},
      field{"error_class", &odoo_push_failed::error_class, "kind of failure"},
      field{"text", &odoo_push_failed::text, "what Odoo or the network said"},
    };
  }
};

struct odoo_cancelled {
  static constexpr std::string_view name = "odoo.cancelled";
  static constexpr bool is_command = false;

  std::string line;
  std::string batch_id;
  std::string mo_id;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &odoo_cancelled::line, "Odoo equipment code of the line"},
      field{"batch_id", &odoo_cancelled::batch_id, "UUID"},
      field{"mo_id", &odoo_cancelled::mo_id, "order name"},
    };
  }
};

struct batch_archived {
  static constexpr std::string_view name = "batch.archived";
  static constexpr bool is_command = false;

  std::string line;
  std::string batch_id;
  int batch_no = 0;
  std::string mo_id;
  std::string status;
  std::string notes;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &batch_archived::line, "Odoo equipment code of the line"},
      field{"batch_id", &batch_archived::batch_id, "UUID"},
      field{"batch_no", &batch_archived::batch_no, "1..10"}.in(1, 10),
      field{"mo_id", &batch_archived::mo_id, "order name"},
      field{"status", &batch_archived::status,
            "completed, failed, cancelled or cleared"},
      field{"notes", &batch_archived::notes, "may be empty"},
    };
  }
};

struct batch_cancelled {
  static constexpr std::string_view name = "batch.cancelled";
  static constexpr bool is_command = false;

  std::string line;
  std::string batch_id;
  int batch_no = 0;
  std::string mo_id;
  std::string reason;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &batch_cancelled::line, "Odoo equipment code of the line"},
      field{"batch_id", &batch_cancelled::batch_id, "UUID"},
      field{"batch_no", &batch_cancelled::batch_no, "1..10"}.in(1, 10),
      field{"mo_id", &batch_cancelled::mo_id, "order name"},
      field{"reason", &batch_cancelled::reason, "in words"},
    };
  }
};

struct queue_emptied {
  static constexpr std::string_view name = "queue.emptied";
  static constexpr bool is_command = false;

  std::string line;
  std::int64_t stage = 0;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &queue_emptied::line, "Odoo equipment code of the line"},
      field{"stage", &queue_emptied::stage, "the queue that is through"}.in(
        0, 1'000'000'000'000),
    };
  }
};

struct task_finished {
  static constexpr std::string_view name = "task.finished";
  static constexpr bool is_command = false;

  std::string line;
  task_kind task = task_kind::sync_mo;
  std::string tick_id;
  task_outcome outcome = task_outcome::done;
  std::string text;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &task_finished::line, "Odoo equipment code of the line"},
      field{"task", &task_finished::task, "which of the four"},
      field{"tick_id", &task_finished::tick_id, "of the task.run"},
      field{"outcome", &task_finished::outcome, "how it ended"},
      field{"text", &task_finished::text, "what was done, or why not"},
    };
  }
};

struct alert_raised {
  static constexpr std::string_view name = "alert.raised";
  static constexpr bool is_command = false;

  std::string line;
  std::string alert_id;
  std::string kind;
  severity level = severity::warning;
  std::string text;
  std::string advice;
  std::optional<std::string> mo_id;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &alert_raised::line, "Odoo equipment code of the line"},
      field{"alert_id", &alert_raised::alert_id,
            "stable while the trouble lasts; alert.cleared repeats it"},
      field{"kind", &alert_raised::kind, "e.g. batch_held, plc_unreachable"},
      field{"severity", &alert_raised::level, "how bad"},
      field{"text", &alert_raised::text, "what is wrong, in words"},
      field{"advice", &alert_raised::advice, "what to do"},
      field{"mo_id", &alert_raised::mo_id, "order name, where it is about one"},
    };
  }
};

struct alert_cleared {
  static constexpr std::string_view name = "alert.cleared";
  static constexpr bool is_command = false;

  std::string line;
  std::string alert_id;
  std::string kind;
  std::optional<std::string> mo_id;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &alert_cleared::line, "Odoo equipment code of the line"},
      field{"alert_id", &alert_cleared::alert_id, "of the alert.raised"},
      field{"kind", &alert_cleared::kind, "of the alert.raised"},
      field{"mo_id", &alert_cleared::mo_id, "of the alert.raised"},
    };
  }
};

// ---- retained states ------------------------------------------------------

/// <root>/<line>/_state/plc, written by plc-gateway.
struct line_state {
  static constexpr std::string_view name = "line.state";
  static constexpr bool is_command = false;

  std::string line;
  bool reachable = false;
  std::string last_cycle_at;
  int last_cycle_us = 0;
  std::int64_t errors = 0;
  std::string last_error;
  int max_read_words = 0;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &line_state::line, "Odoo equipment code of the line"},
      field{"reachable", &line_state::reachable, "the last frame was answered"},
      field{"last_cycle_at", &line_state::last_cycle_at,
            "UTC; empty before the first"},
      field{"last_cycle_us", &line_state::last_cycle_us,
            "how long it took, microseconds"},
      field{"errors", &line_state::errors, "failed cycles since start"},
      field{"last_error", &line_state::last_error, "in words; may be empty"},
      field{"max_read_words", &line_state::max_read_words,
            "largest read that the PLC takes; 0 while not known"},
    };
  }
};

/// <root>/_state/service/<name>, retained; the last will says offline.
struct service_state {
  static constexpr std::string_view name = "service.state";
  static constexpr bool is_command = false;

  std::string service;
  std::string status;
  std::string version;
  std::string since;

  static constexpr auto fields() {
    return std::tuple{
      field{"service", &service_state::service, "e.g. plc-gateway"},
      field{"status", &service_state::status, "online or offline"},
      field{"version", &service_state::version, "of the program"},
      field{"since", &service_state::since, "UTC, start of the process"},
    };
  }
};

/// One task of one line, in scheduler_state.
struct task_status {
  std::string line;
  task_kind task = task_kind::sync_mo;
  bool enabled = true;
  std::int64_t interval_ms = 0;
  std::optional<std::string> last_run;
  std::optional<std::string> next_run;
  std::optional<task_outcome> last_outcome;
  std::string last_text;
  bool running = false;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &task_status::line, "Odoo equipment code of the line"},
      field{"task", &task_status::task, "which of the four"},
      field{"enabled", &task_status::enabled, "by its own switch"},
      field{"interval_ms", &task_status::interval_ms, "milliseconds"},
      field{"last_run", &task_status::last_run, "UTC"},
      field{"next_run", &task_status::next_run, "UTC"},
      field{"last_outcome", &task_status::last_outcome, "of the last run"},
      field{"last_text", &task_status::last_text, "may be empty"},
      field{"running", &task_status::running, "a run has not ended yet"},
    };
  }
};

/// <root>/_state/scheduler, retained, written by scheduler.
struct scheduler_state {
  static constexpr std::string_view name = "scheduler.state";
  static constexpr bool is_command = false;

  bool enabled = true;
  std::vector<task_status> tasks;

  static constexpr auto fields() {
    return std::tuple{
      field{"enabled", &scheduler_state::enabled, "ENABLE_AUTO_SYNC or toggle"},
      field{"tasks", &scheduler_state::tasks, "per line, 1 to 4"},
    };
  }
};

/// <root>/_state/rejected/<service>: a message that a service did not take.
struct message_rejected {
  static constexpr std::string_view name = "message.rejected";
  static constexpr bool is_command = false;

  std::string service;
  std::string topic;
  std::string reason;
  std::string payload_start;

  static constexpr auto fields() {
    return std::tuple{
      field{"service", &message_rejected::service, "who refused it"},
      field{"topic", &message_rejected::topic, "where it arrived"},
      field{"reason", &message_rejected::reason, "names field and value"},
      field{"payload_start", &message_rejected::payload_start,
            "the first 200 bytes, made printable"},
    };
  }
};

/// Every message type, for the codec, the schemas and their tests.
#define MILLRACE_COMMANDS(X)                                                   \
  X(task_run)                                                                  \
  X(task_trigger)                                                              \
  X(scheduler_toggle)                                                          \
  X(mo_fetch)                                                                  \
  X(plc_write)                                                                 \
  X(plc_read_now)                                                              \
  X(plc_acknowledge)                                                           \
  X(odoo_push)                                                                 \
  X(odoo_cancel)                                                               \
  X(store_query)                                                               \
  X(retry_push)                                                                \
  X(command_result)

#define MILLRACE_EVENTS(X)                                                     \
  X(mo_fetched)                                                                \
  X(mo_fetch_failed)                                                           \
  X(batch_staged)                                                              \
  X(plc_written)                                                               \
  X(plc_write_deferred)                                                        \
  X(plc_write_failed)                                                          \
  X(plc_read)                                                                  \
  X(plc_acknowledged)                                                          \
  X(batch_updated)                                                             \
  X(batch_completed)                                                           \
  X(odoo_pushed)                                                               \
  X(odoo_push_failed)                                                          \
  X(odoo_cancelled)                                                            \
  X(batch_archived)                                                            \
  X(batch_cancelled)                                                           \
  X(queue_emptied)                                                             \
  X(task_finished)                                                             \
  X(alert_raised)                                                              \
  X(alert_cleared)

#define MILLRACE_STATES(X)                                                     \
  X(line_state)                                                                \
  X(service_state)                                                             \
  X(scheduler_state)                                                           \
  X(message_rejected)

#define MILLRACE_MESSAGES(X)                                                   \
  MILLRACE_COMMANDS(X)                                                         \
  MILLRACE_EVENTS(X)                                                           \
  MILLRACE_STATES(X)

} // namespace millrace::events
