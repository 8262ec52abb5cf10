#pragma once

#include "common/domain/result.hpp"
#include "common/events/messages.hpp"
#include "common/http/server.hpp"
#include "services/admin-gateway/access/door.hpp"
#include "services/admin-gateway/asks.hpp"
#include "services/admin-gateway/event_stream.hpp"
#include "services/admin-gateway/fresh_answers.hpp"
#include "services/admin-gateway/idempotency.hpp"
#include "services/admin-gateway/page_files.hpp"
#include "services/admin-gateway/picture.hpp"
#include "services/admin-gateway/routes.hpp"
#include "services/admin-gateway/task_log.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::admin {

/// Methods ("GET, POST") of a path of the API or of a file of the page; empty
/// where there is nothing.
std::string methods_at(std::string_view raw_path);

/// The admin API: turns requests into questions and their answers into
/// responses. Holds no data but what was heard. Thread safe; must outlive the
/// questions that are open.
class gateway {
public:
  gateway(std::vector<std::string> lines, asks others, const picture& known,
          event_stream& stream, const task_log& runs, access::door& entrance);

  void handle(http::request request, http::responder respond);
  /// An event was heard: what was read before it is old. From any thread.
  void something_changed() {
    fresh_.drop();
  }

private:
  void serve(const route& to, const http::request& request,
             http::responder respond);
  void page(const page_file& file, const http::request& request,
            http::responder respond);
  /// From fresh_, if it is one of the views that everybody watches.
  void serve_fresh(const route& to, const http::request& request,
                   http::responder respond);
  void query(events::store_query what, int status_when_refused,
             http::responder respond);
  /// A view that knows pages and filters.
  void paged(events::store_view what, const http::request& request,
             http::responder respond);
  /// A view of one order.
  void of_order(events::store_view what, const std::string& mo_id,
                http::responder respond);
  void line(const std::string& code, http::responder respond);
  void overview(http::responder respond);
  void history_csv(const http::request& request, http::responder respond);
  void plc_memory(const std::string& line, const http::request& request,
                  http::responder respond);
  void task_runs(const http::request& request, http::responder respond);
  void listen(const http::request& request, http::responder respond);
  void retry(const std::string& mo_id, const http::request& request,
             http::responder respond);
  /// About the order or, with cancel, the batch number in the path.
  void decide(const route& to, const http::request& request,
              http::responder respond);
  void acknowledge(const std::string& alert_id, const http::request& request,
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
  event_stream& stream_;
  const task_log& runs_;
  access::door& entrance_;
  kept_answers kept_;
  fresh_answers fresh_;
};

} // namespace millrace::admin
