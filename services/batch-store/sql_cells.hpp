#pragma once

#include "services/batch-store/sql_session.hpp"

#include <string>

namespace millrace::store {

/// A time as the database wrote it, as UTC text; empty when it is none.
std::string utc_or_empty(const sql_session::value& text);
bool flag(const sql_session::value& text);

} // namespace millrace::store
