#include "services/admin-gateway/action_progress.hpp"

#include "common/http/request_id.hpp"
#include "common/telemetry/clock.hpp"

#include <nlohmann/json.hpp>

namespace millrace::admin {

namespace {

using nlohmann::json;

/// Comes from the path, unchecked.
constexpr std::size_t longest_about = 100;

void tell(event_stream& stream, const asked_action& what,
          const std::string& type, json data) {
  data["request_id"] = what.request_id;
  data["action"] = what.action;
  data["user"] = what.user;
  data["about"] = what.about.substr(0, longest_about);
  const auto id = http::random_request_id();
  const json event{{"specversion", "1.0"},
                   {"id", id},
                   {"source", "/admin-gateway"},
                   {"type", type},
                   {"time", format_utc(std::chrono::system_clock::now())},
                   {"datacontenttype", "application/json"},
                   {"correlationid", what.request_id},
                   {"data", std::move(data)}};
  stream.saw(type, id,
             event.dump(-1, ' ', false, json::error_handler_t::replace));
}

/// The envelope's, or nothing.
json message_of(const http::response& answer) {
  const auto body = json::parse(answer.sent_body(), nullptr, false);
  const auto found = body.is_object() ? body.find("message") : body.end();
  return found == body.end() ? json("") : *found;
}

} // namespace

http::responder with_progress(event_stream& stream, asked_action what,
                              http::responder respond) {
  tell(stream, what, "millrace.action.started.v1", json::object());
  return [&stream, what = std::move(what),
          respond = std::move(respond)](http::response answer) {
    tell(stream, what, "millrace.action.ended.v1",
         {{"status", answer.status}, {"message", message_of(answer)}});
    respond(std::move(answer));
  };
}

} // namespace millrace::admin
