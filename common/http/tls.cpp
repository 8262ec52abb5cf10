#include "common/http/tls.hpp"

#include "common/http/server.hpp"

#include <fstream>
#include <stdexcept>

namespace millrace::http {

namespace {

namespace ssl = boost::asio::ssl;

void must_be_readable(const std::string& what, const std::string& file) {
  std::ifstream in{file};
  if (!in || in.peek() == std::ifstream::traits_type::eof())
    throw std::runtime_error(what + " '" + file
                             + "' cannot be read or is empty");
}

} // namespace

std::shared_ptr<ssl::context> server_tls(const std::string& certificate_file,
                                         const std::string& key_file) {
  if (certificate_file.empty() && key_file.empty())
    return nullptr;
  if (certificate_file.empty() || key_file.empty())
    throw std::runtime_error(
      "TLS needs both a certificate and its key, only one is given");
  must_be_readable("the TLS certificate", certificate_file);
  must_be_readable("the TLS key", key_file);
  auto tls = std::make_shared<ssl::context>(ssl::context::tls_server);
  tls->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2
                   | ssl::context::no_sslv3 | ssl::context::no_tlsv1
                   | ssl::context::no_tlsv1_1);
  // Without it OpenSSL would ask at the terminal.
  tls->set_password_callback(
    [](std::size_t, ssl::context::password_purpose) { return std::string{}; });
  boost::system::error_code ec;
  tls->use_certificate_chain_file(certificate_file, ec);
  if (ec)
    throw std::runtime_error("'" + certificate_file
                             + "' is no usable TLS certificate (PEM): "
                             + ec.message());
  tls->use_private_key_file(key_file, ssl::context::pem, ec);
  if (ec)
    throw std::runtime_error("'" + key_file
                             + "' is no usable TLS key (PEM, "
                               "without password) of the certificate '"
                             + certificate_file + "': " + ec.message());
  return tls;
}

std::string check_tls_files(const std::string& certificate_file,
                            const std::string& key_file) {
  try {
    server_tls(certificate_file, key_file);
    return {};
  } catch (const std::exception& e) {
    return e.what();
  }
}

} // namespace millrace::http
