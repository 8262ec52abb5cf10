#pragma once

#include "services/batch-store/sql_session.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::store {

/// A time as the database wrote it, as UTC text; empty when it is none.
std::string utc_or_empty(const sql_session::value& text);
bool flag(const sql_session::value& text);
/// The first cell, of a count; 0 when there is none.
std::int64_t number(const std::vector<sql_session::row>& rows);

} // namespace millrace::store
