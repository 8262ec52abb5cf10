#include "common/service/service.hpp"
#include "services/admin-gateway/settings.hpp"

#include <doctest/doctest.h>

using namespace millrace;

TEST_CASE("HTTP_BIND is an address in digits") {
  admin::settings chosen;
  config::binder binder;
  admin::declare(binder, chosen);
  const auto wrong_with = [&](const std::string& address) {
    return config::apply(binder, {{"HTTP_BIND", address}}, {},
                         [](const std::string&) {
                           return result<std::string>(error{"no files"});
                         });
  };
  CHECK(wrong_with("0.0.0.0").empty());
  CHECK(wrong_with("::1").empty());
  CHECK(wrong_with("127.0.0.256")
        == std::vector<std::string>{
          "HTTP_BIND=\"127.0.0.256\" is no IP address; allowed: IPv4 or IPv6 "
          "address"});
  CHECK(wrong_with("localhost").size() == 1);
}

TEST_CASE("TLS needs both of its files, and that they fit") {
  admin::settings chosen;
  CHECK(admin::contradictions(chosen, {}).empty());
  chosen.http_tls_key_file = "/etc/hostname";
  CHECK(admin::contradictions(chosen, {})
        == std::vector<std::string>{
          "HTTP_TLS_CERTIFICATE_FILE and HTTP_TLS_KEY_FILE: only one of them "
          "is given; TLS needs both"});
  chosen.http_tls_certificate_file = "/etc/hostname";
  const auto wrong = admin::contradictions(chosen, {});
  REQUIRE(wrong.size() == 1);
  CHECK(wrong.front().starts_with(
    "HTTP_TLS_CERTIFICATE_FILE, HTTP_TLS_KEY_FILE: '/etc/hostname' is no "));
}

TEST_CASE("the API and the metrics need two ports") {
  admin::settings chosen;
  service::common_settings common;
  chosen.http_port = 9100;
  common.metrics_port = 9100;
  const auto wrong = [&] {
    return admin::contradictions(chosen, common);
  };
  CHECK(wrong()
        == std::vector<std::string>{
          "HTTP_PORT=\"9100\" (HTTP_BIND=\"127.0.0.1\") and "
          "METRICS_PORT=\"9100\" (METRICS_BIND=\"127.0.0.1\") are the same "
          "port; allowed: two different ones"});
  common.metrics_bind = "0.0.0.0";
  CHECK(wrong().size() == 1);
  common.metrics_bind = "::1";
  CHECK(wrong().empty());
  chosen.http_bind = "::";
  CHECK(wrong().size() == 1);
  chosen.http_bind = common.metrics_bind = "127.0.0.1";
  common.metrics_port = 9101;
  CHECK(wrong().empty());
  chosen.http_port = common.metrics_port = 0;
  CHECK(wrong().empty());
}
