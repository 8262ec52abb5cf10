#include "common/domain/kilograms.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>

namespace millrace {

namespace {

constexpr std::int64_t limit_milli = 1'000'000'000'000'000; // 10^12 kg

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The digits of a decimal number and where its point stands.
struct decimal {
  bool negative = false;
  std::string digits;
  /// Number of digits before the point; may be negative or beyond the end.
  long point = 0;
};

std::optional<decimal> read_decimal(std::string_view text) {
  decimal d;
  std::size_t i = 0;
  if (i < text.size() && (text[i] == '-' || text[i] == '+'))
    d.negative = text[i++] == '-';
  bool seen_point = false;
  for (; i < text.size() && (is_digit(text[i]) || text[i] == '.'); ++i) {
    if (text[i] == '.') {
      if (seen_point)
        return {};
      seen_point = true;
      continue;
    }
    d.digits += text[i];
    if (!seen_point)
      ++d.point;
  }
  if (d.digits.empty())
    return {};
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    auto first = text.data() + i + 1;
    const auto last = text.data() + text.size();
    // from_chars knows no plus sign, and after one no other sign may come.
    if (first != last && *first == '+' && ++first != last && *first == '-')
      return {};
    long exponent = 0;
    const auto [end, failed] = std::from_chars(first, last, exponent);
    if (failed != std::errc{} || end != last || exponent > 400
        || exponent < -400)
      return {};
    d.point += exponent;
    i = text.size();
  }
  return i == text.size() ? std::optional(d) : std::nullopt;
}

} // namespace

std::optional<kilograms> kilograms::parse(std::string_view text) {
  const auto d = read_decimal(text);
  if (!d)
    return {};
  std::int64_t milli = 0;
  for (long i = 0; i < d->point + 3; ++i) {
    const bool inside = i < static_cast<long>(d->digits.size());
    milli = milli * 10
            + (inside ? d->digits[static_cast<std::size_t>(i)] - '0' : 0);
    if (milli > limit_milli)
      return {};
  }
  const long next = d->point + 3;
  if (next >= 0 && next < static_cast<long>(d->digits.size())
      && d->digits[static_cast<std::size_t>(next)] >= '5')
    ++milli;
  if (milli > limit_milli)
    return {};
  return from_milli(d->negative ? -milli : milli);
}

std::optional<kilograms> kilograms::from_double(double value) {
  if (!std::isfinite(value))
    return {};
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return parse({buffer, static_cast<std::size_t>(end - buffer)});
}

double kilograms::to_double() const {
  return static_cast<double>(milli_) / 1000.0;
}

std::string kilograms::to_string() const {
  // Unsigned, so that the lowest of all values has a magnitude too.
  const auto bits = static_cast<std::uint64_t>(milli_);
  const auto magnitude = milli_ < 0 ? 0 - bits : bits;
  auto fraction = std::to_string(magnitude % 1000);
  fraction.insert(0, 3 - fraction.size(), '0');
  return (milli_ < 0 ? "-" : "") + std::to_string(magnitude / 1000) + "."
         + fraction;
}

std::int64_t kilograms::scaled(std::int64_t scale) const {
  const auto step = 1000 / scale;
  const auto magnitude = (std::llabs(milli_) + step / 2) / step;
  return milli_ < 0 ? -magnitude : magnitude;
}

kilograms kilograms::from_scaled(std::int64_t value, std::int64_t scale) {
  return from_milli(value * (1000 / scale));
}

} // namespace millrace
