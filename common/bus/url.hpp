#pragma once

#include "common/domain/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::bus {

/// Where a broker is and who we are there.
struct broker_url {
  bool tls = false;
  /// Name or address; an IPv6 address without its brackets.
  std::string host;
  std::uint16_t port = 1883;
  /// Percent-decoded; empty when not given.
  std::string user, password;

  friend bool operator==(const broker_url&, const broker_url&) = default;
};

/// Reads mqtt://[user[:password]@]host[:port][/], or mqtts:// for TLS. The port
/// is 1883, for TLS 8883. The error says what is wrong, without the password.
result<broker_url> parse_url(std::string_view text);

} // namespace millrace::bus
