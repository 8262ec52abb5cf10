#pragma once

#include "common/events/messages.hpp"
#include "common/http/server.hpp"

namespace millrace::admin {

/// Adds Link (RFC 8288) with rel next and prev to a page's answer, from its
/// data.total. Other answers stay as they are.
void link_pages(http::response& answer, const http::request& request,
                const events::store_query& page);

} // namespace millrace::admin
