#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace millrace::fuzz {

/// Says which rule was broken and ends the process, which libFuzzer takes for a
/// crash of this input.
inline void require(bool holds, std::string_view rule,
                    std::string_view seen = {}) {
  if (holds)
    return;
  std::fprintf(stderr, "broken rule: %.*s\n%.*s\n",
               static_cast<int>(rule.size()), rule.data(),
               static_cast<int>(seen.size()), seen.data());
  std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// The first line and what follows it: text inputs say in their first line what
/// they are, so that a seed can be read and written by hand.
inline std::pair<std::string_view, std::string_view>
first_line(std::string_view text) {
  const auto end = text.find('\n');
  if (end == text.npos)
    return {text, {}};
  return {text.substr(0, end), text.substr(end + 1)};
}

} // namespace millrace::fuzz
