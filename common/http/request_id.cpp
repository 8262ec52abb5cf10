#include "common/http/request_id.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>

namespace millrace::http {

namespace {

constexpr std::size_t longest = 64;

bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

} // namespace

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= longest
         && std::ranges::all_of(text, is_id_character);
}

/// Drawn for many at once: each draw costs as much as the rest of an answer's
/// headers.
std::string random_request_id() {
  constexpr std::size_t size = 16;
  thread_local std::array<unsigned char, 64 * size> bytes;
  thread_local std::size_t used = bytes.size();
  if (used == bytes.size()) {
    RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
    used = 0;
  }
  std::string id;
  for (std::size_t end = used + size; used < end; ++used) {
    constexpr std::string_view digits = "0123456789abcdef";
    id += digits[bytes[used] >> 4];
    id += digits[bytes[used] & 15];
  }
  return id;
}

} // namespace millrace::http
