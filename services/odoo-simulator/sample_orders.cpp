#include "services/odoo-simulator/sample_orders.hpp"

#include <algorithm>
#include <array>
#include <random>

namespace millrace::odoo_sim {

namespace {

struct dosing_point {
  const char* code;
  const char* name;
  const char* product;
};

/// Names as people wrote them in Odoo: not all alike.
constexpr std::array<dosing_point, 15> dosing_points{{
  {"silo101", "SILO A", "JAGUNG GILING"},
  {"silo102", "SILO B", "BEKATUL"},
  {"silo103", "SILO_C", "POLLARD"},
  {"silo104", "SILO D", "BUNGKIL KELAPA"},
  {"silo105", "SILO E", "BUNGKIL SAWIT"},
  {"silo106", "SILO F", "CGF"},
  {"silo107", "SILO_G", "KEDELAI"},
  {"silo108", "SILO H", "ONGGOK"},
  {"silo109", "SILO I", "KULIT KOPI"},
  {"silo110", "SILO J", "DDGS"},
  {"silo111", "SILO K", "GANDUM"},
  {"silo112", "SILO_L", "KAPUR"},
  {"silo113", "SILO M", "GARAM"},
  {"lq114", "LQ TETES", "TETES"},
  {"lq115", "LQ FML", "FML"},
}};

constexpr std::array<const char*, 4> products{
  "[10092] JF SAPOT 1B", "[10107] JF PENGGEMUKAN",
  "[10031] Pakan S\xc3\xa1pi Perah", "JF LAKTASI"};

std::string numbered(int number) {
  const auto digits = std::to_string(number);
  return "WH/MO/"
         + std::string(5 - std::min<std::size_t>(5, digits.size()), '0')
         + digits;
}

component from_point(std::size_t i, milli_kg mass) {
  component part;
  part.product_tmpl_id = 500 + static_cast<int>(i);
  part.product_name = dosing_points[i].product;
  part.to_consume = mass;
  part.reserved = mass;
  part.from = equipment{dosing_points[i].code, dosing_points[i].name};
  return part;
}

/// Minerals that a person tips in: their equipment is the line or missing.
component mineral(int number, const equipment& line) {
  component part;
  part.product_tmpl_id = 600;
  part.product_name = "MINERAL MIX";
  part.to_consume = 12'500;
  if (number % 2 == 0)
    part.from = line;
  return part;
}

/// Splits `total` over 6 to 15 dosing points in hundredths of a kilogram.
std::vector<component> split(milli_kg total, std::mt19937& random) {
  const auto used = 6 + random() % 10;
  std::array<std::size_t, 15> points;
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i] = i;
    std::swap(points[i], points[random() % (i + 1)]);
  }
  std::sort(points.begin(), points.begin() + used);
  std::vector<std::uint32_t> shares;
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < used; ++i) {
    shares.push_back(100 + random() % 900);
    all += shares.back();
  }
  std::vector<component> parts;
  milli_kg left = total;
  for (std::size_t i = 0; i < used; ++i) {
    const auto share = static_cast<milli_kg>(total * shares[i] / all / 10 * 10);
    const auto mass = i + 1 == used ? left : share;
    left -= mass;
    parts.push_back(from_point(points[i], mass));
  }
  return parts;
}

std::string two_digits(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

} // namespace

order sample_order(int number, const std::string& line_code) {
  std::mt19937 random{static_cast<std::uint32_t>(number)};
  order made;
  made.mo_id = numbered(number);
  made.line = equipment{line_code, "Line " + line_code};
  made.product_name = products[static_cast<std::size_t>(number) % 4];
  made.quantity = number % 6 == 5 ? 950'500 : 1'000'000;
  if (number % 4 != 0)
    made.schedule_start = "2026-11-22 " + two_digits(number / 60 % 24) + ":"
                          + two_digits(number % 60) + ":00";
  if (number % 5 != 0)
    made.bom_code = "BOM-" + std::to_string(100 + number % 7);
  const bool has_mineral = number % 3 == 0;
  made.components = split(*made.quantity - (has_mineral ? 12'500 : 0), random);
  if (has_mineral)
    made.components.push_back(mineral(number, *made.line));
  return made;
}

std::vector<order> sample_orders(int count, const std::string& line_code,
                                 int foreign,
                                 const std::string& other_line_code) {
  constexpr int between = 3;
  std::vector<order> all;
  int others = 0;
  for (int number = 1; number <= count; ++number) {
    all.push_back(sample_order(number, line_code));
    if (number % between == 0 && others < foreign)
      all.push_back(sample_order(90'000 + ++others, other_line_code));
  }
  while (others < foreign)
    all.push_back(sample_order(90'000 + ++others, other_line_code));
  return all;
}

} // namespace millrace::odoo_sim
