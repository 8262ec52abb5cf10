#include "common/config/checks.hpp"

#include "common/domain/host.hpp"
#include "common/domain/order_name.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace millrace::config {

result<std::string> check_ip_address(std::string_view text) {
  if (!is_ip_address(text))
    return error{"is no IP address"};
  return std::string{text};
}

result<std::string> check_host(std::string_view text) {
  if (!is_host(text))
    return error{"is neither an IP address nor a host name"};
  return std::string{text};
}

result<std::string> check_readable_file(std::string_view path) {
  const std::string name{path};
  struct stat about {};
  if (::access(name.c_str(), R_OK) != 0 || ::stat(name.c_str(), &about) != 0)
    return error{"cannot be read"};
  if (S_ISDIR(about.st_mode))
    return error{"is a folder"};
  return name;
}

result<std::string> check_line(std::string_view text) {
  return check_line_code(text);
}

} // namespace millrace::config
