#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace millrace::events {

/// One member of a message: JSON name, where it lives, what it means. The JSON
/// conversion, the JSON Schema and its check all come from these.
template <class Struct, class Member>
struct field {
  constexpr field(std::string_view json_name, Member Struct::*where,
                  std::string_view meaning)
    : name(json_name), member(where), doc(meaning) {
  }

  /// The same with bounds, for whole numbers.
  constexpr field in(std::int64_t lowest, std::int64_t highest) const {
    field bounded = *this;
    bounded.low = lowest;
    bounded.high = highest;
    return bounded;
  }

  /// A member that came with a later release: a message of an older sender has
  /// none and means the default.
  constexpr field or_default() const {
    field later = *this;
    later.may_be_missing = true;
    return later;
  }

  std::string_view name;
  Member Struct::*member;
  std::string_view doc;
  std::optional<std::int64_t> low;
  std::optional<std::int64_t> high;
  bool may_be_missing = false;
};

/// Text that is already JSON, put into a message as it is.
struct raw_json {
  std::string text = "null";
  friend bool operator==(const raw_json&, const raw_json&) = default;
};

/// Specialised beside each enum that travels: its names in order.
template <class Enum>
struct enum_names;

} // namespace millrace::events
