#pragma once

#include "common/config/lines.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace millrace::service {
struct common_settings;
}

namespace millrace::admin {

struct settings {
  config::lines_setting lines;
  int http_port = 8000;
  std::string http_bind = "127.0.0.1";
  std::string auth = "on";
  std::string users_file = "admin-users.json";
  std::string guests = "off";
  std::string public_url;
  std::chrono::milliseconds session_idle = std::chrono::minutes{30};
  std::chrono::milliseconds session_max = std::chrono::hours{12};
  /// Both or none.
  std::string http_tls_certificate_file;
  std::string http_tls_key_file;
  std::string http_cors_origins;
  int http_max_connections = 800;
  int http_max_connections_per_address = 700;
};

/// Declares all of them; `into` must outlive the loading.
void declare(config::binder& binder, settings& into);

/// What is wrong between settings that are each right by themselves.
std::vector<std::string> contradictions(const settings& chosen,
                                        const service::common_settings& common);

/// Whether only programs of this machine can reach the address.
bool is_loopback(const std::string& address);

} // namespace millrace::admin
