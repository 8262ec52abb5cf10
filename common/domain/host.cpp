#include "common/domain/host.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <cstdint>
#include <iterator>
#include <string>

namespace millrace {

namespace {

constexpr std::size_t longest_name = 253;
constexpr std::size_t longest_label = 63;

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= longest_label
         && !label.starts_with('-') && !label.ends_with('-')
         && std::all_of(label.begin(), label.end(), [](unsigned char c) {
              return std::isalnum(c) || c == '-' || c == '_';
            });
}

/// A name whose last label is a number would be taken for an IPv4 address.
bool ends_in_number(std::string_view name) {
  const auto last = name.substr(name.rfind('.') + 1);
  return std::all_of(last.begin(), last.end(),
                     [](unsigned char c) { return std::isdigit(c); });
}

} // namespace

bool is_ip_address(std::string_view text) {
  if (text.find('\0') != text.npos)
    return false;
  const std::string address{text};
  in6_addr binary{};
  return inet_pton(AF_INET, address.c_str(), &binary) == 1
         || inet_pton(AF_INET6, address.c_str(), &binary) == 1;
}

std::string network_of(const std::string& address) {
  in6_addr binary{};
  if (inet_pton(AF_INET6, address.c_str(), &binary) != 1)
    return address;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (IN6_IS_ADDR_V4MAPPED(&binary))
    return inet_ntop(AF_INET, &binary.s6_addr[12], text.data(), text.size());
  std::fill(&binary.s6_addr[8], std::end(binary.s6_addr), std::uint8_t{0});
  return std::string(inet_ntop(AF_INET6, &binary, text.data(), text.size()))
         + "/64";
}

bool is_host(std::string_view text) {
  if (is_ip_address(text))
    return true;
  auto name = text;
  if (name.ends_with('.')) // the root of all names, written out
    name.remove_suffix(1);
  if (name.empty() || name.size() > longest_name || ends_in_number(name))
    return false;
  while (true) {
    const auto dot = name.find('.');
    if (!is_label(name.substr(0, dot)))
      return false;
    if (dot == name.npos)
      return true;
    name.remove_prefix(dot + 1);
  }
}

} // namespace millrace
