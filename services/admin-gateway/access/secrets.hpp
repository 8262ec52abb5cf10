#pragma once

#include <functional>
#include <string>
#include <string_view>

// The only door to libsodium.

namespace millrace::admin::access {

/// What is slow or random, handed in so that tests choose it.
struct secrets {
  /// argon2id of libsodium's interactive strength: 50 to 100 ms and 64 MiB, so
  /// never on the HTTP thread. Throws std::runtime_error without memory.
  std::function<std::string(std::string_view password)> hash_password;
  std::function<bool(const std::string& hash, std::string_view password)>
    verify_password;
  /// 256 bits nobody can guess, as 64 hex digits.
  std::function<std::string()> fresh;
};

/// The real ones. Throws std::runtime_error when libsodium cannot start.
secrets real_secrets();

/// BLAKE2b-256 as 64 hex digits. Only for secrets of 256 bits: what people
/// choose goes through hash_password.
std::string fingerprint(std::string_view secret);

/// In a time that tells only whether the lengths are the same.
bool same_secret(std::string_view one, std::string_view other);

} // namespace millrace::admin::access
