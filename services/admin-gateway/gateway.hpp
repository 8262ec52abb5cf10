#pragma once

#include "common/domain/result.hpp"
#include "common/events/messages.hpp"
#include "common/http/server.hpp"
#include "services/admin-gateway/picture.hpp"
#include "services/admin-gateway/routes.hpp"

#include <functional>
#include <string>
#include <vector>

namespace millrace::admin {

/// What others can be asked for. Each calls back exactly once, from any
/// thread, at the latest when its time is up.
struct asks {
  using answered = std::function<void(result<events::command_result>)>;

  std::function<bool()> connected;
  std::function<void(events::store_query, answered)> query;
  std::function<void(std::string mo_id, answered)> retry;
  std::function<void(events::batch_decide, answered)> decide;
  std::function<void(events::queue_clear, answered)> clear;
  std::function<void(std::string line, events::task_kind, answered)> trigger;
  std::function<void(bool enabled, answered)> toggle;
};

/// The admin API: turns requests into questions and their answers into
/// responses. Holds no data but what is retained. Thread safe; must outlive
/// the questions that are open.
class gateway {
public:
  gateway(std::vector<std::string> lines, asks others, const picture& known);

  void handle(http::request request, http::responder respond);

private:
  void serve(const route& to, const http::request& request,
             http::responder respond);
  void query(events::store_query what, int status_when_refused,
             http::responder respond);
  void history(const http::request& request, http::responder respond);
  void history_of(const std::string& mo_id, http::responder respond);
  void retry(const std::string& mo_id, http::responder respond);
  /// About the order or, with cancel, the batch number in the path.
  void decide(const route& to, const http::request& request,
              http::responder respond);
  void clear(bool withdraw, const http::request& request,
             http::responder respond);
  void toggle(const http::request& request, http::responder respond);
  void trigger(events::task_kind task, http::responder respond);
  /// True, and answered, when the service cannot be asked at all.
  bool refused(const std::string& service, const http::responder& respond);
  http::response silent(const std::string& service) const;
  asks::answered pass_on(const std::string& service, int status_when_refused,
                         http::responder respond) const;

  std::vector<std::string> lines_;
  asks others_;
  const picture& known_;
};

} // namespace millrace::admin
