#include "common/domain/dosing.hpp"

#include <cctype>
#include <numeric>
#include <string>

namespace millrace {

namespace {

/// Lower case letters and digits only: "SILO A", "silo_a" and "Silo-A" agree.
std::string squeezed(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (std::isalnum(static_cast<unsigned char>(c)))
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

/// A run of exactly three digits that is the id of a dosing point.
std::optional<std::size_t> index_by_digits(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size()
           && std::isdigit(static_cast<unsigned char>(text[end])))
      ++end;
    if (end - i == 3) {
      const int id = std::stoi(std::string(text.substr(i, 3)));
      if (id >= dosing_points.front().id && id <= dosing_points.back().id)
        return static_cast<std::size_t>(id - dosing_points.front().id);
    }
    i = end == i ? i + 1 : end;
  }
  return {};
}

std::optional<std::size_t> index_by_name(std::string_view text) {
  const auto wanted = squeezed(text);
  if (wanted.empty())
    return {};
  for (std::size_t i = 0; i < dosing_points.size(); ++i)
    if (wanted == squeezed(dosing_points[i].tag)
        || wanted == squeezed(dosing_points[i].odoo_code)
        || wanted == squeezed(dosing_points[i].plant_name))
      return i;
  return index_by_digits(text);
}

} // namespace

kilograms total(const dosing_amounts& amounts) {
  return std::accumulate(amounts.begin(), amounts.end(), kilograms{});
}

std::optional<std::size_t> dosing_index_by_tag(std::string_view tag) {
  for (std::size_t i = 0; i < dosing_points.size(); ++i)
    if (dosing_points[i].tag == tag)
      return i;
  return {};
}

std::optional<std::size_t> dosing_index_by_equipment(std::string_view code,
                                                     std::string_view name) {
  if (const auto by_code = index_by_name(code))
    return by_code;
  return index_by_name(name);
}

} // namespace millrace
