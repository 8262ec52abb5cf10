#include "services/admin-gateway/answers.hpp"

#include <nlohmann/json.hpp>

namespace millrace::admin {

namespace {

constexpr auto retry_after_seconds = "5";

/// As a JSON string; what is no UTF-8 is replaced.
std::string in_quotes(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false,
                                   nlohmann::json::error_handler_t::replace);
}

http::response envelope(int status, std::string_view word,
                        std::string_view message, std::string_view data) {
  http::response answer;
  answer.status = status;
  answer.body
    = "{\"status\":" + in_quotes(word) + ",\"message\":" + in_quotes(message)
      + ",\"data\":" + std::string(data == "null" ? "{}" : data) + "}";
  answer.headers["cache-control"] = "no-store";
  return answer;
}

} // namespace

http::response success(std::string_view message, std::string_view data) {
  return envelope(200, "success", message, data);
}

http::response failure(int status, std::string_view message,
                       std::string_view data) {
  return envelope(status, "error", message, data);
}

http::response unavailable(std::string_view message, std::string_view data) {
  auto answer = failure(503, message, data);
  answer.headers["retry-after"] = retry_after_seconds;
  return answer;
}

http::response wrong_method(std::string_view allow) {
  auto answer = failure(405, "this path takes " + std::string(allow) + " only");
  answer.headers["allow"] = allow;
  return answer;
}

http::response from_result(const events::command_result& said,
                           int status_when_refused) {
  return said.ok ? success(said.message, said.data.text)
                 : failure(status_when_refused, said.message, said.data.text);
}

} // namespace millrace::admin
