#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

// Texts in headers, for client and server.

namespace millrace::http {

inline std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return out;
}

/// A header value that cannot end its line.
inline std::string one_line(std::string_view value) {
  std::string out{value};
  std::replace_if(
    out.begin(), out.end(),
    [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return out;
}

/// Whether it can be a header's name (RFC 9110 5.6.2).
inline bool is_token(std::string_view name) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c))
           || marks.find(c) != std::string_view::npos;
  });
}

/// Beast's views are boost's.
template <class View>
std::string_view view(const View& text) {
  return {text.data(), text.size()};
}

} // namespace millrace::http
