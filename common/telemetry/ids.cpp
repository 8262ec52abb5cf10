#include "common/telemetry/ids.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <stdexcept>

namespace millrace {

namespace {

using uuid_bytes = std::array<std::uint8_t, 16>;

// Chosen once at random; part of the contract that a republished event keeps
// its id.
constexpr uuid_bytes own_namespace{0x6d, 0x1b, 0x4c, 0x52, 0x9a, 0x0e,
                                   0x4f, 0x37, 0x8e, 0x5d, 0x2c, 0x71,
                                   0xb3, 0x06, 0xd4, 0xa9};

template <std::size_t N>
std::array<std::uint8_t, N> random_bytes() {
  std::array<std::uint8_t, N> out;
  if (RAND_bytes(out.data(), static_cast<int>(N)) != 1)
    throw std::runtime_error("the system has no randomness to give");
  return out;
}

constexpr char hex_digits[] = "0123456789abcdef";

std::string hex(const std::uint8_t* bytes, std::size_t count) {
  std::string out(2 * count, '0');
  for (std::size_t i = 0; i < count; ++i) {
    out[2 * i] = hex_digits[bytes[i] >> 4];
    out[2 * i + 1] = hex_digits[bytes[i] & 15];
  }
  return out;
}

/// For trace ids, which must differ but need not be secret: there is one for
/// every message and every row that is looked at. SplitMix64, seeded by the
/// system's randomness once a thread. Never 0.
std::uint64_t quick_random() {
  thread_local std::uint64_t state = [] {
    const auto seed = random_bytes<8>();
    std::uint64_t value = 0;
    for (const auto byte : seed)
      value = value << 8 | byte;
    return value;
  }();
  auto z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  z ^= z >> 31;
  return z == 0 ? 1 : z;
}

/// 16 hex digits.
void append_random(std::string& text) {
  auto bits = quick_random();
  std::array<char, 16> digits;
  for (auto& digit : digits) {
    digit = hex_digits[bits & 15];
    bits >>= 4;
  }
  text.append(digits.data(), digits.size());
}

std::string uuid_text(uuid_bytes bytes, std::uint8_t version) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | (version << 4));
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  auto text = hex(bytes.data(), bytes.size());
  for (const std::size_t at : {8U, 13U, 18U, 23U})
    text.insert(at, 1, '-');
  return text;
}

bool is_traceparent(std::string_view text) {
  if (text.size() != 55 || text[2] != '-' || text[35] != '-' || text[52] != '-')
    return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool divider = i == 2 || i == 35 || i == 52;
    const bool digit = (text[i] >= '0' && text[i] <= '9')
                       || (text[i] >= 'a' && text[i] <= 'f');
    if (!divider && !digit)
      return false;
  }
  // W3C: version ff and all-zero ids are invalid.
  const auto zeros = [](std::string_view id) {
    return id.find_first_not_of('0') == id.npos;
  };
  return text.substr(0, 2) != "ff" && !zeros(text.substr(3, 32))
         && !zeros(text.substr(36, 16));
}

} // namespace

id_source random_ids() {
  return [] {
    auto bytes = random_bytes<16>();
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
    for (int i = 0; i < 6; ++i)
      bytes[static_cast<std::size_t>(i)]
        = static_cast<std::uint8_t>(now >> (8 * (5 - i)));
    return uuid_text(bytes, 7);
  };
}

std::string named_id(std::string_view name) {
  std::string input(own_namespace.begin(), own_namespace.end());
  input += name;
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (EVP_Digest(input.data(), input.size(), digest.data(), &length, EVP_sha1(),
                 nullptr)
      != 1)
    throw std::runtime_error("SHA-1 is not available");
  uuid_bytes bytes;
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  return uuid_text(bytes, 5);
}

std::string new_traceparent() {
  std::string text = "00-";
  text.reserve(55);
  append_random(text);
  append_random(text);
  text += '-';
  append_random(text);
  return text += "-01";
}

std::string child_traceparent(std::string_view parent) {
  if (!is_traceparent(parent))
    return new_traceparent();
  std::string text = "00";
  text.reserve(55);
  text += parent.substr(2, 34);
  append_random(text);
  return text += "-01";
}

std::string trace_id_of(std::string_view traceparent) {
  return is_traceparent(traceparent) ? std::string(traceparent.substr(3, 32))
                                     : std::string();
}

} // namespace millrace
