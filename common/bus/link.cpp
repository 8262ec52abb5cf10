#include "common/bus/link.hpp"

#include "common/bus/no_delay.hpp"

#include <mqtt/async_client.h>

#include <stdlib.h>
#include <utility>

namespace millrace::bus {

namespace {

constexpr std::chrono::seconds connect_time_out{5};
/// MQTT 5 reason codes from here on are failures (MQTT 5, 2.4).
constexpr int first_failure = 0x80;

std::string server_uri(const broker_url& where) {
  const bool ipv6 = where.host.find(':') != std::string::npos;
  return (where.tls ? "ssl://" : "tcp://")
         + (ipv6 ? "[" + where.host + "]" : where.host) + ":"
         + std::to_string(where.port);
}

/// Paho takes the web's proxy for the broker's, even when the variable is there
/// without a value: then no connection ever comes to be (measured, 1.3.12).
void forget_the_web_proxy() {
  for (const auto* name : {"http_proxy", "https_proxy"})
    ::unsetenv(name);
}

mqtt::create_options create_options(const options& chosen) {
  auto made = mqtt::create_options{MQTTVERSION_5};
  // Never reached: the window is in send_window.
  made.set_max_buffered_messages(static_cast<int>(2 * chosen.max_in_flight));
  return made;
}

mqtt::ssl_options tls_options(const options& chosen) {
  mqtt::ssl_options tls;
  if (!chosen.ca_file.empty())
    tls.set_trust_store(chosen.ca_file);
  if (!chosen.certificate_file.empty())
    tls.set_key_store(chosen.certificate_file);
  if (!chosen.key_file.empty())
    tls.set_private_key(chosen.key_file);
  tls.set_enable_server_cert_auth(true);
  tls.set_verify(true);
  return tls;
}

mqtt::connect_options connect_options(const options& chosen,
                                      const broker_url& where) {
  mqtt::connect_options_builder builder;
  builder.mqtt_version(MQTTVERSION_5)
    .clean_start(true)
    .keep_alive_interval(chosen.keep_alive)
    .connect_timeout(connect_time_out)
    .max_inflight(static_cast<int>(chosen.max_in_flight));
  const auto& user = chosen.user.empty() ? where.user : chosen.user;
  const auto& password
    = chosen.password.empty() ? where.password : chosen.password;
  if (!user.empty())
    builder.user_name(user).password(password);
  if (!chosen.will_topic.empty())
    builder.will(
      mqtt::message{chosen.will_topic, chosen.will_payload, 1, true});
  if (where.tls)
    builder.ssl(tls_options(chosen));
  return builder.finalize();
}

std::string property_text(const mqtt::properties& properties,
                          mqtt::property::code which) {
  return properties.contains(which) ? mqtt::get<std::string>(properties, which)
                                    : std::string{};
}

incoming to_incoming(const mqtt::message& message) {
  const auto& properties = message.get_properties();
  return {message.get_topic(), message.to_string(),
          property_text(properties, mqtt::property::RESPONSE_TOPIC),
          property_text(properties, mqtt::property::CORRELATION_DATA),
          message.is_retained()};
}

mqtt::const_message_ptr to_paho(const outgoing& message) {
  mqtt::properties properties;
  if (!message.content_type.empty())
    properties.add({mqtt::property::CONTENT_TYPE, message.content_type});
  if (!message.response_topic.empty())
    properties.add({mqtt::property::RESPONSE_TOPIC, message.response_topic});
  if (!message.correlation.empty())
    properties.add({mqtt::property::CORRELATION_DATA, message.correlation});
  return std::make_shared<mqtt::message>(message.topic, message.payload, 1,
                                         message.retained, properties);
}

/// A refused CONNECT has its reason in the return code, a refused PUBLISH in
/// the reason code (RELIABILITY B.1).
int reason_of(const mqtt::token& token) {
  const int reason = token.get_reason_code();
  return reason >= first_failure ? reason : token.get_return_code();
}

std::string failure_text(const mqtt::token& token) {
  const int code = reason_of(token);
  if (code >= first_failure)
    return mqtt::exception::reason_code_str(code) + " (" + std::to_string(code)
           + ")";
  return mqtt::exception::error_str(code) + " (" + std::to_string(code) + ")";
}

send_window::attempt attempt_of(const mqtt::token& token) {
  return reinterpret_cast<send_window::attempt>(token.get_user_context());
}

/// Binds paho's listener interface to two functions.
class listener : public mqtt::iaction_listener {
public:
  using reaction = std::function<void(const mqtt::token&)>;
  listener(reaction success, reaction failure)
    : success_(std::move(success)), failure_(std::move(failure)) {
  }

private:
  void on_success(const mqtt::token& token) override {
    success_(token);
  }
  void on_failure(const mqtt::token& token) override {
    failure_(token);
  }

  reaction success_, failure_;
};

} // namespace

struct link::impl {
  impl(const options& chosen, const broker_url& where, session first,
       link_events given)
    : events(std::move(given)), port(where.port),
      how(connect_options(chosen, where)),
      connecting([this](const mqtt::token& token) { on_connected(token); },
                 [this](const mqtt::token& token) {
                   events.connect_failed(failure_text(token));
                 }),
      publishing(
        [this](const mqtt::token& token) {
          events.acknowledged(attempt_of(token));
        },
        [this](const mqtt::token& token) { on_unpublished(token); }),
      subscribing([this](const mqtt::token& token) { on_subscribed(token); },
                  [this](const mqtt::token& token) { on_subscribed(token); }),
      paho(server_uri(where), chosen.client_id, create_options(chosen)) {
    how.set_clean_start(first == session::fresh);
    // Not in the builder: a copy of connect_options keeps pointing into the
    // properties of its original, so that the original has to stay.
    how.set_properties({{mqtt::property::SESSION_EXPIRY_INTERVAL,
                         static_cast<int>(chosen.session_expiry.count())}});
    paho.set_message_callback([this](mqtt::const_message_ptr message) {
      if (message)
        on_arrived(*message);
    });
    paho.set_connection_lost_handler(
      [this](const std::string&) { events.lost(); });
    paho.set_disconnected_handler(
      [this](const mqtt::properties&, mqtt::ReasonCode) { events.lost(); });
  }

  void on_arrived(const mqtt::message& message) {
    try {
      events.arrived(to_incoming(message));
    } catch (const std::exception&) {
      // Properties of a type that the protocol does not allow.
    }
  }

  void on_connected(const mqtt::token& token) {
    send_at_once(port);
    how.set_clean_start(false);
    bool session = false;
    try {
      session = token.get_connect_response().is_session_present();
    } catch (const mqtt::exception&) {
      // An answer without its flags: then with the worse meaning.
    }
    events.connected(session);
  }

  void on_unpublished(const mqtt::token& token) {
    if (reason_of(token) >= first_failure)
      events.refused(attempt_of(token), failure_text(token));
    else
      events.returned(attempt_of(token));
  }

  /// A broker may answer a subscription with success and a failing reason.
  void on_subscribed(const mqtt::token& token) {
    const auto topics = token.get_topics();
    const auto filter
      = topics && !topics->empty() ? (*topics)[0] : std::string{};
    if (reason_of(token) != MQTTASYNC_SUCCESS
        && !(reason_of(token) > 0 && reason_of(token) < first_failure))
      events.subscribe_failed(filter, failure_text(token));
  }

  link_events events;
  std::uint16_t port;
  mqtt::connect_options how;
  listener connecting, publishing, subscribing;
  mqtt::async_client paho;
};

link::link(const options& chosen, const broker_url& where, session first,
           link_events events)
  : impl_(std::make_unique<impl>(chosen, where, first, std::move(events))) {
  forget_the_web_proxy();
}

link::~link() = default;

void link::connect() {
  try {
    impl_->paho.connect(impl_->how, nullptr, impl_->connecting);
  } catch (const mqtt::exception& problem) {
    impl_->events.connect_failed(problem.what());
  }
}

bool link::connected() const {
  return impl_->paho.is_connected();
}

bool link::publish(send_window::attempt number, const outgoing& message) {
  try {
    impl_->paho.publish(to_paho(message), reinterpret_cast<void*>(number),
                        impl_->publishing);
    return true;
  } catch (const mqtt::exception&) {
    return false;
  }
}

void link::subscribe(const std::string& filter) {
  try {
    impl_->paho.subscribe(filter, 1, nullptr, impl_->subscribing);
  } catch (const mqtt::exception& problem) {
    impl_->events.subscribe_failed(filter, problem.what());
  }
}

void link::disconnect(std::chrono::milliseconds patience) {
  try {
    impl_->paho.disconnect(patience)->wait_for(patience);
  } catch (const mqtt::exception&) {
    // Was not connected.
  }
}

} // namespace millrace::bus
