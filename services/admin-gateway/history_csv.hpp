#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace millrace::admin {

// The history as a table for spreadsheets: RFC 4180 with CRLF, UTF-8.

/// Byte order mark (Excel wants it) and the columns' names. `separator`: ',' or
/// ';' (what Excel expects where the comma is the decimal point).
std::string csv_header(char separator);
/// A line for each row of the history; members that are no column are left out.
std::string csv_lines(const nlohmann::json& rows, char separator);

} // namespace millrace::admin
