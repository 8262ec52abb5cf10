#pragma once

// Orders from one service to another, and their answer.

#include "common/events/parts.hpp"
#include "common/events/vocabulary.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace millrace::events {

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
/// plc.write_deferred or plc.write_failed; with `only_look` nothing is written
/// and the answer is plc.looked.
struct plc_write {
  static constexpr std::string_view name = "plc.write";
  static constexpr bool is_command = true;

  std::string line;
  std::int64_t stage = 0;
  std::string expires_at;
  std::vector<slot_order> batches;
  std::optional<bool> only_if_lost = std::nullopt;
  bool only_look = false;
  /// Without it, an order that the PLC holds elsewhere is in doubt.
  std::vector<std::string> again{};

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &plc_write::line, "Odoo equipment code of the line"},
      field{"stage", &plc_write::stage,
            "grows with every new queue of the line; an older one is refused"}
        .in(0, 1'000'000'000'000),
      field{"expires_at", &plc_write::expires_at,
            "UTC; not to be started later"},
      field{"batches", &plc_write::batches, "1..10, each slot once"},
      field{"only_if_lost", &plc_write::only_if_lost,
            "the PLC had them already: write only when its WRITE area holds no "
            "order at all, else say already there"},
      field{"only_look", &plc_write::only_look,
            "write nothing: tell what the PLC holds of them"}
        .or_default(),
      field{"again", &plc_write::again,
            "orders that an operator wants to be produced again: where the PLC "
            "holds them from before does not matter"}
        .or_default(),
    };
  }
};

/// To plc-gateway: older queues are not to be written any more; with `empty`,
/// take back what the PLC has not taken: clear all WRITE slots, then set all
/// their status_read_data to 1. Safe to repeat. Answered with command_result:
/// data.not_taken lists the orders that the PLC provably has not got,
/// data.begun says whether a failed one may have changed the PLC.
struct plc_withdraw {
  static constexpr std::string_view name = "plc.withdraw";
  static constexpr bool is_command = true;

  std::string line;
  std::int64_t stage = 0;
  std::string expires_at;
  bool empty = false;
  std::vector<slot_order> batches;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &plc_withdraw::line, "Odoo equipment code of the line"},
      field{"stage", &plc_withdraw::stage,
            "queues up to this one are refused from now on"}
        .in(0, 1'000'000'000'000),
      field{"expires_at", &plc_withdraw::expires_at,
            "UTC; not to be started later"},
      field{"empty", &plc_withdraw::empty,
            "clear the WRITE area; false only looks"},
      field{"batches", &plc_withdraw::batches,
            "orders to look for, each in its slot; may be empty"},
    };
  }
};

/// To batch-store, from plc-gateway before it writes a queue: is it still to be
/// written? A command may be an old one that somebody delivers again. Answered
/// with command_result; without an answer nothing is written.
struct queue_wanted {
  static constexpr std::string_view name = "queue.wanted";
  static constexpr bool is_command = true;

  std::string line;
  std::int64_t stage = 0;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &queue_wanted::line, "Odoo equipment code of the line"},
      field{"stage", &queue_wanted::stage, "of the plc.write"}.in(
        0, 1'000'000'000'000),
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

enum class plc_area { read, write };
template <>
struct enum_names<plc_area> {
  static constexpr std::array<std::string_view, 2> values{"read", "write"};
};

/// To plc-gateway, from admin-gateway: show the memory as it is now. Changes
/// nothing. Answered with command_result whose data has address, read_at,
/// words[] and slots[] with each field decoded.
struct plc_inspect {
  static constexpr std::string_view name = "plc.inspect";
  static constexpr bool is_command = true;

  std::string line;
  plc_area area = plc_area::read;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &plc_inspect::line, "Odoo equipment code of the line"},
      field{"area", &plc_inspect::area, "the PLC's report, or what we write"},
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
  std::optional<kilograms> weight = std::nullopt;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &plc_acknowledge::line, "Odoo equipment code of the line"},
      field{"slot", &plc_acknowledge::slot, "1..10"}.in(1, 10),
      field{"mo_id", &plc_acknowledge::mo_id,
            "order name, uncut; set only while the slot still holds it"},
      field{"weight_kg", &plc_acknowledge::weight,
            "finished goods that are stored; set only while the slot shows "
            "them: another order's name may look the same in the PLC"}
        .or_default(),
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
  bool look_first = false;

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
      field{"look_first", &odoo_push::look_first,
            "the sender's database may be older than Odoo's figures: change "
            "nothing where Odoo holds more"}
        .or_default(),
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

/// To odoo-gateway: what does Odoo say of these orders? Asked before batches go
/// on that this run of batch-store has not fetched itself. Answered with
/// odoo.checked or odoo.check_failed.
struct odoo_check {
  static constexpr std::string_view name = "odoo.check";
  static constexpr bool is_command = true;

  std::string line;
  std::string check_id;
  std::vector<std::string> mo_ids;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &odoo_check::line, "Odoo equipment code of the line"},
      field{"check_id", &odoo_check::check_id, "the answer repeats it"},
      field{"mo_ids", &odoo_check::mo_ids, "order names"},
    };
  }
};

enum class store_view {
  batch_status,
  real_time,
  history,
  history_of,
  failed_to_push,
  /// One line's ten slots with all dosing points.
  line,
  /// All that is known of one order, each of its runs.
  batch_life,
  alerts,
  trends,
  /// What people decided, of all batches.
  audit
};
template <>
struct enum_names<store_view> {
  static constexpr std::array<std::string_view, 10> values{
    "batch_status", "real_time",  "history", "history_of", "failed_to_push",
    "line",         "batch_life", "alerts",  "trends",     "audit"};
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
  std::optional<std::string> line = std::nullopt;
  std::optional<std::string> search = std::nullopt;
  std::optional<std::string> from = std::nullopt;
  std::optional<std::string> to = std::nullopt;
  bool oldest_first = false;

  static constexpr auto fields() {
    return std::tuple{
      field{"view", &store_query::view, "what to show"},
      field{"mo_id", &store_query::mo_id, "order name, exact"},
      field{"status", &store_query::status,
            "history: completed, failed, cancelled or cleared"},
      field{"limit", &store_query::limit, "history, audit: 1..1000"}.in(1,
                                                                        1000),
      field{"offset", &store_query::offset, "history, audit: 0 or more"}.in(
        0, 1'000'000'000),
      field{"line", &store_query::line,
            "Odoo equipment code of the line; absent: all lines"},
      field{"search", &store_query::search,
            "history: part of the order's or the product's name"},
      field{"from", &store_query::from,
            "UTC; history: archived then or later; trends, audit: alike"},
      field{"to", &store_query::to, "UTC; archived before"},
      field{"oldest_first", &store_query::oldest_first,
            "history, audit: else the newest come first"}
        .or_default(),
    };
  }
};

/// To batch-store, from admin-gateway: push this batch to Odoo now. Answered
/// with command_result when Odoo has answered.
struct retry_push {
  static constexpr std::string_view name = "batch.retry_push";
  static constexpr bool is_command = true;

  std::string mo_id;
  std::string notes;
  std::string user;

  static constexpr auto fields() {
    return std::tuple{
      field{"mo_id", &retry_push::mo_id, "order name"},
      field{"notes", &retry_push::notes, "why; may be empty"}.or_default(),
      field{"user", &retry_push::user, "who decided; may be empty"}
        .or_default(),
    };
  }
};

/// To batch-store, from admin-gateway: a person decides about one batch. Names
/// it by mo_id, or by batch_no (and the line, where several have that number).
/// Safe to repeat. Answered with command_result.
struct batch_decide {
  static constexpr std::string_view name = "batch.decide";
  static constexpr bool is_command = true;

  std::optional<std::string> line;
  std::optional<std::string> mo_id;
  std::optional<int> batch_no;
  decision action = decision::reset;
  std::string notes;
  std::string user;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &batch_decide::line, "Odoo equipment code of the line"},
      field{"mo_id", &batch_decide::mo_id, "order name"},
      field{"batch_no", &batch_decide::batch_no, "1..10"}.in(1, 10),
      field{"action", &batch_decide::action, "what is to become of it"},
      field{"notes", &batch_decide::notes, "why; may be empty"},
      field{"user", &batch_decide::user, "who decides"},
    };
  }
};

/// To batch-store, from admin-gateway: all batches of the line go to the
/// history as cleared. Answered with command_result, data.deleted_count.
struct queue_clear {
  static constexpr std::string_view name = "queue.clear";
  static constexpr bool is_command = true;

  std::string line;
  bool withdraw = false;
  std::string notes;
  std::string user;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &queue_clear::line, "Odoo equipment code of the line"},
      field{"withdraw", &queue_clear::withdraw,
            "first empty the PLC's WRITE area and set its handshakes to 1"},
      field{"notes", &queue_clear::notes, "why; may be empty"},
      field{"user", &queue_clear::user, "who decides"},
    };
  }
};

/// To batch-store, from admin-gateway: a person has seen a standing alert and
/// looks after it. Safe to repeat. Answered with command_result.
struct alert_acknowledge {
  static constexpr std::string_view name = "alert.acknowledge";
  static constexpr bool is_command = true;

  std::string alert_id;
  std::string notes;
  std::string user;

  static constexpr auto fields() {
    return std::tuple{
      field{"alert_id", &alert_acknowledge::alert_id, "of the alert.raised"},
      field{"notes", &alert_acknowledge::notes, "may be empty"},
      field{"user", &alert_acknowledge::user, "who looks after it"},
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

} // namespace millrace::events
