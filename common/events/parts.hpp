#pragma once

// What several messages are made of.

#include "common/domain/dosing.hpp"
#include "common/domain/kilograms.hpp"
#include "common/events/field.hpp"

#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace millrace::events {

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

/// What Odoo says of one order when asked.
struct checked_order {
  std::string mo_id;
  bool found = false;
  std::string state;
  dosing_amounts consumed{};
  std::optional<order> as_listed;

  static constexpr auto fields() {
    return std::tuple{
      field{"mo_id", &checked_order::mo_id, "as asked"},
      field{"found", &checked_order::found, "false: Odoo knows no such order"},
      field{"state", &checked_order::state,
            "confirmed, progress, to_close, done, cancel, draft; empty when "
            "not found"},
      field{"consumed_kg", &checked_order::consumed,
            "what Odoo holds as consumed, kg"},
      field{"order", &checked_order::as_listed,
            "quantity and recipe as of now; absent when the order is not of "
            "the line or could not be produced"},
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
  std::optional<bool> implausible = std::nullopt;

  static constexpr auto fields() {
    return std::tuple{
      field{"field", &slot_problem::field_name, "field of the memory map"},
      field{"rule", &slot_problem::rule, "in words, with the value"},
      field{"raw_words", &slot_problem::raw_words, "0..65535 each"},
      field{"implausible", &slot_problem::implausible,
            "true: nothing else is wrong than amounts outside the plausible "
            "range; an operator may accept them"},
    };
  }
};

/// One READ slot as decoded. With a problem, only `slot` and `mo_id` (when it
/// could be read) mean anything; all fields do when the problem is only
/// `implausible`.
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
            "used unless an operator accepted them"},
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

} // namespace millrace::events
