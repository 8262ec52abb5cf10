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

gathered_runs::gathered_runs(std::size_t expected, http::responder respond)
  : expected_(expected), respond_(std::move(respond)) {
}

void gathered_runs::answer(const std::string& line, run_answer said) {
  {
    const std::lock_guard lock{mutex_};
    answers_.emplace(line, std::move(said));
    if (answers_.size() != expected_)
      return;
  }
  respond_(runs_response(answers_));
}

} // namespace millrace::admin
