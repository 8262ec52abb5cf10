#include "services/admin-gateway/routes.hpp"

#include "common/http/url.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace millrace::admin {

namespace {

/// The path as the table has it; empty when it is none of the API's. Older
/// scripts leave "/api" out of the paths that they know, and people out of the
/// page about it.
std::string_view without_api(std::string_view path) {
  constexpr std::string_view prefix = "/api";
  if (path.starts_with("/api/"))
    return path.substr(prefix.size());
  const bool is_short = path.starts_with("/admin/") || path == "/health"
                        || path == "/health/" || path == "/docs"
                        || path == "/docs/" || path == "/docs.css";
  return is_short ? path : std::string_view{};
}

/// An order name contains no '%', so what still has one was encoded twice.
std::string decoded(std::string_view text) {
  std::string name{text};
  for (int times = 0; times < 2 && name.find('%') != std::string::npos; ++times)
    if (auto once = http::percent_decode(name))
      name = std::move(*once);
  return name;
}

/// One path segment between two fixed parts.
std::optional<std::string> between(std::string_view path,
                                   std::string_view before,
                                   std::string_view after) {
  if (path.size() <= before.size() + after.size() || !path.starts_with(before)
      || !path.ends_with(after))
    return {};
  const auto inner
    = path.substr(before.size(), path.size() - before.size() - after.size());
  if (inner.find('/') != inner.npos)
    return {};
  return decoded(inner);
}

/// The order name (empty where the path has none), or none when the path is
/// another one.
std::optional<std::string> match(const route_entry& one,
                                 std::string_view path) {
  if (const auto gap = one.path.find("{}"); gap != one.path.npos)
    return between(path, one.path.substr(0, gap), one.path.substr(gap + 2));
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
  constexpr std::array names{"batch_status",
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
                             "health",
                             "overview",
                             "line",
                             "batch_life",
                             "alerts",
                             "acknowledge_alert",
                             "trends",
                             "audit",
                             "history_csv",
                             "plc_memory",
                             "task_log",
                             "events",
                             "openapi",
                             "docs",
                             "docs_style",
                             "session",
                             "log_in",
                             "log_out",
                             "change_password",
                             "set_up",
                             "users",
                             "add_user",
                             "change_user",
                             "remove_user",
                             "tokens",
                             "add_token",
                             "remove_token",
                             "revoke_tokens",
                             "end_sessions"};
  static_assert(names.size()
                == static_cast<std::size_t>(action::end_sessions) + 1);
  return names[static_cast<std::size_t>(what)];
}

const std::vector<route_entry>& all_routes() {
  using enum role;
  static const std::vector<route_entry> entries{
    {"GET", "/admin/batch-status", action::batch_status, viewer},
    {"GET", "/admin/monitor/real-time", action::real_time, viewer},
    {"GET", "/admin/history", action::history, viewer},
    {"GET", "/admin/history/", action::history_of, viewer},
    {"GET", "/admin/failed-to-push", action::failed_to_push, viewer},
    {"GET", "/admin/scheduler/status", action::scheduler_status, viewer},
    {"POST", "/admin/scheduler/toggle", action::scheduler_toggle, admin},
    {"POST", "/admin/trigger-sync", action::trigger_sync, operate},
    {"POST", "/admin/manual/trigger-sync", action::trigger_sync, operate},
    {"POST", "/admin/manual/trigger-plc-sync", action::trigger_plc_sync,
     operate},
    {"POST", "/admin/manual/trigger-process-completed",
     action::trigger_process_completed, operate},
    {"POST", "/admin/manual/retry-push-odoo/", action::retry_push, operate},
    {"POST", "/admin/manual/reset-batch/", action::reset_batch, operate},
    {"POST", "/admin/manual/cancel-batch/", action::cancel_batch, operate},
    {"POST", "/admin/manual/set-aside/", action::set_aside, operate},
    {"POST", "/admin/manual/accept-value/", action::accept_value, operate},
    {"POST", "/admin/manual/mark-solved/", action::mark_solved, operate},
    {"POST", "/admin/clear-mo-batch", action::clear_mo_batch, operate},
    {"POST", "/admin/manual/clear-mo-batch", action::clear_mo_batch, operate},
    {"POST", "/admin/reset-task1-start", action::reset_task1_start, operate},
    {"GET", "/health", action::health, nobody},
    {"GET", "/admin/health", action::health, nobody},
    {"GET", "/overview", action::overview, viewer},
    {"GET", "/lines/", action::line, viewer},
    {"GET", "/batches/", action::batch_life, viewer},
    {"GET", "/alerts", action::alerts, viewer},
    {"POST", "/alerts/{}/acknowledge", action::acknowledge_alert, operate},
    {"GET", "/trends", action::trends, viewer},
    {"GET", "/audit", action::audit, viewer},
    {"GET", "/history.csv", action::history_csv, viewer},
    {"GET", "/plc/{}/memory", action::plc_memory, viewer},
    {"GET", "/tasks/log", action::task_log, viewer},
    {"GET", "/events", action::events, viewer},
    {"GET", "/openapi.json", action::openapi, nobody},
    {"GET", "/docs", action::docs, nobody},
    {"GET", "/docs.css", action::docs_style, nobody},
    {"GET", "/session", action::session, nobody},
    {"POST", "/session", action::log_in, nobody},
    {"DELETE", "/session", action::log_out, viewer},
    {"POST", "/session/password", action::change_password, viewer},
    {"POST", "/setup", action::set_up, nobody},
    {"GET", "/users", action::users, admin},
    {"POST", "/users", action::add_user, admin},
    {"PUT", "/users/", action::change_user, admin},
    {"DELETE", "/users/", action::remove_user, admin},
    {"GET", "/tokens", action::tokens, viewer},
    {"POST", "/tokens", action::add_token, viewer},
    {"DELETE", "/tokens/", action::remove_token, viewer},
    {"DELETE", "/tokens", action::revoke_tokens, viewer},
    {"DELETE", "/sessions", action::end_sessions, viewer},
  };
  return entries;
}

std::variant<route, no_route> route_for(std::string_view method,
                                        std::string_view raw_path) {
  const auto path = without_api(raw_path);
  no_route wrong;
  for (const auto& one : all_routes()) {
    auto name = match(one, path);
    if (!name)
      continue;
    if (one.method == method)
      return route{one.what, one.needed, std::move(*name)};
    wrong.status = 405;
    wrong.allow += (wrong.allow.empty() ? "" : ", ") + std::string(one.method);
  }
  return wrong;
}

std::string methods_of(std::string_view raw_path) {
  const auto none = route_for({}, raw_path); // no route is without a method
  return std::get<no_route>(none).allow;
}

} // namespace millrace::admin
