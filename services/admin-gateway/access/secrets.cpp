#include "services/admin-gateway/access/secrets.hpp"

#include <array>
#include <sodium.h>
#include <stdexcept>

namespace millrace::admin::access {

namespace {

using bytes = std::array<unsigned char, 32>;

std::string hex(const bytes& raw) {
  std::array<char, 2 * sizeof(bytes) + 1> text{};
  sodium_bin2hex(text.data(), text.size(), raw.data(), raw.size());
  return text.data();
}

std::string argon2id(std::string_view password) {
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(),
                        crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE)
      != 0)
    throw std::runtime_error("no memory to hash a password");
  return hash.data();
}

bool verify(const std::string& hash, std::string_view password) {
  return crypto_pwhash_str_verify(hash.c_str(), password.data(),
                                  password.size())
         == 0;
}

std::string random_hex() {
  bytes raw;
  randombytes_buf(raw.data(), raw.size());
  return hex(raw);
}

} // namespace

secrets real_secrets() {
  if (sodium_init() < 0)
    throw std::runtime_error("libsodium cannot start");
  return {argon2id, verify, random_hex};
}

std::string fingerprint(std::string_view secret) {
  bytes out;
  crypto_generichash(out.data(), out.size(),
                     reinterpret_cast<const unsigned char*>(secret.data()),
                     secret.size(), nullptr, 0);
  return hex(out);
}

bool same_secret(std::string_view one, std::string_view other) {
  return one.size() == other.size()
         && sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

} // namespace millrace::admin::access
