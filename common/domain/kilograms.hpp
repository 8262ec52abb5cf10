#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {

/// A mass in thousandths of a kilogram, the precision of the database's
/// NUMERIC(18,3). Never a double in logic: doubles only pass in and out.
class kilograms {
public:
  constexpr kilograms() = default;
  static constexpr kilograms from_milli(std::int64_t thousandths) {
    kilograms k;
    k.milli_ = thousandths;
    return k;
  }
  /// Decimal text such as "825", "-0.5", "73.7450" or "1e3"; digits after the
  /// third are rounded half up (away from zero). None when it is no finite
  /// number or lies outside +-10^12 kg.
  static std::optional<kilograms> parse(std::string_view text);
  /// Through the shortest decimal that reads back as the same double, so 73.74
  /// is 73.740 and not 73.739.
  static std::optional<kilograms> from_double(double value);

  constexpr std::int64_t milli() const {
    return milli_;
  }
  /// For JSON numbers and metrics; exact to the thousandth when printed with
  /// the shortest representation.
  double to_double() const;
  /// Always three decimals: "825.000".
  std::string to_string() const;
  /// The value in units of 1/scale kg, rounded half up: 73.745 at 100 is 7375.
  /// `scale` is 1, 10, 100 or 1000.
  std::int64_t scaled(std::int64_t scale) const;
  static kilograms from_scaled(std::int64_t value, std::int64_t scale);

  friend constexpr auto operator<=>(kilograms, kilograms) = default;
  friend constexpr kilograms operator+(kilograms a, kilograms b) {
    return from_milli(a.milli_ + b.milli_);
  }
  friend constexpr kilograms operator-(kilograms a, kilograms b) {
    return from_milli(a.milli_ - b.milli_);
  }
  constexpr kilograms& operator+=(kilograms other) {
    milli_ += other.milli_;
    return *this;
  }

private:
  std::int64_t milli_ = 0;
};

} // namespace millrace
