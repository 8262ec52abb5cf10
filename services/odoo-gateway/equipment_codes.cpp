#include "services/odoo-gateway/equipment_codes.hpp"

#include <algorithm>

namespace millrace::odoo {

namespace {

constexpr std::size_t longest_code = 64;

template <class List>
bool has(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// Two points whose equipment differs in its name only must not overwrite each
/// other's amount.
std::string first_free(const std::vector<std::string>& codes,
                       const equipment_codes& taken) {
  const auto at
    = std::find_if(codes.begin(), codes.end(),
                   [&](const std::string& code) { return !has(taken, code); });
  return at == codes.end() ? std::string{} : *at;
}

} // namespace

equipment_codes standard_codes() {
  equipment_codes codes;
  for (std::size_t i = 0; i < dosing_point_count; ++i)
    codes[i] = dosing_points[i].odoo_code;
  return codes;
}

void add_code(order_codes& codes, std::size_t point, const std::string& code) {
  const bool usable = !code.empty() && code.size() <= longest_code
                      && code != "mo_id" && code != "quantity";
  if (usable && !has(codes[point], code))
    codes[point].push_back(code);
}

equipment_codes codes_for(const order_codes& order,
                          const equipment_codes& used) {
  equipment_codes chosen;
  for (std::size_t i = 0; i < dosing_point_count; ++i)
    if (has(order[i], used[i]))
      chosen[i] = used[i];
  for (std::size_t i = 0; i < dosing_point_count; ++i)
    if (chosen[i].empty())
      chosen[i] = first_free(order[i], chosen);
  // A standard code names its point: no other point can have taken it.
  for (std::size_t i = 0; i < dosing_point_count; ++i)
    if (chosen[i].empty())
      chosen[i] = dosing_points[i].odoo_code;
  return chosen;
}

bool books_elsewhere(const equipment_codes& a, const equipment_codes& b,
                     const dosing_amounts& amounts) {
  for (std::size_t i = 0; i < dosing_point_count; ++i)
    if (amounts[i] > kilograms{} && a[i] != b[i])
      return true;
  return false;
}

std::optional<std::size_t> point_booked_under(std::string_view code,
                                              const equipment_codes& codes) {
  const auto at = std::find(codes.begin(), codes.end(), code);
  if (at != codes.end())
    return static_cast<std::size_t>(at - codes.begin());
  return dosing_index_by_equipment(code, {});
}

} // namespace millrace::odoo
