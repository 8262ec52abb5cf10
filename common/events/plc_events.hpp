#pragma once

// What plc-gateway tells.

#include "common/events/parts.hpp"
#include "common/events/vocabulary.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace millrace::events {

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
  std::vector<std::string> in_doubt{};

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &plc_write_failed::line, "Odoo equipment code of the line"},
      field{"stage", &plc_write_failed::stage, "of the plc.write"}.in(
        0, 1'000'000'000'000),
      field{"reason", &plc_write_failed::reason, "in words"},
      field{"needs_person", &plc_write_failed::needs_person,
            "repeating it cannot help, e.g. a value that does not fit"},
      field{"in_doubt", &plc_write_failed::in_doubt,
            "orders that the PLC may have got before; without them the others "
            "can be written"}
        .or_default(),
    };
  }
};

struct plc_looked {
  static constexpr std::string_view name = "plc.looked";
  static constexpr bool is_command = false;

  std::string line;
  std::int64_t stage = 0;
  bool there = false;
  std::vector<slot_name> batches;
  std::vector<std::string> missing;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &plc_looked::line, "Odoo equipment code of the line"},
      field{"stage", &plc_looked::stage, "of the plc.write"}.in(
        0, 1'000'000'000'000),
      field{"there", &plc_looked::there,
            "the PLC was given exactly these batches"},
      field{"batches", &plc_looked::batches, "those asked about"},
      field{"missing", &plc_looked::missing,
            "orders that were given to the PLC and are in none of its areas: "
            "its memory was cleared. Only meant for orders that were written"},
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

} // namespace millrace::events
