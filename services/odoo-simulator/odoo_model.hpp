#pragma once

#include "common/domain/result.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

// What Odoo and its SCADA add-on do with manufacturing orders (FACTS 4),
// without HTTP and JSON. Written from FACTS alone.

namespace millrace::odoo_sim {

/// Thousandths of a kilogram; Odoo's floats are rounded to them.
using milli_kg = std::int64_t;
/// Time since the epoch; handed in.
using instant = std::chrono::milliseconds;

struct equipment {
  std::string code;
  std::string name;
};

struct component {
  int product_tmpl_id = 0;
  std::string product_name;
  milli_kg to_consume = 0;
  milli_kg reserved = 0;
  milli_kg consumed = 0;
  std::string uom = "kg";
  /// None: a hand-added part without equipment.
  std::optional<equipment> from;
};

/// One API call that named this order, or a person's act.
struct call {
  instant at{};
  /// "mark-done", or "person".
  std::string route;
  /// "success", "partial: ..." or "error: ..." and, with a fault, what became
  /// of the answer: ", never answered", ", not answered", ", answer cut".
  std::string outcome;
};

struct order {
  /// The order name.
  std::string mo_id;
  /// draft, confirmed, progress, to_close, done, cancel; deleted: only the
  /// ledger still knows it.
  std::string state = "confirmed";
  std::optional<std::string> schedule_start;
  /// The line. None: no equipment.
  std::optional<equipment> line;
  std::string product_name;
  /// None: Odoo answers `false`.
  std::optional<milli_kg> quantity;
  std::optional<std::string> bom_code;
  std::vector<component> components;

  /// The quantity of the last update-with-consumptions that had one.
  std::optional<milli_kg> reported_quantity;
  std::optional<milli_kg> finished_quantity;
  std::optional<std::string> finished_at;
  int update_count = 0;
  int done_count = 0;
  int cancel_count = 0;
  std::vector<call> calls;
};

/// A record of equipment-failure.
struct failure_record {
  int id = 0;
  std::string equipment_code;
  std::string description;
  std::string date;
};

/// What an update-with-consumptions did.
struct update_outcome {
  struct item {
    std::string equipment_code;
    milli_kg applied = 0;
  };
  std::vector<item> applied;
  /// Not empty: a partial success.
  std::vector<std::string> errors;
};

/// What a mark-done says.
struct finish {
  milli_kg quantity = 0;
  /// Empty: not given.
  std::string equipment_code;
  /// Empty: not given; else `YYYY-MM-DD HH:MM:SS`.
  std::string date;
  /// Answers success but leaves the order open, as when a person would get a
  /// question.
  bool leaves_open = false;
};

/// Orders in the sequence in which they were added. Errors are the texts that
/// Odoo answers.
class odoo_model {
public:
  /// False when an order of this name is there already.
  bool add(order fresh);
  /// Nothing when there is none, or it was deleted.
  const order* find(const std::string& mo_id) const;
  /// Orders in one of `states`, at most `limit` after the first `offset`.
  std::vector<const order*> list(const std::set<std::string>& states,
                                 std::size_t limit, std::size_t offset) const;

  using consumption = std::pair<std::string, milli_kg>;
  /// Replaces the consumed mass of each named equipment; what is not above 0 is
  /// ignored. `refused`: equipment codes that fail by order of a fault.
  result<update_outcome> update(const std::string& mo_id,
                                std::optional<milli_kg> quantity,
                                const std::vector<consumption>& consumptions,
                                const std::set<std::string>& refused = {});
  result<std::string> mark_done(const std::string& mo_id, const finish& how);
  /// The order's state afterwards.
  result<std::string> cancel(const std::string& mo_id);
  /// Adds to what is consumed, also when repeated. The mass consumed
  /// afterwards.
  result<milli_kg> add_consumption(const std::string& mo_id,
                                   const std::string& equipment_code,
                                   int product_tmpl_id, milli_kg mass);
  /// A new record each time.
  result<failure_record> report_failure(const std::string& equipment_code,
                                        const std::string& description,
                                        const std::string& date);

  /// A person in Odoo: "done" with the planned figures, "cancel", "delete", or
  /// "enlarge" (a tenth more is ordered; the state stays).
  result<std::string> act_as_person(const std::string& mo_id,
                                    const std::string& act, instant now);
  /// Into the order's calls; calls of unknown orders are kept by themselves.
  void note_call(const std::string& mo_id, call made);

  const std::vector<order>& all() const {
    return orders_;
  }
  const std::vector<failure_record>& failures() const {
    return failures_;
  }
  const std::map<std::string, std::vector<call>>& unknown_calls() const {
    return unknown_calls_;
  }

private:
  order* existing(const std::string& mo_id);
  bool knows_equipment(const std::string& code) const;

  std::vector<order> orders_;
  /// Index by name.
  std::map<std::string, std::size_t> index_;
  std::vector<failure_record> failures_;
  std::map<std::string, std::vector<call>> unknown_calls_;
};

} // namespace millrace::odoo_sim
