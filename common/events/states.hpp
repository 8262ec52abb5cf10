#pragma once

// What is retained at the broker: the newest state of something.

#include "common/events/field.hpp"
#include "common/events/vocabulary.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace millrace::events {

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
  /// Tells the processes of one service apart.
  std::optional<std::string> instance;

  static constexpr auto fields() {
    return std::tuple{
      field{"service", &service_state::service, "e.g. plc-gateway"},
      field{"status", &service_state::status, "online or offline"},
      field{"version", &service_state::version, "of the program"},
      field{"since", &service_state::since, "UTC, start of the process"},
      field{"instance", &service_state::instance, "which process said so"},
    };
  }
};

/// <root>/_claim/<service>/<lines>: what an instance says of itself, twice a
/// second; claims are retained. See common/service/ownership.hpp.
struct instance_claim {
  static constexpr std::string_view name = "instance.claim";
  static constexpr bool is_command = false;

  std::string service;
  std::string instance;
  claim_status status = claim_status::claims;
  std::int64_t beat = 0;
  std::vector<std::string> lines;

  static constexpr auto fields() {
    return std::tuple{
      field{"service", &instance_claim::service, "e.g. plc-gateway"},
      field{"instance", &instance_claim::instance, "which process"},
      field{"status", &instance_claim::status,
            "claims the lines, stands by, or has let go of them for good"},
      field{"beat", &instance_claim::beat, "grows with each of an instance"},
      field{"lines", &instance_claim::lines,
            "that only one instance may work on; may be empty"},
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

/// An alert that people were told of, in notifier_state.
struct told_alert {
  std::string line;
  std::string alert_id;
  std::string kind;
  severity level = severity::warning;
  std::string text;
  std::string advice;
  std::optional<std::string> mo_id;
  std::string raised_at;
  std::vector<std::string> told_to;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &told_alert::line, "Odoo equipment code of the line"},
      field{"alert_id", &told_alert::alert_id, "of the alert.raised"},
      field{"kind", &told_alert::kind, "of the alert.raised"},
      field{"severity", &told_alert::level, "how bad"},
      field{"text", &told_alert::text, "what is wrong, in words"},
      field{"advice", &told_alert::advice, "what to do"},
      field{"mo_id", &told_alert::mo_id, "order name, where it is about one"},
      field{"raised_at", &told_alert::raised_at, "UTC"},
      field{"told_to", &told_alert::told_to,
            "ways that took it: webhook, slack, mail, mqtt"},
    };
  }
};

/// <root>/_state/notifier, retained, written by notifier: the newest note, and
/// what it has told, which is its memory across restarts.
struct notifier_state {
  static constexpr std::string_view name = "notifier.state";
  static constexpr bool is_command = false;

  std::string title;
  std::string text;
  int standing = 0;
  int unacknowledged = 0;
  severity worst = severity::info;
  std::vector<told_alert> told;

  static constexpr auto fields() {
    return std::tuple{
      field{"title", &notifier_state::title, "of the newest note, one line"},
      field{"text", &notifier_state::text, "of the newest note"},
      field{"standing", &notifier_state::standing, "alerts that stand"}.in(
        0, 1'000'000),
      field{"unacknowledged", &notifier_state::unacknowledged,
            "of them nobody has acknowledged"}
        .in(0, 1'000'000),
      field{"worst", &notifier_state::worst,
            "of what stands; info when nothing does"},
      field{"told", &notifier_state::told,
            "and of which nobody was told yet that it is over; at most 500"},
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

} // namespace millrace::events
