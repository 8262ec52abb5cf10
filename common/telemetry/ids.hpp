#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace millrace {

/// Fresh unique ids, handed in so that tests choose them.
using id_source = std::function<std::string()>;

/// UUIDv7 (RFC 9562): time-ordered, random. Thread safe.
id_source random_ids();

/// UUIDv5 of `name` in Millrace's namespace: the same name, the same id.
std::string named_id(std::string_view name);

/// W3C traceparent of a new trace ("00-<32 hex>-<16 hex>-01").
std::string new_traceparent();
/// The same trace with a new parent id; a new trace when `parent` is empty or
/// malformed.
std::string child_traceparent(std::string_view parent);
/// The 32 hex digits of the trace id, or empty.
std::string trace_id_of(std::string_view traceparent);

} // namespace millrace
