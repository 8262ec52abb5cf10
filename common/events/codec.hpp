#pragma once

#include "common/domain/result.hpp"
#include "common/events/messages.hpp"

#include <string>
#include <string_view>

namespace millrace::events {

/// The CloudEvents attributes of a message (CloudEvents 1.0, JSON format).
struct envelope {
  /// UUIDv5 of type and natural key where there is one, else UUIDv7.
  std::string id;
  /// "/<line>/<service>" or "/<service>".
  std::string source;
  /// Order name, or empty.
  std::string subject;
  /// UTC, RFC 3339 with milliseconds.
  std::string time;
  /// The batch's UUID, or empty.
  std::string correlation_id;
  /// Id of the message that caused this one, or empty.
  std::string causation_id;
  /// W3C trace context, or empty.
  std::string traceparent;
};

template <class T>
struct event {
  envelope meta;
  T data;
};

inline constexpr std::string_view content_type
  = "application/cloudevents+json; charset=utf-8";

/// Larger messages are refused unread, bytes.
inline constexpr std::size_t max_message_bytes = 1'048'576;

/// "millrace.mo.fetched.v1".
template <class T>
std::string type_of() {
  return "millrace." + std::string(T::name) + ".v1";
}

/// JSON text of the whole CloudEvent.
template <class T>
std::string encode(const event<T>& message);

/// Checks everything: JSON depth and size, specversion, type and version, every
/// required member, its type and range. The error names member and value.
/// Unknown members are ignored (a newer sender). Never throws.
template <class T>
result<event<T>> decode(std::string_view text);

/// JSON text of the data alone, for the admin API.
template <class T>
std::string data_json(const T& data);

/// JSON Schema (2020-12, restricted to what draft-07 knows too) of the whole
/// CloudEvent of this type, two-space indented, keys sorted.
template <class T>
std::string schema();

} // namespace millrace::events
