#pragma once

#include "common/bus/client.hpp"
#include "common/bus/send_window.hpp"
#include "common/bus/url.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace millrace::bus {

/// What paho reports. All of it runs on paho's threads: must neither wait nor
/// throw, and no lock that is held while calling `link` may be needed.
struct link_events {
  std::function<void(bool session_present)> connected;
  std::function<void(std::string why)> connect_failed;
  std::function<void()> lost;
  std::function<void(incoming)> arrived;
  /// The broker has it.
  std::function<void(send_window::attempt)> acknowledged;
  /// The broker refused it; sending it again would not help.
  std::function<void(send_window::attempt, std::string reason)> refused;
  /// Whether the broker has it is unknown.
  std::function<void(send_window::attempt)> returned;
  std::function<void(std::string filter, std::string why)> subscribe_failed;
};

/// The only door to paho: one MQTT 5 client without persistence, without
/// automatic reconnect. Nothing blocks but disconnect() and the destructor.
/// Good for one connection: what paho sends again on a later one, mosquitto
/// calls malformed. For that, make another.
class link {
public:
  /// A fresh session: until the first connect() has succeeded, what the broker
  /// kept for the client id is thrown away.
  enum class session { fresh, continued };
  link(const options& chosen, const broker_url& where, session first,
       link_events events);
  ~link();
  link(const link&) = delete;
  link& operator=(const link&) = delete;

  /// Ends with `connected` or `connect_failed`; not again before that.
  void connect();
  bool connected() const;
  /// QoS 1. False when it was not even taken.
  bool publish(send_window::attempt number, const outgoing& message);
  /// QoS 1. Failures come as `subscribe_failed`.
  void subscribe(const std::string& filter);
  /// Blocking, at most `patience`. The session stays with the broker until it
  /// expires (paho's C++ side cannot end it), the last will is not sent.
  void disconnect(std::chrono::milliseconds patience);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace millrace::bus
