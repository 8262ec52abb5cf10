#pragma once

#include "common/http/server.hpp"
#include "services/admin-gateway/event_stream.hpp"

#include <string>

namespace millrace::admin {

/// Of an action that somebody has asked for and that may take its time.
struct asked_action {
  std::string request_id;
  /// As name_of(action) has it.
  std::string action;
  /// As the audit trail has it.
  std::string user;
  /// The order, batch number or alert of the path; may be empty.
  std::string about;
};

/// Tells the listeners of the event stream that it has begun
/// (millrace.action.started.v1) and, when it is answered, how it ended
/// (millrace.action.ended.v1). Only of this admin-gateway; not on the broker,
/// where what it does is told by its own events.
http::responder with_progress(event_stream& stream, asked_action what,
                              http::responder respond);

} // namespace millrace::admin
