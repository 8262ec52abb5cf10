#pragma once

#include "common/http/server.hpp"
#include "services/admin-gateway/asks.hpp"

namespace millrace::admin {

/// Answers with the whole history that `filter` matches, as CSV, oldest first;
/// page by page, as fast as the reader takes it. A page that batch-store does
/// not deliver any more breaks the answer off, which readers notice.
void export_history(decltype(asks::query) ask, events::store_query filter,
                    char separator, http::responder respond);

} // namespace millrace::admin
