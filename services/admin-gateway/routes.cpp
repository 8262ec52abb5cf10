#include "services/admin-gateway/routes.hpp"

#include "common/http/url.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace millrace::admin {

namespace {

/// A path, after "/api". One that ends in '/' goes on with an order name.
struct entry {
  std::string_view method;
  std::string_view path;
  action what;
};

constexpr std::array<entry, 22> entries{{
  {"GET", "/admin/batch-status", action::batch_status},
  {"GET", "/admin/monitor/real-time", action::real_time},
  {"GET", "/admin/history", action::history},
  {"GET", "/admin/history/", action::history_of},
  {"GET", "/admin/failed-to-push", action::failed_to_push},
  {"GET", "/admin/scheduler/status", action::scheduler_status},
  {"POST", "/admin/scheduler/toggle", action::scheduler_toggle},
  {"POST", "/admin/trigger-sync", action::trigger_sync},
  {"POST", "/admin/manual/trigger-sync", action::trigger_sync},
  {"POST", "/admin/manual/trigger-plc-sync", action::trigger_plc_sync},
  {"POST", "/admin/manual/trigger-process-completed",
   action::trigger_process_completed},
  {"POST", "/admin/manual/retry-push-odoo/", action::retry_push},
  {"POST", "/admin/manual/reset-batch/", action::reset_batch},
  {"POST", "/admin/manual/cancel-batch/", action::cancel_batch},
  {"POST", "/admin/manual/set-aside/", action::set_aside},
  {"POST", "/admin/manual/accept-value/", action::accept_value},
  {"POST", "/admin/manual/mark-solved/", action::mark_solved},
  {"POST", "/admin/clear-mo-batch", action::clear_mo_batch},
  {"POST", "/admin/manual/clear-mo-batch", action::clear_mo_batch},
  {"POST", "/admin/reset-task1-start", action::reset_task1_start},
  {"GET", "/health", action::health},
  {"GET", "/admin/health", action::health},
}};

std::string_view without_api(std::string_view path) {
  constexpr std::string_view prefix = "/api/";
  return path.starts_with(prefix) ? path.substr(prefix.size() - 1) : path;
}

/// An order name contains no '%', so what still has one was encoded twice.
std::string decoded(std::string_view text) {
  std::string name{text};
  for (int times = 0; times < 2 && name.find('%') != std::string::npos; ++times)
    if (auto once = http::percent_decode(name))
      name = std::move(*once);
  return name;
}

/// The order name (empty where the path has none), or none when the path is
/// another one.
std::optional<std::string> match(const entry& one, std::string_view path) {
  if (!one.path.ends_with('/')) {
    const bool same
      = path == one.path
        || (path.ends_with('/') && path.substr(0, path.size() - 1) == one.path);
    return same ? std::optional{std::string{}} : std::nullopt;
  }
  if (!path.starts_with(one.path) || path.size() == one.path.size())
    return {};
  return decoded(path.substr(one.path.size()));
}

} // namespace

std::string_view name_of(action what) {
  constexpr std::array<std::string_view, 19> names{"batch_status",
                                                   "real_time",
                                                   "history",
                                                   "history_of",
                                                   "failed_to_push",
                                                   "scheduler_status",
                                                   "scheduler_toggle",
                                                   "trigger_sync",
                                                   "trigger_plc_sync",
                                                   "trigger_process_completed",
                                                   "retry_push",
                                                   "reset_batch",
                                                   "cancel_batch",
                                                   "set_aside",
                                                   "accept_value",
                                                   "mark_solved",
                                                   "clear_mo_batch",
                                                   "reset_task1_start",
                                                   "health"};
  return names[static_cast<std::size_t>(what)];
}

std::variant<route, no_route> route_for(std::string_view method,
                                        std::string_view raw_path) {
  const auto path = without_api(raw_path);
  no_route wrong;
  for (const auto& one : entries) {
    auto mo_id = match(one, path);
    if (!mo_id)
      continue;
    if (one.method == method)
      return route{one.what, std::move(*mo_id)};
    wrong = {405, std::string{one.method}};
  }
  return wrong;
}

} // namespace millrace::admin
