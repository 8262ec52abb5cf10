#include "services/odoo-simulator/order_json.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace millrace::odoo_sim {

namespace {

using json = nlohmann::json;

constexpr double largest_mass = 1e12;

template <class T>
json or_false(const std::optional<T>& value) {
  return value ? json(*value) : json(false);
}

json equipment_json(const std::optional<equipment>& shown) {
  if (!shown)
    return false;
  return {{"code", shown->code}, {"name", shown->name}};
}

json component_json(const component& shown) {
  return {{"product_tmpl_id", shown.product_tmpl_id},
          {"product_name", shown.product_name},
          {"to_consume", to_double(shown.to_consume)},
          {"reserved", to_double(shown.reserved)},
          {"consumed", to_double(shown.consumed)},
          {"uom", shown.uom},
          {"equipment", equipment_json(shown.from)}};
}

std::optional<std::string> text_in(const json& from, const char* name) {
  const auto found = from.find(name);
  if (found == from.end() || !found->is_string())
    return std::nullopt;
  return found->get<std::string>();
}

std::optional<milli_kg> mass_in(const json& from, const char* name) {
  const auto found = from.find(name);
  return found == from.end() ? std::nullopt : mass_from(*found);
}

std::optional<equipment> equipment_in(const json& from) {
  const auto found = from.find("equipment");
  if (found == from.end() || !found->is_object())
    return std::nullopt;
  return equipment{text_in(*found, "code").value_or(""),
                   text_in(*found, "name").value_or("")};
}

result<component> component_from_json(const json& given) {
  if (!given.is_object())
    return error{"components_consumption holds something that is no object"};
  component part;
  const auto id = given.value("product_tmpl_id", json(0));
  part.product_tmpl_id = id.is_number_integer() ? id.get<int>() : 0;
  part.product_name = text_in(given, "product_name").value_or("");
  const auto planned = mass_in(given, "to_consume");
  if (!planned)
    return error{"to_consume of \"" + part.product_name + "\" is no mass"};
  part.to_consume = *planned;
  part.reserved = mass_in(given, "reserved").value_or(0);
  part.consumed = mass_in(given, "consumed").value_or(0);
  part.uom = text_in(given, "uom").value_or("kg");
  part.from = equipment_in(given);
  return part;
}

} // namespace

double to_double(milli_kg mass) {
  return static_cast<double>(mass) / 1000;
}

std::optional<milli_kg> mass_from(const json& value) {
  if (!value.is_number())
    return std::nullopt;
  const auto number = value.get<double>();
  if (!std::isfinite(number) || std::abs(number) > largest_mass)
    return std::nullopt;
  return std::llround(number * 1000);
}

std::string mass_text(milli_kg mass) {
  const auto sign = mass < 0 ? "-" : "";
  const auto size = std::abs(mass);
  auto digits = std::to_string(1000 + size % 1000).substr(1);
  if (digits.back() == '0')
    digits.pop_back();
  return sign + std::to_string(size / 1000) + "." + digits;
}

json order_json(const order& shown) {
  auto components = json::array();
  for (const auto& part : shown.components)
    components.push_back(component_json(part));
  return {{"mo_id", shown.mo_id},
          {"state", shown.state},
          {"schedule_start", or_false(shown.schedule_start)},
          {"equipment", equipment_json(shown.line)},
          {"product_name", shown.product_name},
          {"quantity",
           shown.quantity ? json(to_double(*shown.quantity)) : json(false)},
          {"bom_code", or_false(shown.bom_code)},
          {"components_consumption", components}};
}

result<order> order_from_json(const json& given) {
  if (!given.is_object())
    return error{"an order is no object"};
  order fresh;
  fresh.mo_id = text_in(given, "mo_id").value_or("");
  if (fresh.mo_id.empty())
    return error{"an order has no mo_id"};
  fresh.state = text_in(given, "state").value_or("confirmed");
  fresh.schedule_start = text_in(given, "schedule_start");
  fresh.line = equipment_in(given);
  fresh.product_name = text_in(given, "product_name").value_or("");
  fresh.quantity = mass_in(given, "quantity");
  fresh.bom_code = text_in(given, "bom_code");
  const auto parts = given.value("components_consumption", json::array());
  if (!parts.is_array())
    return error{"components_consumption of " + fresh.mo_id + " is no list"};
  for (const auto& part : parts) {
    auto read = component_from_json(part);
    if (!read)
      return error{fresh.mo_id + ": " + read.why()};
    fresh.components.push_back(*read);
  }
  return fresh;
}

} // namespace millrace::odoo_sim
