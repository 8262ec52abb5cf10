#pragma once

#include "common/domain/result.hpp"
#include "common/events/messages.hpp"
#include "common/http/server.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::admin {

/// Checks an order name from a URL: 1 to 64 printable ASCII characters. An
/// archive that was adopted may hold names that no order has today.
result<std::string> check_mo_id(std::string_view name);

/// Checks an alert's id from a URL: as an order name.
result<std::string> check_alert_id(std::string_view id);

/// What a view with pages and filters is asked for: limit (1..1000, default
/// 50), offset (default 0), status, mo_id, line, search (1 to 64 bytes), from
/// and to (UTC time, or a date for its midnight) and sort (archived_at or
/// -archived_at, the default). The error names parameter, value and what is
/// allowed. Other parameters are ignored.
result<events::store_query>
page_query(events::store_view what,
           const std::map<std::string, std::string>& parameters,
           const std::vector<std::string>& lines);

/// limit alone, as above.
result<int> limit_of(const std::map<std::string, std::string>& parameters);

/// One of `lines`.
result<std::string> check_line(std::string_view code,
                               const std::vector<std::string>& lines);

/// area: read (default) or write.
result<events::plc_area>
plc_area_of(const std::map<std::string, std::string>& parameters);

/// separator: , (default) or ;
result<char>
csv_separator(const std::map<std::string, std::string>& parameters);

/// What may be said about any decision: who (header X-User, else "unknown"),
/// why (`notes`, at most 500 bytes) and which line (one of `lines`).
struct decision_parameters {
  std::string user;
  std::string notes;
  std::optional<std::string> line;
};
result<decision_parameters> decision_of(const http::request& request,
                                        const std::vector<std::string>& lines);

/// push_to_plc of reset-batch: true or false (also 1 and 0), default false.
result<bool> push_to_plc(const std::map<std::string, std::string>& parameters);

/// The batch number of cancel-batch's path, 1..10.
result<int> check_batch_no(std::string_view text);

/// {"enabled": true|false}; the error says what is wrong with the body.
result<bool> toggle_body(std::string_view body);

} // namespace millrace::admin
