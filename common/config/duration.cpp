#include "common/config/duration.hpp"

#include "common/config/binder.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>

namespace millrace::config {

namespace {

using std::chrono::milliseconds;

struct unit {
  std::string_view name;
  milliseconds span;
};

constexpr std::array<unit, 4> units{{{"h", milliseconds{3'600'000}},
                                     {"m", milliseconds{60'000}},
                                     {"s", milliseconds{1'000}},
                                     {"ms", milliseconds{1}}}};

/// Far above any sensible setting, far below overflow.
constexpr double longest_ms = 1e15;

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, problem]
    = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (problem != std::errc{} || rest != end || !std::isfinite(value))
    return {};
  return value;
}

std::optional<milliseconds> span_of(std::string_view count, milliseconds unit) {
  const auto value = number(count);
  if (!value)
    return {};
  const double ms = *value * static_cast<double>(unit.count());
  if (std::abs(ms) > longest_ms)
    return {};
  return milliseconds{std::llround(ms)};
}

} // namespace

result<milliseconds> parse_duration(std::string_view text) {
  const auto digits_end = text.find_first_not_of("0123456789.-");
  const auto count = text.substr(0, digits_end);
  auto name = digits_end == std::string_view::npos ? std::string_view{}
                                                   : text.substr(digits_end);
  while (name.starts_with(' '))
    name.remove_prefix(1);
  if (name.empty())
    return error{"is no number with a unit (ms, s, m or h)"};
  for (const auto& known : units)
    if (known.name == name)
      if (const auto span = span_of(count, known.span))
        return *span;
  return error{"is no number with a unit (ms, s, m or h)"};
}

result<milliseconds> parse_duration_in(std::string_view text,
                                       milliseconds unit) {
  if (const auto span = span_of(text, unit))
    return *span;
  return error{"is no number"};
}

std::string duration_text(milliseconds span) {
  for (const auto& known : units)
    if (span.count() != 0 && span % known.span == milliseconds{0})
      return std::to_string(span / known.span) + std::string(known.name);
  return std::to_string(span.count()) + "ms";
}

} // namespace millrace::config
