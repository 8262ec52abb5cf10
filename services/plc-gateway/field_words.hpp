#pragma once

#include "common/domain/result.hpp"
#include "services/plc-gateway/plc_map.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

// One field's value and its words (FACTS 2, RELIABILITY A.9).

namespace millrace::plc {

/// Text as NUL padded words. Printable ASCII goes out as it is, every other
/// character (a whole multi-byte one too) as one '?', so a cut never splits
/// one.
words text_words(const map_field& field, std::string_view utf8);
/// Kilograms rounded half up to the field's scale. The error says that the
/// value is negative or does not fit; it does not name the field.
result<words> mass_words(const map_field& field, kilograms value);

/// Characters up to the first NUL. None when one of them is not printable
/// ASCII, or anything but NUL follows that NUL.
std::optional<std::string> strict_text(const map_field& field,
                                       std::span<const std::uint16_t> slot);
/// The same with '?' for what is not printable, and whatever follows the first
/// NUL ignored.
std::string lenient_text(const map_field& field,
                         std::span<const std::uint16_t> slot);
/// 0..4294967295, unsigned.
std::uint32_t unsigned_value(const map_field& field,
                             std::span<const std::uint16_t> slot);
kilograms mass(const map_field& field, std::span<const std::uint16_t> slot);
/// None for a word that is neither 0 nor 1.
std::optional<bool> flag(const map_field& field,
                         std::span<const std::uint16_t> slot);
/// The field's words as they are, for a message.
std::vector<int> raw_words(const map_field& field,
                           std::span<const std::uint16_t> slot);

} // namespace millrace::plc
