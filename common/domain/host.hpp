#pragma once

#include <string>
#include <string_view>

namespace millrace {

/// An IPv4 or IPv6 address in digits ("127.0.0.1", "::1"), without brackets and
/// port.
bool is_ip_address(std::string_view text);

/// An address in digits or a name as RFC 1123 writes them, underscores allowed
/// (container names have them); at most 253 characters. What looks like an IPv4
/// address must be one: "999.1.2.3" is no host.
bool is_host(std::string_view text);

/// Whom limits by address count as one: an IPv4 address (also when it is
/// written as "::ffff:192.0.2.1"), or the first 64 bits of an IPv6 address,
/// since each subscriber has all addresses behind them. Another text stays as
/// it is.
std::string network_of(const std::string& address);

} // namespace millrace
