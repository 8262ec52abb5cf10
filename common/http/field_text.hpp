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

/// Appends a header value so that it cannot end its line.
inline void add_in_one_line(std::string& out, std::string_view value) {
  const auto from = static_cast<std::ptrdiff_t>(out.size());
  out.append(value);
  std::replace_if(
    out.begin() + from, out.end(),
    [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
}

inline std::string one_line(std::string_view value) {
  std::string out;
  add_in_one_line(out, value);
  return out;
}

/// Whether it can be a header's name (RFC 9110 5.6.2).
inline bool is_token(std::string_view name) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || marks.find(c) != std::string_view::npos;
  });
}

/// Beast's views are boost's.
template <class View>
std::string_view view(const View& text) {
  return {text.data(), text.size()};
}

} // namespace millrace::http
