#pragma once

#include "common/domain/batch_life.hpp"
#include "common/domain/dosing.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace millrace::store {

/// Why a batch waits for a person: what is wrong, what to do, since when (UTC).
/// Empty kind: not held.
struct hold {
  std::string kind;
  std::string reason;
  std::string advice;
  std::string since;
  explicit operator bool() const {
    return !kind.empty();
  }
};

/// How far bringing the figures to Odoo got.
struct push_record {
  int attempts = 0;
  /// Of the last failure; empty after a success.
  std::string error_class;
  std::string error_text;
  std::string last_try; // UTC
  std::string next_try; // UTC, not before
};

/// One row of mo_batch: the truth about a batch. What still has to happen is
/// derived from it (next_step in decisions.hpp).
struct batch {
  std::string id; // UUID
  std::string line;
  int batch_no = 0; // 1..10, also the PLC's slot
  std::string mo_id;
  std::string finished_goods;
  std::string bom_code;
  kilograms ordered;
  std::array<std::string, dosing_point_count> component_names;
  dosing_amounts planned{};
  dosing_amounts actual{};
  kilograms weight;
  bool status_manufacturing = false;
  bool status_operation = false;
  std::string last_read; // UTC; empty before the first
  /// When the PLC last reported something else than before, UTC.
  std::string last_change;

  batch_state state = batch_state::staged;
  /// Which queue of the line it came with; grows.
  std::int64_t stage = 0;
  /// Grows with each change of actual values.
  std::int64_t revision = 0;
  /// The revision that Odoo holds; -1: not known.
  std::int64_t pushed_revision = 0;
  bool odoo_cancelled = false;
  std::string finished_at; // UTC, when the PLC was first seen finished
  hold held;
  push_record push;
  std::string traceparent;

  /// The PLC was given it in this slot once: giving it again would produce it
  /// twice, unless the PLC has lost its memory.
  bool given_before = false;
  /// Slots in which earlier runs of it stand ("3" or "3,1"): an operator
  /// ordered it to be produced again.
  std::string earlier_slots;
  /// An operator ordered its final figures to be read again, so that a slot
  /// that is acknowledged already counts too.
  bool read_again = false;
  /// An operator accepts amounts outside the plausible range.
  bool accepted = false;
  /// Why an operator cancelled it.
  std::string operator_notes;

  /// Odoo holds exactly the values of this row (FACTS 8).
  bool update_odoo() const {
    return revision == pushed_revision && revision > 0;
  }
};

/// A row of mo_histories.
struct archived_batch {
  batch row;
  std::string status; // completed, failed, cancelled, cleared
  std::string notes;
  std::string archived_at; // UTC
  /// Odoo may still list the order as confirmed, so fetches must leave it out.
  bool open_in_odoo = false;
  /// It left the queue without its figures being booked in Odoo: a person has
  /// to solve it.
  bool booking_open = false;
};

/// What an operator did, as it is kept with the batch.
struct audit_entry {
  std::string id; // UUID
  std::string at; // UTC
  std::string line;
  std::string mo_id;
  std::string batch_id;
  std::string action;
  std::string user;
  std::string notes;
  std::string outcome;
};

} // namespace millrace::store
