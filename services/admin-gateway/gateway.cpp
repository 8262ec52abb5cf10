#include "services/admin-gateway/gateway.hpp"

#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"
#include "services/admin-gateway/action_progress.hpp"
#include "services/admin-gateway/answers.hpp"
#include "services/admin-gateway/documents.hpp"
#include "services/admin-gateway/finishing.hpp"
#include "services/admin-gateway/history_export.hpp"
#include "services/admin-gateway/overview.hpp"
#include "services/admin-gateway/page_files.hpp"
#include "services/admin-gateway/paging.hpp"
#include "services/admin-gateway/parameters.hpp"
#include "services/admin-gateway/reports.hpp"
#include "services/admin-gateway/runs.hpp"

#include <memory>

namespace millrace::admin {

namespace {

using events::store_view;
using events::task_kind;

constexpr auto store = "batch-store";
constexpr auto scheduler = "scheduler";
constexpr auto plc = "plc-gateway";

events::decision decision_for(action what) {
  switch (what) {
  case action::cancel_batch:
    return events::decision::cancel;
  case action::set_aside:
    return events::decision::set_aside;
  case action::accept_value:
    return events::decision::accept;
  case action::mark_solved:
    return events::decision::mark_solved;
  default:
    return events::decision::reset;
  }
}

/// The decision that a request asks for, or what is wrong with a parameter.
result<events::batch_decide>
decision_wish(const route& to, const http::request& request,
              const std::vector<std::string>& lines) {
  const auto said = decision_of(request, lines);
  if (!said)
    return error{said.why()};
  events::batch_decide wish;
  wish.action = decision_for(to.what);
  wish.notes = said->notes;
  wish.user = said->user;
  wish.line = said->line;
  if (to.what == action::cancel_batch) {
    const auto number = check_batch_no(to.name);
    if (!number)
      return error{number.why()};
    wish.batch_no = *number;
    return wish;
  }
  const auto name = check_mo_id(to.name);
  if (!name)
    return error{name.why()};
  wish.mo_id = *name;
  if (to.what == action::reset_batch) {
    const auto push = push_to_plc(request.query);
    if (!push)
      return error{push.why()};
    if (*push)
      wish.action = events::decision::reset_and_write;
  }
  return wish;
}

/// Data of a refusal: what was asked about does not exist.
constexpr auto not_found = R"({"not_found":true})";

events::store_query view(store_view what) {
  events::store_query query;
  query.view = what;
  return query;
}

/// The answer, counted on its way out.
http::responder counted(std::string_view what, http::responder respond) {
  const auto asked = std::chrono::steady_clock::now();
  return [what, asked, respond = std::move(respond)](http::response answer) {
    metrics::count("millrace_admin_requests_total",
                   "Requests to the admin API that were answered",
                   {{"action", what}, {"code", std::to_string(answer.status)}});
    metrics::observe("millrace_admin_request_seconds",
                     "From a request to its answer; of streams, to their begin",
                     std::chrono::steady_clock::now() - asked,
                     {{"action", what}});
    respond(std::move(answer));
  };
}

std::string request_id(const http::request& request) {
  const auto found = request.headers.find("x-request-id");
  return found == request.headers.end() ? std::string{} : found->second;
}

/// Whose Idempotency-Keys these are: the door has written down who came.
std::string caller_of(const http::request& request) {
  const auto found = request.headers.find("x-user");
  return found == request.headers.end() ? std::string{} : found->second;
}

/// Views that take no parameters and that pages and scripts ask for all the
/// time.
bool is_watched(action what) {
  return what == action::batch_status || what == action::real_time
         || what == action::failed_to_push || what == action::overview;
}

void log_request(const http::request& request, action what) {
  const auto level
    = request.method == "GET" ? log::level::debug : log::level::info;
  if (!log::wants(level))
    return; // before its texts are made
  log::write(level, "admin.request",
             {{"action", name_of(what)},
              {"from", request.remote_address},
              {"request", request_id(request)}});
}

http::response answer_of(const page_file& file) {
  http::response answer;
  answer.body = file.content;
  answer.content_type = file.content_type;
  answer.headers["etag"] = file.etag;
  answer.headers["cache-control"]
    = file.immutable ? "public, max-age=31536000, immutable" : "no-cache";
  return answer;
}

} // namespace

std::string methods_at(std::string_view raw_path) {
  return find_page_file(raw_path) ? "GET" : methods_of(raw_path);
}

gateway::gateway(std::vector<std::string> lines, asks others,
                 const picture& known, event_stream& stream,
                 const task_log& runs, access::door& entrance)
  : lines_(std::move(lines)), others_(std::move(others)), known_(known),
    stream_(stream), runs_(runs), entrance_(entrance) {
}

void gateway::handle(http::request request, http::responder respond) {
  if (const auto* file = find_page_file(request.path))
    return page(*file, request, counted("page", std::move(respond)));
  const auto to = route_for(request.method, request.raw_path);
  if (const auto* none = std::get_if<no_route>(&to)) {
    const auto answer = counted("none", std::move(respond));
    return answer(none->status == 405
                    ? wrong_method(none->allow)
                    : failure(404, "there is no such path in this API"));
  }
  const auto& found = std::get<route>(to);
  log_request(request, found.what);
  auto answer = counted(name_of(found.what), std::move(respond));
  auto allowed = entrance_.admit(found, request);
  if (auto* refusal = std::get_if<http::response>(&allowed))
    return answer(std::move(*refusal));
  const auto& who = std::get<access::caller>(allowed);
  if (access::door::serves(found.what))
    return entrance_.serve(found, request, who, std::move(answer));
  // Whoever had to say who they are has said it to the door.
  if (who.came_as != access::way_in::open)
    request.headers["x-user"] = who.said_name();
  if (auto once = kept_.admit(request, caller_of(request), std::move(answer)))
    serve_fresh(found, request, std::move(*once));
}

void gateway::page(const page_file& file, const http::request& request,
                   http::responder respond) {
  if (request.method != "GET")
    return respond(wrong_method("GET"));
  fresh_.give(
    request.path, accepts_gzip(request),
    [&](const http::responder& once) { once(answer_of(file)); },
    std::move(respond));
}

void gateway::serve_fresh(const route& to, const http::request& request,
                          http::responder respond) {
  if (request.method != "GET")
    return serve(to, request,
                 with_progress(
                   stream_,
                   {request_id(request), std::string(name_of(to.what)),
                    caller_of(request), to.name},
                   [this, respond = std::move(respond)](http::response answer) {
                     fresh_.drop();
                     respond(std::move(answer));
                   }));
  if (!is_watched(to.what))
    return serve(to, request, std::move(respond));
  fresh_.give(
    std::string{name_of(to.what)}, accepts_gzip(request),
    [&](http::responder once) { serve(to, request, std::move(once)); },
    std::move(respond));
}

void gateway::serve(const route& to, const http::request& request,
                    http::responder respond) {
  switch (to.what) {
  case action::batch_status:
    return query(view(store_view::batch_status), 409, std::move(respond));
  case action::real_time:
    return query(view(store_view::real_time), 409, std::move(respond));
  case action::failed_to_push:
    return query(view(store_view::failed_to_push), 409, std::move(respond));
  case action::alerts:
    return query(view(store_view::alerts), 409, std::move(respond));
  case action::history:
    return paged(store_view::history, request, std::move(respond));
  case action::audit:
    return paged(store_view::audit, request, std::move(respond));
  case action::trends:
    return paged(store_view::trends, request, std::move(respond));
  case action::history_of:
    return of_order(store_view::history_of, to.name, std::move(respond));
  case action::batch_life:
    return of_order(store_view::batch_life, to.name, std::move(respond));
  case action::line:
    return line(to.name, std::move(respond));
  case action::overview:
    return overview(std::move(respond));
  case action::history_csv:
    return history_csv(request, std::move(respond));
  case action::plc_memory:
    return plc_memory(to.name, request, std::move(respond));
  case action::task_log:
    return task_runs(request, std::move(respond));
  case action::events:
    return listen(request, std::move(respond));
  case action::retry_push:
    return retry(to.name, request, std::move(respond));
  case action::reset_batch:
  case action::cancel_batch:
  case action::set_aside:
  case action::accept_value:
  case action::mark_solved:
    return decide(to, request, std::move(respond));
  case action::acknowledge_alert:
    return acknowledge(to.name, request, std::move(respond));
  case action::clear_mo_batch:
    return clear(false, request, std::move(respond));
  case action::reset_task1_start:
    return clear(true, request, std::move(respond));
  case action::trigger_sync:
    return trigger(task_kind::sync_mo, std::move(respond));
  case action::trigger_plc_sync:
    return trigger(task_kind::plc_read, std::move(respond));
  case action::trigger_process_completed:
    return trigger(task_kind::process_completed, std::move(respond));
  case action::scheduler_toggle:
    return toggle(request, std::move(respond));
  case action::scheduler_status:
    return respond(scheduler_status(known_.now()));
  case action::health:
    return respond(health(known_.now(), others_.connected()));
  case action::openapi:
    return respond(openapi_answer());
  case action::docs:
    return respond(docs_answer(request.raw_path.ends_with('/')));
  case action::docs_style:
    return respond(docs_style_answer());
  default: // the door serves the rest
    return respond(failure(500, "nobody serves this call"));
  }
}

void gateway::paged(store_view what, const http::request& request,
                    http::responder respond) {
  auto wish = page_query(what, request.query, lines_);
  if (!wish)
    return respond(failure(400, wish.why()));
  if (refused(store, respond))
    return;
  const auto query = *wish;
  others_.query(std::move(*wish),
                pass_on(store, 400,
                        [request, query,
                         respond = std::move(respond)](http::response answer) {
                          link_pages(answer, request, query);
                          respond(std::move(answer));
                        }));
}

void gateway::of_order(store_view what, const std::string& mo_id,
                       http::responder respond) {
  auto name = check_mo_id(mo_id);
  if (!name)
    return respond(failure(400, name.why()));
  auto wish = view(what);
  wish.mo_id = std::move(*name);
  query(std::move(wish), 404, std::move(respond));
}

void gateway::line(const std::string& code, http::responder respond) {
  if (const auto known = check_line(code, lines_); !known)
    return respond(failure(404, known.why()));
  auto wish = view(store_view::line);
  wish.line = code;
  query(std::move(wish), 404, std::move(respond));
}

void gateway::overview(http::responder respond) {
  const auto known = known_.now();
  const bool connected = others_.connected();
  if (!connected || !known.online(store))
    return respond(overview_without_store(known, connected, lines_,
                                          why_silent(known, connected, store)));
  others_.query(view(store_view::batch_status),
                [this, known, respond = std::move(respond)](
                  const result<events::command_result>& batches) {
                  if (!batches || !batches->ok)
                    return respond(overview_without_store(
                      known, others_.connected(), lines_,
                      why_silent(known, others_.connected(), store)));
                  others_.query(
                    view(store_view::alerts),
                    [this, known, batches = *batches,
                     respond](const result<events::command_result>& alerts) {
                      respond(overview_of(known, lines_, batches, alerts));
                    });
                });
}

void gateway::history_csv(const http::request& request,
                          http::responder respond) {
  const auto separator = csv_separator(request.query);
  if (!separator)
    return respond(failure(400, separator.why()));
  auto wish = page_query(store_view::history, request.query, lines_);
  if (!wish)
    return respond(failure(400, wish.why()));
  if (!refused(store, respond))
    export_history(others_.query, std::move(*wish), *separator,
                   std::move(respond));
}

void gateway::plc_memory(const std::string& line, const http::request& request,
                         http::responder respond) {
  if (const auto known = check_line(line, lines_); !known)
    return respond(failure(404, known.why()));
  const auto area = plc_area_of(request.query);
  if (!area)
    return respond(failure(400, area.why()));
  if (!refused(plc, respond))
    others_.inspect({line, *area}, pass_on(plc, 502, std::move(respond)));
}

void gateway::task_runs(const http::request& request, http::responder respond) {
  const auto limit = limit_of(request.query);
  if (!limit)
    return respond(failure(400, limit.why()));
  respond(success("how the last runs of the tasks ended",
                  runs_.newest(static_cast<std::size_t>(*limit))));
}

void gateway::listen(const http::request& request, http::responder respond) {
  const auto last = request.headers.find("last-event-id");
  http::response answer;
  answer.content_type = "text/event-stream";
  answer.headers["cache-control"] = "no-store";
  // nginx holds answers back otherwise.
  answer.headers["x-accel-buffering"] = "no";
  answer.opened
    = [this, request, id = last == request.headers.end() ? "" : last->second](
        const std::shared_ptr<http::outflow>& out) {
        // Whose session has ended hears no more.
        stream_.listen(id, [this, request, out](std::string piece) {
          return entrance_.still_admits(role::viewer, request)
                 && out->send(std::move(piece));
        });
      };
  respond(std::move(answer));
}

void gateway::query(events::store_query what, int status_when_refused,
                    http::responder respond) {
  if (!refused(store, respond))
    others_.query(std::move(what),
                  pass_on(store, status_when_refused, std::move(respond)));
}

void gateway::retry(const std::string& mo_id, const http::request& request,
                    http::responder respond) {
  auto name = check_mo_id(mo_id);
  if (!name)
    return respond(failure(400, name.why()));
  const auto said = decision_of(request, lines_);
  if (!said)
    return respond(failure(400, said.why()));
  if (!refused(store, respond))
    others_.retry({std::move(*name), said->notes, said->user},
                  pass_on(store, 409, std::move(respond)));
}

void gateway::decide(const route& to, const http::request& request,
                     http::responder respond) {
  auto wish = decision_wish(to, request, lines_);
  if (!wish)
    return respond(failure(400, wish.why()));
  if (!refused(store, respond))
    others_.decide(std::move(*wish), pass_on(store, 409, std::move(respond)));
}

void gateway::acknowledge(const std::string& alert_id,
                          const http::request& request,
                          http::responder respond) {
  auto id = check_alert_id(alert_id);
  if (!id)
    return respond(failure(400, id.why()));
  const auto said = decision_of(request, lines_);
  if (!said)
    return respond(failure(400, said.why()));
  if (!refused(store, respond))
    others_.acknowledge({std::move(*id), said->notes, said->user},
                        pass_on(store, 409, std::move(respond)));
}

void gateway::clear(bool withdraw, const http::request& request,
                    http::responder respond) {
  const auto said = decision_of(request, lines_);
  if (!said)
    return respond(failure(400, said.why()));
  if (refused(store, respond) || (withdraw && refused(plc, respond)))
    return;
  const auto lines = said->line ? std::vector{*said->line} : lines_;
  auto answers = std::make_shared<gathered_runs>(
    lines.size(), std::move(respond), clears_response);
  for (const auto& line : lines)
    others_.clear({line, withdraw, said->notes, said->user},
                  [answers, line](result<events::command_result> answer) {
                    answers->answer(line, std::move(answer));
                  });
}

void gateway::toggle(const http::request& request, http::responder respond) {
  const auto enabled = toggle_body(request.body);
  if (!enabled)
    return respond(failure(400, enabled.why()));
  if (!refused(scheduler, respond))
    others_.toggle(*enabled, pass_on(scheduler, 409, std::move(respond)));
}

void gateway::trigger(task_kind task, http::responder respond) {
  // The scheduler would wait for batch-store longer than people do.
  if (refused(scheduler, respond) || refused(store, respond))
    return;
  auto runs
    = std::make_shared<gathered_runs>(lines_.size(), std::move(respond));
  for (const auto& line : lines_)
    others_.trigger(line, task,
                    [runs, line](result<events::command_result> said) {
                      runs->answer(line, std::move(said));
                    });
}

bool gateway::refused(const std::string& service,
                      const http::responder& respond) {
  // A command to one that has not reported yet reaches nobody: whoever asks
  // would wait for the whole time-out.
  if (others_.connected() && known_.now().online(service))
    return false;
  respond(silent(service));
  return true;
}

http::response gateway::silent(const std::string& service) const {
  return unavailable(why_silent(known_.now(), others_.connected(), service));
}

asks::answered gateway::pass_on(const std::string& service,
                                int status_when_refused,
                                http::responder respond) const {
  return [this, service, status_when_refused,
          respond = std::move(respond)](result<events::command_result> said) {
    if (!said)
      return respond(silent(service));
    const bool unknown = !said->ok && said->data.text == not_found;
    respond(from_result(*said, unknown ? 404 : status_when_refused));
  };
}

} // namespace millrace::admin
