#pragma once

// What batch-store tells.

#include "common/events/parts.hpp"
#include "common/events/vocabulary.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace millrace::events {

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

/// A person decided about a batch, and it took effect.
struct batch_decided {
  static constexpr std::string_view name = "batch.decided";
  static constexpr bool is_command = false;

  std::string line;
  std::string batch_id;
  std::string mo_id;
  std::string action;
  std::string user;
  std::string notes;
  std::string outcome;
  std::string decided_at;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &batch_decided::line, "Odoo equipment code of the line"},
      field{"batch_id", &batch_decided::batch_id, "UUID"},
      field{"mo_id", &batch_decided::mo_id, "order name"},
      field{"action", &batch_decided::action,
            "an action of batch.decide, or clear, withdraw, retry_push"},
      field{"user", &batch_decided::user, "who decided"},
      field{"notes", &batch_decided::notes, "why; may be empty"},
      field{"outcome", &batch_decided::outcome, "what it did, in words"},
      field{"decided_at", &batch_decided::decided_at, "UTC"},
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

/// A person looks after it. It still stands; when it clears and comes again, it
/// is another alert, which nobody has acknowledged.
struct alert_acknowledged {
  static constexpr std::string_view name = "alert.acknowledged";
  static constexpr bool is_command = false;

  std::string line;
  std::string alert_id;
  std::string kind;
  std::optional<std::string> mo_id;
  std::string user;
  std::string notes;
  std::string acknowledged_at;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &alert_acknowledged::line,
            "Odoo equipment code of the line"},
      field{"alert_id", &alert_acknowledged::alert_id, "of the alert.raised"},
      field{"kind", &alert_acknowledged::kind, "of the alert.raised"},
      field{"mo_id", &alert_acknowledged::mo_id, "of the alert.raised"},
      field{"user", &alert_acknowledged::user, "who looks after it"},
      field{"notes", &alert_acknowledged::notes, "may be empty"},
      field{"acknowledged_at", &alert_acknowledged::acknowledged_at, "UTC"},
    };
  }
};

} // namespace millrace::events
