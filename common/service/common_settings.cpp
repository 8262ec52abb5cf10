#include "common/bus/url.hpp"
#include "common/config/checks.hpp"
#include "common/service/service.hpp"

namespace millrace::service {

namespace {

result<std::string> check_url(std::string_view text) {
  const auto url = bus::parse_url(text);
  if (!url)
    return error{url.why()};
  return std::string(text);
}

/// It becomes a level of the reply topic.
result<std::string> check_client_id(std::string_view id) {
  for (const char c : id)
    if (c <= ' ' || c > '~' || c == '/' || c == '+' || c == '#')
      return error{"has a character that a topic level must not have"};
  if (id.size() > 64)
    return error{"is too long"};
  return std::string(id);
}

result<std::string> check_topic_root(std::string_view root) {
  for (const char c : root)
    if (c <= ' ' || c > '~' || c == '+' || c == '#')
      return error{"has a character that a topic must not have"};
  if (root.starts_with('/') || root.ends_with('/')
      || root.find("//") != std::string_view::npos)
    return error{"has an empty level"};
  if (root.starts_with('$'))
    return error{"begins with $"};
  return std::string(root);
}

} // namespace

void declare(config::binder& binder, common_settings& common) {
  binder.text({"MQTT_URL"}, common.mqtt_url, "MQTT 5 broker",
              "mqtt://[user:password@]host[:port], mqtts:// for TLS; special "
              "characters percent-encoded",
              check_url);
  binder.text({"MQTT_USER"}, common.mqtt_user,
              "user at the broker; wins over the URL's");
  binder.secret({"MQTT_PASSWORD"}, common.mqtt_password,
                "password at the broker; wins over the URL's");
  binder.text({"MQTT_CA_FILE"}, common.mqtt_ca_file,
              "authorities that may sign the broker's certificate; without it "
              "the system's",
              "readable PEM file", config::check_readable_file);
  binder.text({"MQTT_CERTIFICATE_FILE"}, common.mqtt_certificate_file,
              "our own certificate for the broker", "readable PEM file",
              config::check_readable_file);
  binder.text({"MQTT_KEY_FILE"}, common.mqtt_key_file,
              "private key of our certificate", "readable PEM file",
              config::check_readable_file);
  binder.text({"MQTT_CLIENT_ID"}, common.client_id,
              "begin of the name at the broker, to which each start adds a "
              "random part; without it millrace-<service>",
              "up to 64 printable characters without / + #", check_client_id);
  binder.text({"TOPIC_ROOT"}, common.topic_root, "first levels of all topics",
              "levels divided by /, without + # and blanks", check_topic_root);
  binder.choice({"LOG_LEVEL"}, common.log_level,
                {"debug", "info", "warning", "warn", "error", "critical"},
                "least severity of log lines");
  binder.choice({"LOG_FORMAT"}, common.log_format, {"text", "json"},
                "form of log lines");
  binder.number({"METRICS_PORT"}, common.metrics_port, 0, 65535,
                "port of /healthz, /readyz and /metrics; 0: none");
  binder.text({"METRICS_BIND"}, common.metrics_bind,
              "address that METRICS_PORT listens on", "IP address",
              config::check_ip_address);
}

log::level level_named(std::string_view name) {
  if (name == "debug")
    return log::level::debug;
  if (name == "warning" || name == "warn")
    return log::level::warn;
  if (name == "error" || name == "critical")
    return log::level::error;
  return log::level::info;
}

bus::options bus_options(const common_settings& common) {
  bus::options chosen;
  chosen.url = common.mqtt_url;
  chosen.user = common.mqtt_user;
  chosen.password = common.mqtt_password;
  chosen.client_id = common.client_id;
  chosen.ca_file = common.mqtt_ca_file;
  chosen.certificate_file = common.mqtt_certificate_file;
  chosen.key_file = common.mqtt_key_file;
  return chosen;
}

} // namespace millrace::service
