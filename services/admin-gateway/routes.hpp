#pragma once

#include <string>
#include <string_view>
#include <variant>

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
  health
};

/// For logs and metrics.
std::string_view name_of(action what);

struct route {
  action what;
  /// Order name (of cancel_batch the batch number), decoded; only where the
  /// path has one. Not checked.
  std::string mo_id;
};

/// The path is not one of ours (404), or not with this method (405).
struct no_route {
  int status = 404;
  /// 405: the methods that the path has, for the header Allow.
  std::string allow;
};

/// `raw_path` is undecoded and without query. The order name at its end may
/// contain slashes as they are or percent-encoded, once or (by a proxy) twice.
/// Paths are served with and without "/api", and with a slash at the end.
std::variant<route, no_route> route_for(std::string_view method,
                                        std::string_view raw_path);

} // namespace millrace::admin
