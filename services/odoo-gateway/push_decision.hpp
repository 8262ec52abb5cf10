#pragma once

#include "common/domain/dosing.hpp"
#include "services/odoo-gateway/equipment_codes.hpp"
#include "services/odoo-gateway/odoo_answer.hpp"
#include "services/odoo-gateway/outcome.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What Odoo holds of an order, against what it should hold. Pure.

namespace millrace::odoo {

/// Figures closer than this are the same: Odoo rounds by its own precision.
inline constexpr kilograms same_within = kilograms::from_milli(5);

/// What mo-detail says of one order.
struct order_detail {
  std::string state; // draft, confirmed, progress, to_close, done, cancel
  dosing_amounts consumed{};
  order_codes codes;
  /// Quantity and recipe; absent when the order could not be produced as it is
  /// now.
  std::optional<events::order> as_listed;
};

/// Reads the result of mo-detail.
outcome<order_detail> read_detail(const json& result, std::string_view line);

enum class standing {
  open,
  done_with_ours,
  /// Closed by somebody else, or with figures that are not ours.
  done_with_others,
  cancelled
};

struct comparison {
  standing where = standing::open;
  /// Points of ours above 0 that Odoo holds otherwise:
  /// "silo_a 820.000 instead of 825.000".
  std::vector<std::string> contradictions;
  /// Points of ours at 0 that Odoo holds above 0; update-with-consumptions
  /// cannot correct them.
  std::vector<std::string> leftovers;

  bool figures_are_ours() const {
    return contradictions.empty();
  }
  std::vector<std::string> all() const;
};

comparison compare(const dosing_amounts& ours, const order_detail& theirs);

/// Points of which Odoo holds more than ours, in words. Figures of a batch only
/// grow, so ours are older. Points of ours at 0 count unless ours are final:
/// Odoo cannot be told to correct them then.
std::vector<std::string> ahead_of(const dosing_amounts& ours, bool final,
                                  const order_detail& theirs);

/// "order is done in Odoo with silo_a 820.000 instead of 825.000".
std::string describe(const comparison& seen);

/// What is wrong with a success of update-with-consumptions: its errors, and
/// applied quantities that are not ours. Empty when it is a whole success.
/// `codes` are those that the amounts were sent under.
std::vector<std::string> shortfalls(const json& result,
                                    const dosing_amounts& ours,
                                    const equipment_codes& codes);

/// "a; b; c".
std::string joined(const std::vector<std::string>& parts);

} // namespace millrace::odoo
