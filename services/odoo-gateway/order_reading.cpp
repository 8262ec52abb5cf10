#include "services/odoo-gateway/order_reading.hpp"

#include "common/domain/order_name.hpp"
#include "services/odoo-gateway/clean_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace millrace::odoo {

namespace {

bool same_code(std::string_view a, std::string_view b) {
  return comparable(a) == comparable(b);
}

const json& member(const json& object, const char* name) {
  static const json none;
  const auto at = object.find(name);
  return at == object.end() ? none : *at;
}

std::string shown(const json& value) {
  return clean_text(value.dump(-1, ' ', false, json::error_handler_t::replace),
                    100);
}

/// Thousandths of a kilogram in one unit of another measure of weight.
struct weight_unit {
  std::string_view name;
  std::int64_t milli;
};
constexpr std::array<weight_unit, 9> other_weights{{
  {"g", 1},
  {"gram", 1},
  {"grams", 1},
  {"t", 1'000'000},
  {"ton", 1'000'000},
  {"tons", 1'000'000},
  {"tonne", 1'000'000},
  {"lb", 454},
  {"lbs", 454},
}};

const weight_unit* other_weight(const json& component) {
  const auto name = comparable(text_of(component, "uom"));
  const auto at
    = std::find_if(other_weights.begin(), other_weights.end(),
                   [&](const weight_unit& unit) { return unit.name == name; });
  return at == other_weights.end() ? nullptr : &*at;
}

constexpr std::int64_t most_milli = 1'000'000'000'000'000; // 10^12 kg

/// Of the alert's column: PostgreSQL refuses a longer one, and with it all
/// orders of the same fetch.
constexpr std::size_t name_width = 64;

/// What a double word of hundredths holds (FACTS 2). An order with more would
/// keep its whole queue from being written.
constexpr auto most_in_plc = kilograms::from_milli(42'949'672'950);

/// More than most_milli counts as most_milli + 1.
kilograms in_kilograms(kilograms amount, const weight_unit* unit) {
  if (!unit)
    return amount;
  return amount.milli() > most_milli / unit->milli * 1000
           ? kilograms::from_milli(most_milli + 1)
           : kilograms::from_milli(amount.milli() / 1000 * unit->milli
                                   + amount.milli() % 1000 * unit->milli
                                       / 1000);
}

/// What the dosing points get, while it is put together.
struct dosing_plan {
  struct part {
    bool used = false;
    std::string product;
    kilograms amount;
  };
  std::array<part, dosing_point_count> points;
  kilograms by_hand;
  /// What Odoo holds as consumed at dosing points.
  kilograms consumed;

  /// False where it is too much.
  bool add(std::size_t point, const std::string& product, kilograms amount) {
    auto& at = points[point];
    if (!at.used)
      at.product = product;
    else if (!product.empty() && product != at.product)
      at.product = clean_text(
        at.product.empty() ? product : at.product + " + " + product);
    at.used = true;
    return add_within_limit(at.amount, amount);
  }

  /// Not more than any PLC could hold, or the order is refused for that.
  kilograms dosed() const {
    kilograms sum;
    for (const auto& each : points)
      sum += each.amount;
    return sum;
  }

  std::vector<events::component> components() const {
    std::vector<events::component> list;
    for (std::size_t i = 0; i < points.size(); ++i)
      if (points[i].used)
        list.push_back({std::string(dosing_points[i].tag), points[i].product,
                        points[i].amount});
    return list;
  }
};

/// A dosing point consumed something for it: the mill has begun the order, and
/// whoever knew of that has forgotten.
std::string begun_before(kilograms consumed) {
  return "consumed: Odoo holds " + consumed.to_string()
         + " kg of dosed components as consumed, so the order was begun before "
           "(was a backup of the database restored?); it is not produced again "
           "by itself. If the mill has produced it, finish it in Odoo by hand; "
           "if not, set its consumed quantities to 0 in Odoo";
}

/// The PLC would have nothing to do for it, and Odoo nothing to book.
std::string nothing_dosed() {
  return "components_consumption: nothing of it is dosed on this line, so the "
         "mill cannot produce it. Give it a component above 0 kg whose "
         "equipment is one of the line's silos, or finish or cancel it in Odoo "
         "by hand";
}

/// Adds one component; what is wrong with it, or empty.
std::string add_component(dosing_plan& plan, const json& component,
                          std::string_view line) {
  if (!component.is_object())
    return "components_consumption: " + shown(component) + " is no object";
  const auto product = clean_text(text_of(component, "product_name"));
  const auto& planned = member(component, "to_consume");
  const bool missing = planned.is_null() || planned == false;
  const auto amount = missing ? kilograms{} : read_kilograms(planned);
  if (!amount || *amount < kilograms{})
    return "to_consume of '" + product + "': " + shown(planned)
           + " is no amount of 0 or more";
  const auto* unit = other_weight(component);
  const auto point = dosing_index_of(member(component, "equipment"), line);
  if (point && unit && *amount > kilograms{})
    return "uom of '" + product + "': '" + text_of(component, "uom")
           + "' is not kg";
  const auto consumed = point ? consumed_of(component) : kilograms{};
  if (!consumed || !add_within_limit(plan.consumed, *consumed))
    return "consumed of '" + product
           + "': " + shown(member(component, "consumed")) + " is no amount";
  // By hand is only ever compared with the order's quantity: grams may be
  // grams.
  const bool fits
    = point ? plan.add(*point, product, *amount)
            : add_within_limit(plan.by_hand, in_kilograms(*amount, unit));
  return fits ? std::string{}
              : "to_consume of '" + product + "': " + shown(planned)
                  + " is more than can be";
}

/// Names the first amount that no PLC can be given; empty: none.
std::string too_much_for_plc(const events::order& order) {
  const std::string limit
    = " kg is more than the PLC can hold (" + most_in_plc.to_string() + " kg)";
  if (order.quantity > most_in_plc)
    return "quantity: " + order.quantity.to_string() + limit;
  for (const auto& part : order.components)
    if (part.to_consume > most_in_plc)
      return "to_consume of '" + part.product_name
             + "': " + part.to_consume.to_string() + limit;
  return {};
}

events::rejected_order rejected(const std::string& name,
                                const std::string& reason) {
  return {clean_text(name, name_width), clean_text(reason)};
}

} // namespace

std::optional<kilograms> read_kilograms(const json& value) {
  if (value.is_number_integer())
    return kilograms::parse(value.dump());
  if (value.is_number())
    return kilograms::from_double(value.get<double>());
  if (value.is_string())
    return kilograms::parse(value.get_ref<const std::string&>());
  return {};
}

bool add_within_limit(kilograms& sum, kilograms more) {
  const auto whole = sum.milli() + more.milli();
  if (more.milli() > most_milli || whole > most_milli || whole < -most_milli)
    return false;
  sum = kilograms::from_milli(whole);
  return true;
}

std::optional<kilograms> consumed_of(const json& component) {
  const auto& consumed = member(component, "consumed");
  if (consumed.is_null() || consumed == false)
    return kilograms{};
  return read_kilograms(consumed);
}

std::string code_of(const json& equipment) {
  return equipment.is_string() ? equipment.get<std::string>()
                               : text_of(equipment, "code");
}

std::optional<std::size_t> dosing_index_of(const json& equipment,
                                           std::string_view line) {
  const auto code = code_of(equipment);
  if (same_code(code, line))
    return {};
  return dosing_index_by_equipment(code, text_of(equipment, "name"));
}

std::string comparable(std::string_view code) {
  std::string out{code};
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return out;
}

std::string line_in_list(const json& listed) {
  return listed.is_object() ? comparable(code_of(member(listed, "equipment")))
                            : std::string{};
}

std::string name_in_list(const json& listed) {
  return text_of(listed, "mo_id");
}

listed_order read_order(const json& listed, std::string_view line) {
  if (!listed.is_object())
    return not_ours{"no object"};
  if (!same_code(code_of(member(listed, "equipment")), line))
    return not_ours{"of another line"};
  const auto state = text_of(listed, "state");
  if (!state.empty() && state != "confirmed")
    return not_ours{"in state " + state};
  const auto name = name_in_list(listed);
  const auto checked = check_order_name(name);
  if (!checked)
    return rejected(name, "mo_id " + shown(member(listed, "mo_id")) + ": "
                            + checked.why());
  const auto& asked = member(listed, "quantity");
  const auto quantity = read_kilograms(asked);
  if (!quantity || *quantity <= kilograms{})
    return rejected(name,
                    "quantity: " + shown(asked) + " is no amount above 0");
  dosing_plan plan;
  for (const auto& component : list_of(listed, "components_consumption"))
    if (const auto wrong = add_component(plan, component, line); !wrong.empty())
      return rejected(name, wrong);
  if (plan.consumed > kilograms{})
    return rejected(name, begun_before(plan.consumed));
  if (plan.dosed() == kilograms{})
    return rejected(name, nothing_dosed());
  events::order order;
  order.mo_id = name;
  order.product_name = clean_text(text_of(listed, "product_name"));
  order.bom_code = clean_text(text_of(listed, "bom_code"));
  order.quantity = *quantity;
  if (const auto start = text_of(listed, "schedule_start"); !start.empty())
    order.schedule_start = clean_text(start, 100);
  order.components = plan.components();
  order.other_components = plan.by_hand;
  if (const auto wrong = too_much_for_plc(order); !wrong.empty())
    return rejected(name, wrong);
  return order;
}

} // namespace millrace::odoo
