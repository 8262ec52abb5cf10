#pragma once

#include "services/batch-store/sql_session.hpp"

namespace millrace::store {

// Two tables beside mo_histories, so that nobody has to read a million rows for
// a total: history_count (day, line, status: batches) and production_day (day,
// line: batches, and in grams weight, ordered, planned_*, actual_*; dosed_*:
// batches with the point above 0) of the batches that were manufactured. Days
// are UTC, "2026-11-22", of archived_at. The database's triggers keep them,
// whoever writes mo_histories.

/// Makes tables and triggers, and sums up what is there. Inside a transaction.
void make_history_sums(sql_session& sql);

} // namespace millrace::store
