#pragma once

#include "common/domain/result.hpp"
#include "common/events/messages.hpp"
#include "common/http/server.hpp"

#include <string>
#include <string_view>

namespace millrace::admin {

/// Every answer is {"status","message","data"} (FACTS 6). `data` is JSON text
/// and goes in as it is; "null" becomes {}.
http::response success(std::string_view message, std::string_view data);
http::response failure(int status, std::string_view message,
                       std::string_view data = "{}");
/// 503, to be tried again in a few seconds.
http::response unavailable(std::string_view message,
                           std::string_view data = "{}");
/// 405 with the methods that the path has.
http::response wrong_method(std::string_view allow);

/// The answer of another service: its data when it was done, else
/// `status_when_refused` with its message.
http::response from_result(const events::command_result& said,
                           int status_when_refused);

} // namespace millrace::admin
