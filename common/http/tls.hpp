#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

// Internal to the server.

namespace millrace::http {

/// TLS 1.2 and later with this certificate (PEM, with its chain) and key (PEM,
/// without a password). Null when both are empty. Throws std::runtime_error
/// that names the file and what is wrong with it.
std::shared_ptr<boost::asio::ssl::context>
server_tls(const std::string& certificate_file, const std::string& key_file);

} // namespace millrace::http
