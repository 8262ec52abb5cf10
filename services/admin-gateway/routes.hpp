#pragma once

#include "services/admin-gateway/role.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace millrace::admin {

/// What the API can be asked for (FACTS 6).
enum class action {
  batch_status,
  real_time,
  history,
  history_of,
  failed_to_push,
  scheduler_status,
  scheduler_toggle,
  trigger_sync,
  trigger_plc_sync,
  trigger_process_completed,
  retry_push,
  reset_batch,
  cancel_batch,
  set_aside,
  accept_value,
  mark_solved,
  clear_mo_batch,
  reset_task1_start,
  health,
  overview,
  line,
  batch_life,
  alerts,
  acknowledge_alert,
  trends,
  audit,
  history_csv,
  plc_memory,
  task_log,
  events,
  openapi,
  docs,
  docs_style,
  session,
  log_in,
  log_out,
  change_password,
  set_up,
  users,
  add_user,
  change_user,
  remove_user,
  tokens,
  add_token,
  remove_token,
  revoke_tokens,
  end_sessions
};

/// For logs and metrics.
std::string_view name_of(action what);

struct route {
  action what;
  /// Who may ask for it, at least.
  role needed;
  /// What the path ends with or has in its middle (/api/plc/{line}/memory): an
  /// order name, a batch number, a line, an alert, a user, a token's id.
  /// Decoded, not checked.
  std::string name;
};

/// The path is not one of ours (404), or not with this method (405).
struct no_route {
  int status = 404;
  /// 405: the methods that the path has, for the header Allow.
  std::string allow;
};

/// One row of the table of all routes, for documents and tests.
struct route_entry {
  std::string_view method;
  /// After "/api". One that ends in '/' goes on with a name; "{}" in the middle
  /// stands for one.
  std::string_view path;
  action what;
  role needed;
};
const std::vector<route_entry>& all_routes();

/// `raw_path` is undecoded and without query. An order name at its end may
/// contain slashes as they are or percent-encoded, once or (by a proxy) twice.
/// Paths are served with and without "/api", and with a slash at the end.
std::variant<route, no_route> route_for(std::string_view method,
                                        std::string_view raw_path);

/// "GET, POST"; empty when there is no such path.
std::string methods_of(std::string_view raw_path);

} // namespace millrace::admin
