#pragma once

#include "common/domain/result.hpp"
#include "common/events/messages.hpp"
#include "common/http/server.hpp"
#include "services/admin-gateway/picture.hpp"

#include <string>
#include <vector>

namespace millrace::admin {

/// GET /api/overview: the whole plant at a glance. `batches` is batch-store's
/// answer for batch_status, `alerts` that for alerts; without the latter there
/// are none, and data.alerts is null.
http::response overview_of(const known_states& known,
                           const std::vector<std::string>& lines,
                           const events::command_result& batches,
                           const result<events::command_result>& alerts);

/// 503: the same without batches and alerts, and why they are missing.
http::response overview_without_store(const known_states& known,
                                      bool broker_connected,
                                      const std::vector<std::string>& lines,
                                      const std::string& why);

} // namespace millrace::admin
