#include "common/service/service.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using config::source;

namespace {

struct settings_fixture {
  service::common_settings common;
  config::binder binder;

  settings_fixture() {
    service::declare(binder, common);
  }
  std::vector<std::string> load(const source& environment) {
    return config::apply(binder, environment, {}, [](const std::string&) {
      return result<std::string>{error{"none"}};
    });
  }
};

} // namespace

TEST_SUITE("common settings") {
  TEST_CASE_FIXTURE(settings_fixture, "they reach the bus") {
    CHECK(load({{"MQTT_URL", "mqtt://b:1884"},
                {"MQTT_USER", "ann"},
                {"MQTT_PASSWORD", "s3cret"},
                {"MQTT_CLIENT_ID", "plc-gateway-2"}})
            .empty());
    const auto options = service::bus_options(common);
    CHECK(options.url == "mqtt://b:1884");
    CHECK(options.user == "ann");
    CHECK(options.password == "s3cret");
    CHECK(options.client_id == "plc-gateway-2");
  }

  TEST_CASE_FIXTURE(settings_fixture, "a wrong URL is refused without its "
                                      "password") {
    CHECK(load({{"MQTT_URL", "mqtt://ann:s3cret@h:0"}})
          == std::vector<std::string>{
            "MQTT_URL=\"mqtt://ann:***@h:0\" has a port that is not 1..65535; "
            "allowed: mqtt://[user:password@]host[:port], mqtts:// for TLS; "
            "special characters percent-encoded"});
  }

  TEST_CASE_FIXTURE(settings_fixture, "what goes into topics is checked") {
    for (const auto* root : {"/a", "a/", "a//b", "a/+", "#", "a b", "$SYS/a"})
      CHECK(load({{"TOPIC_ROOT", root}}).size() == 1);
    CHECK(load({{"TOPIC_ROOT", "umh/v1/acme/site1/mill"}}).empty());
    for (const auto* id : {"a/b", "a+", "#", "a b"})
      CHECK(load({{"MQTT_CLIENT_ID", id}}).size() == 1);
  }

  TEST_CASE_FIXTURE(settings_fixture, "certificate files must be readable") {
    CHECK(load({{"MQTT_CA_FILE", "/no/such/file"}})
          == std::vector<std::string>{
            "MQTT_CA_FILE=\"/no/such/file\" cannot be read; allowed: readable "
            "PEM file"});
    CHECK(load({{"MQTT_CA_FILE", "/proc/self/status"}}).empty());
  }

  TEST_CASE("the log levels of Python are known") {
    CHECK(service::level_named("warning") == log::level::warn);
    CHECK(service::level_named("critical") == log::level::error);
    CHECK(service::level_named("info") == log::level::info);
    CHECK(service::level_named("debug") == log::level::debug);
  }
}

TEST_CASE_FIXTURE(settings_fixture, "LOG_LEVEL in any case") {
  CHECK(load({{"LOG_LEVEL", "WARNING"}}).empty());
  CHECK(common.log_level == "warning");
}
