#include "services/admin-gateway/runs.hpp"

#include "services/admin-gateway/answers.hpp"

#include <nlohmann/json.hpp>

namespace millrace::admin {

namespace {

using nlohmann::json;
using run_answer = result<events::command_result>;

/// Of the scheduler's own words; anything else counts as nothing.
json member(const json& data, const char* name) {
  const auto found = data.is_object() ? data.find(name) : data.end();
  return data.is_object() && found != data.end() ? *found : json(nullptr);
}

json run_json(const std::string& line, const run_answer& said) {
  if (!said)
    return {{"line", line},
            {"ok", false},
            {"message", said.why()},
            {"outcome", nullptr},
            {"tick_id", nullptr}};
  const auto data = json::parse(said->data.text, nullptr, false);
  return {{"line", line},
          {"ok", said->ok},
          {"message", said->message},
          {"outcome", member(data, "outcome")},
          {"tick_id", member(data, "tick_id")}};
}

std::string words(const std::string& line, const run_answer& said) {
  return line + ": " + (said ? said->message : said.why());
}

} // namespace

http::response runs_response(const run_answers& answers) {
  json runs = json::array();
  std::string message;
  bool silent = false, failed = false;
  for (const auto& [line, said] : answers) {
    runs.push_back(run_json(line, said));
    message += (message.empty() ? "" : "; ") + words(line, said);
    silent = silent || !said;
    failed = failed || (said && !said->ok);
  }
  const auto data
    = json{{"runs", runs}}.dump(-1, ' ', false, json::error_handler_t::replace);
  if (silent)
    return unavailable(message, data);
  if (failed)
    return failure(502, message, data);
  return success(message, data);
}

http::response clears_response(const run_answers& answers) {
  json lines = json::array();
  std::string message;
  int deleted = 0;
  bool silent = false, refused = false;
  for (const auto& [line, said] : answers) {
    const auto data
      = said ? json::parse(said->data.text, nullptr, false) : json(nullptr);
    json one = data.is_object() ? data : json::object();
    const auto count = member(one, "deleted_count");
    deleted += count.is_number_integer() ? count.get<int>() : 0;
    one["line"] = line;
    one["ok"] = said && said->ok;
    lines.push_back(std::move(one));
    message += (message.empty() ? "" : "; ") + words(line, said);
    silent = silent || !said;
    refused = refused || (said && !said->ok);
  }
  const auto data = json{{"deleted_count", deleted}, {"lines", lines}}.dump(
    -1, ' ', false, json::error_handler_t::replace);
  if (silent)
    return unavailable(message, data);
  if (refused)
    return failure(409, message, data);
  return success(message, data);
}

gathered_runs::gathered_runs(std::size_t expected, http::responder respond,
                             wording words)
  : expected_(expected), respond_(std::move(respond)),
    words_(std::move(words)) {
}

void gathered_runs::answer(const std::string& line, run_answer said) {
  {
    const std::lock_guard lock{mutex_};
    answers_.emplace(line, std::move(said));
    if (answers_.size() != expected_)
      return;
  }
  respond_(words_(answers_));
}

} // namespace millrace::admin
