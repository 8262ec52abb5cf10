#include "common/domain/kilograms.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <limits>

using namespace millrace;

namespace {

constexpr std::int64_t limit_milli = 1'000'000'000'000'000;

/// Thousandths of a kg, or none.
std::optional<std::int64_t> milli_of(std::string_view text) {
  const auto value = kilograms::parse(text);
  return value ? std::optional(value->milli()) : std::nullopt;
}

} // namespace

TEST_SUITE("kilograms") {
  TEST_CASE("decimal text is read exactly to the thousandth") {
    CHECK(milli_of("0") == 0);
    CHECK(milli_of("825") == 825'000);
    CHECK(milli_of("825.0") == 825'000);
    CHECK(milli_of("73.74") == 73'740);
    CHECK(milli_of("73.745") == 73'745);
    CHECK(milli_of("73.7450") == 73'745);
    CHECK(milli_of("0.001") == 1);
    CHECK(milli_of("-0.5") == -500);
    CHECK(milli_of("+12.5") == 12'500);
    CHECK(milli_of(".5") == 500);
    CHECK(milli_of("7.") == 7'000);
    CHECK(milli_of("007.250") == 7'250);
    CHECK(milli_of("-0") == 0);
  }

  TEST_CASE("an exponent moves the point") {
    CHECK(milli_of("1e3") == 1'000'000);
    CHECK(milli_of("1E+3") == 1'000'000);
    CHECK(milli_of("1.5e2") == 150'000);
    CHECK(milli_of("123456e-3") == 123'456);
    CHECK(milli_of("-2.5e-1") == -250);
    CHECK(milli_of("5e-4") == 1);
    CHECK(milli_of("4e-4") == 0);
    CHECK(milli_of("9e-5") == 0);
    CHECK(milli_of("0e400") == 0);
    CHECK(milli_of("1e-400") == 0);
    CHECK(milli_of("1e-401") == std::nullopt);
    CHECK(milli_of("5e-9223372036854775808") == std::nullopt);
  }

  TEST_CASE("what comes after the third digit is rounded half up") {
    CHECK(milli_of("0.0004") == 0);
    CHECK(milli_of("0.0005") == 1);
    CHECK(milli_of("0.00049999") == 0);
    CHECK(milli_of("1.9995") == 2'000);
    CHECK(milli_of("-0.0005") == -1);
    CHECK(milli_of("-0.0004") == 0);
    CHECK(milli_of("-1.2345") == -1'235);
  }

  TEST_CASE("what is no number is refused") {
    for (auto text : {"",      " ",      "kg",
                      "1 ",    " 1",     "1,5",
                      "1.2.3", "--1",    "+-1",
                      "-",     ".",      "-.",
                      "e3",    "1e",     "1e+",
                      "1e-",   "1e+-3",  "1e++3",
                      "1e-+3", "1e 3",   "1e3.5",
                      "nan",   "-inf",   "0x10",
                      "1e401", "1e-401", "1e99999999999999999999",
                      "1_000", "12kg"}) {
      CAPTURE(text);
      CHECK_FALSE(kilograms::parse(text));
    }
    CHECK_FALSE(kilograms::parse(std::string_view("1\0", 2)));
  }

  TEST_CASE("what is beyond 10^12 kg is refused, not wrapped") {
    CHECK(milli_of("1000000000000") == limit_milli);
    CHECK(milli_of("-1e12") == -limit_milli);
    CHECK(milli_of("999999999999.9995") == limit_milli);
    for (auto text :
         {"1000000000000.001", "1000000000000.0005", "1e13", "-1e13", "1e300",
          "9223372036854775807", "9223372036854775808", "18446744073709551616",
          "99999999999999999999999999999999999999"}) {
      CAPTURE(text);
      CHECK_FALSE(kilograms::parse(text));
    }
  }

  TEST_CASE("a double means its shortest decimal") {
    CHECK(kilograms::from_double(73.74)->milli() == 73'740);
    CHECK(kilograms::from_double(0.1 + 0.2)->milli() == 300);
    CHECK(kilograms::from_double(1.0005)->milli() == 1'001);
    CHECK(kilograms::from_double(-825.0)->milli() == -825'000);
    CHECK(kilograms::from_double(-0.0)->milli() == 0);
    CHECK(kilograms::from_double(1e12)->milli() == limit_milli);
    CHECK(kilograms::from_double(1e-300)->milli() == 0);
    using limits = std::numeric_limits<double>;
    for (const double no : {1.1e12, limits::max(), limits::infinity(),
                            -limits::infinity(), limits::quiet_NaN()})
      CHECK_FALSE(kilograms::from_double(no));
  }

  TEST_CASE("text has always three decimals") {
    CHECK(kilograms{}.to_string() == "0.000");
    CHECK(kilograms::from_milli(825'000).to_string() == "825.000");
    CHECK(kilograms::from_milli(7).to_string() == "0.007");
    CHECK(kilograms::from_milli(-7).to_string() == "-0.007");
    CHECK(kilograms::from_milli(-1'050).to_string() == "-1.050");
    CHECK(kilograms::from_milli(limit_milli).to_string()
          == "1000000000000.000");
    CHECK(kilograms::from_milli(std::numeric_limits<std::int64_t>::min())
            .to_string()
          == "-9223372036854775.808");
  }

  TEST_CASE("going out to a coarser field, half is rounded up") {
    const auto scaled = [](const char* text, std::int64_t scale) {
      return kilograms::parse(text)->scaled(scale);
    };
    CHECK(scaled("73.745", 100) == 7375);
    CHECK(scaled("73.744", 100) == 7374);
    CHECK(scaled("73.74", 100) == 7374);
    CHECK(scaled("1000", 100) == 100'000);
    CHECK(scaled("0.004", 100) == 0);
    CHECK(scaled("0.005", 100) == 1);
    CHECK(scaled("-73.745", 100) == -7375);
    CHECK(scaled("-73.744", 100) == -7374);
    CHECK(scaled("12.449", 10) == 124);
    CHECK(scaled("12.45", 10) == 125);
    CHECK(scaled("12.499", 1) == 12);
    CHECK(scaled("12.5", 1) == 13);
    CHECK(scaled("12.345", 1000) == 12'345);
    CHECK(scaled("1e12", 100) == 100'000'000'000'000);
  }

  TEST_CASE("a PLC's number comes in by its scale") {
    CHECK(kilograms::from_scaled(100'000, 100).milli() == 1'000'000);
    CHECK(kilograms::from_scaled(7374, 100).milli() == 73'740);
    CHECK(kilograms::from_scaled(-5, 10).milli() == -500);
    CHECK(kilograms::from_scaled(4'294'967'295, 1).milli()
          == 4'294'967'295'000);
    CHECK(kilograms::from_scaled(12'345, 1000).milli() == 12'345);
  }

  TEST_CASE("they add, subtract and compare as numbers do") {
    const auto a = kilograms::from_milli(1'500);
    const auto b = kilograms::from_milli(-500);
    CHECK((a + b).milli() == 1'000);
    CHECK((a - b).milli() == 2'000);
    auto sum = a;
    sum += a;
    CHECK(sum.milli() == 3'000);
    CHECK(b < a);
    CHECK(a == kilograms::from_milli(1'500));
    CHECK(kilograms{} == kilograms::from_milli(0));
  }

  TEST_CASE("every amount survives text, double and scale") {
    CHECK(rc::check("text", [] {
      const auto milli = *rc::gen::inRange(-limit_milli, limit_milli + 1);
      const auto value = kilograms::from_milli(milli);
      RC_ASSERT(kilograms::parse(value.to_string()) == value);
    }));
    CHECK(rc::check("double", [] {
      const auto milli = *rc::gen::inRange(-limit_milli, limit_milli + 1);
      const auto value = kilograms::from_milli(milli);
      RC_ASSERT(kilograms::from_double(value.to_double()) == value);
    }));
    CHECK(rc::check("scale", [] {
      const auto raw = *rc::gen::inRange<std::int64_t>(0, 4'294'967'296);
      const auto scale = *rc::gen::element<std::int64_t>(1, 10, 100, 1000);
      RC_ASSERT(kilograms::from_scaled(raw, scale).scaled(scale) == raw);
    }));
  }

  TEST_CASE("rounding to hundredths is never off by more than half of one") {
    CHECK(rc::check([] {
      const auto milli = *rc::gen::inRange(-limit_milli, limit_milli + 1);
      const auto off = kilograms::from_milli(milli).scaled(100) * 10 - milli;
      RC_ASSERT(off >= -5 && off <= 5);
      // Exactly half goes away from zero.
      if (off == 5 || off == -5)
        RC_ASSERT((off > 0) == (milli > 0));
    }));
  }

  TEST_CASE("no text at all makes the reader fall over") {
    CHECK(rc::check([] {
      const auto text = *rc::gen::container<std::string>(
        rc::gen::oneOf(rc::gen::element('0', '5', '9', '.', 'e', '-', '+'),
                       rc::gen::arbitrary<char>()));
      if (const auto value = kilograms::parse(text))
        RC_ASSERT(value->milli() >= -limit_milli
                  && value->milli() <= limit_milli);
    }));
  }
}
