#pragma once

#include "common/bus/client.hpp"
#include "common/events/codec.hpp"
#include "common/events/topics.hpp"
#include "common/telemetry/clock.hpp"
#include "common/telemetry/ids.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::service {

/// Where the sender of a command wants the answer.
struct reply_to {
  std::string topic;
  std::string correlation;
  explicit operator bool() const {
    return !topic.empty();
  }
};

/// What may be said about a message beside its data.
struct context {
  std::string subject;
  std::string correlation_id;
  std::string causation_id;
  std::string traceparent;
  /// Natural key: the id becomes UUIDv5 of type and key. Empty: UUIDv7.
  std::string natural_key;
};

class requests;

/// A service's typed way onto the bus: structs in, structs out. Everything that
/// does not parse goes to the rejected topic with its reason and a metric.
/// Thread safe; handlers run on the bus's thread and must only copy and send;
/// what they throw is logged and counted.
class port {
public:
  template <class T>
  using handler = std::function<void(events::event<T>, reply_to)>;

  /// `client_id`: whose reply topic answers come to, another one for each
  /// process; empty: "millrace-<service>".
  port(bus::endpoint& bus, std::string service, events::topics layout,
       wall_clock clock, id_source ids, std::string client_id = {});
  /// Requests without an answer get an error.
  ~port();
  port(const port&) = delete;
  port& operator=(const port&) = delete;

  /// Subscribes to the event or (addressed to this service) the command T of
  /// all lines. Before the bus starts.
  template <class T>
  void on(handler<T> handle) {
    add_route(T::is_command ? layout_.command("+", service_, T::name)
                            : layout_.event("+", T::name),
              [this, handle = std::move(handle)](const bus::incoming& in) {
                if (!T::is_command || takes_commands())
                  dispatch<T>(in, handle);
              });
  }
  /// While this says false, commands are ignored: another instance obeys them.
  /// Before the bus starts.
  void take_commands_while(std::function<bool()> active) {
    active_ = std::move(active);
  }
  /// Subscribes to a retained state topic.
  template <class T>
  void on_state(std::string filter, handler<T> handle) {
    add_route(std::move(filter),
              [this, handle = std::move(handle)](const bus::incoming& in) {
                dispatch<T>(in, handle);
              });
  }

  /// The complete message, for an outbox: id, source and time are set.
  template <class T>
  events::event<T> compose(std::string_view line, T data,
                           const context& about = {}) const {
    return {envelope_for(line, events::type_of<T>(), about), std::move(data)};
  }
  /// Publishes an event. False when the bus's queue is full.
  template <class T>
  bool emit(std::string_view line, T data, const context& about = {}) {
    const auto message = compose(line, std::move(data), about);
    return send(layout_.event(line, T::name), events::encode(message), false);
  }
  /// Sends a command; no answer wanted, or the answer comes as an event.
  /// `line` is "_all" for commands about no line.
  template <class T>
  bool command(std::string_view line, std::string_view service, T data,
               const context& about = {}) {
    const auto message = compose(line, std::move(data), about);
    return send(layout_.command(line, service, T::name),
                events::encode(message), false);
  }
  /// Sends a command and calls back exactly once: with the answer, or with an
  /// error when none came in time or the bus refused. The callback runs on the
  /// bus's, the timer's or the caller's thread.
  template <class T>
  void request(std::string_view line, std::string_view service, T data,
               std::chrono::milliseconds time_out,
               std::function<void(result<events::command_result>)> answered,
               const context& about = {}) {
    const auto message = compose(line, std::move(data), about);
    send_request(layout_.command(line, service, T::name),
                 events::encode(message), time_out, std::move(answered));
  }
  /// Does nothing when no answer is wanted. Answers only go below
  /// <root>/_reply/: a requester must not make us write elsewhere.
  void reply(const reply_to& to, events::command_result answer,
             const context& about = {});
  /// Publishes a retained state.
  template <class T>
  bool publish_state(std::string topic, std::string_view line, T data) {
    const auto message = compose(line, std::move(data));
    return send(std::move(topic), events::encode(message), true);
  }

  /// For the bus: every message that arrives.
  void arrived(const bus::incoming& in);
  const events::topics& layout() const {
    return layout_;
  }
  bus::endpoint& bus() {
    return bus_;
  }

private:
  template <class T>
  void dispatch(const bus::incoming& in, const handler<T>& handle) {
    auto message = events::decode<T>(in.payload);
    if (message)
      handle(std::move(*message), reply_to{in.response_topic, in.correlation});
    else
      reject(in, message.why());
  }
  void add_route(std::string filter,
                 std::function<void(const bus::incoming&)> handle);
  bool takes_commands() const;
  events::envelope envelope_for(std::string_view line, std::string type,
                                const context& about) const;
  bool send(std::string topic, std::string payload, bool retained);
  void
  send_request(std::string topic, std::string payload,
               std::chrono::milliseconds time_out,
               std::function<void(result<events::command_result>)> answered);
  void answer_arrived(const bus::incoming& in);
  void reject(const bus::incoming& in, const std::string& why);

  struct route {
    std::string filter;
    std::function<void(const bus::incoming&)> handle;
  };

  bus::endpoint& bus_;
  std::string service_;
  events::topics layout_;
  wall_clock clock_;
  id_source ids_;
  std::vector<route> routes_;
  std::function<bool()> active_;
  std::string reply_topic_;
  // Shared with the bus, which may call back after our end.
  std::shared_ptr<requests> requests_;
};

} // namespace millrace::service
