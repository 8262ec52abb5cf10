#pragma once

#include "common/http/server.hpp"
#include "services/admin-gateway/picture.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

// Answers that need nobody to be asked: they come from retained states.

namespace millrace::admin {

/// {"broker", "services": {name: {"status", "version", "since"}}, "missing"}.
nlohmann::json parts_json(const known_states& known, bool broker_connected);
/// As the scheduler reported them last; null while it has not.
nlohmann::json tasks_json(const known_states& known);

/// 200 when the broker and batch-store are there, else 503; data tells every
/// part, and `missing` what is not there.
http::response health(const known_states& known, bool broker_connected);

/// enabled and tasks[]; 503 while no scheduler has reported.
http::response scheduler_status(const known_states& known);

/// "batch-store is offline", "batch-store has not been seen yet" or, where all
/// seems well, "batch-store did not answer".
std::string why_silent(const known_states& known, bool broker_connected,
                       const std::string& service);

} // namespace millrace::admin
