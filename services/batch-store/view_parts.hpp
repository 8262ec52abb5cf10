#pragma once

#include "services/batch-store/journal.hpp"
#include "services/batch-store/views.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

// Internal to views*.cpp: the kinds of view, and the shapes that they share.

namespace millrace::store::view {

using nlohmann::json;
using nlohmann::ordered_json;

// views.cpp
json text_or_null(const std::string& text);
/// {kind, reason, advice, since}, or null.
ordered_json hold_or_null(const hold& held);
/// All 15 points: {tag, id, name, component, planned, actual}, kg.
ordered_json dosing_of(const batch& row);
/// Of the 15 points, those above 0: {silo_a: kg, ...}.
ordered_json consumptions_above_zero(const dosing_amounts& amounts);
ordered_json audit_lines(const std::vector<audit_entry>& entries);
events::command_result answer(const ordered_json& data,
                              const std::string& message);
/// A refusal that tells the caller's fault from ours: `about` is "not_found" or
/// "bad_parameter".
events::command_result refusal(const char* about, const std::string& message);

// views_queue.cpp
/// What an operator can sensibly do: the buttons.
std::vector<std::string> decisions_about(const scene& here, const batch& row);
std::vector<std::string> decisions_about(const scene& here,
                                         const archived_batch& past);
ordered_json batch_status(repository& rows);
ordered_json real_time(repository& rows);
ordered_json failed_to_push(const scene& here);
ordered_json line(const scene& here, const std::string& code);
ordered_json alerts(const scene& here, const events::store_query& question);

// views_history.cpp
ordered_json history(repository& rows, const history_filter& filter);
/// As in mo_histories (FACTS 5).
ordered_json history_row(const archived_batch& entry);
ordered_json audit(repository& rows, const history_filter& filter);

// views_life.cpp
/// Without runs when the order is unknown.
ordered_json batch_life(const scene& here, const std::string& mo_id);

// views_trends.cpp
/// The last 30 days when neither end is given.
result<ordered_json> trends(const scene& here, history_filter filter);

} // namespace millrace::store::view
