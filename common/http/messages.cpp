#include "common/http/messages.hpp"

#include "common/http/field_text.hpp"
#include "common/http/url.hpp"

#include <boost/beast/http/error.hpp>

namespace millrace::http {

namespace {

namespace wire = boost::beast::http;

std::map<std::string, std::string> headers_of(const wire::fields& fields) {
  std::map<std::string, std::string> headers;
  for (const auto& field : fields) {
    const auto name = lower(view(field.name_string()));
    const auto value = view(field.value());
    const auto [at, is_new] = headers.try_emplace(name, value);
    if (!is_new)
      at->second.append(name == "cookie" ? "; " : ", ").append(value);
  }
  return headers;
}

} // namespace

response refusal(int status, const std::string& text) {
  return {status,
          R"({"status":"error","message":")" + text + R"(","data":{}})",
          "application/json",
          {}};
}

result<request> request_of(wire::request<wire::string_body> message,
                           const std::string& remote_address) {
  auto where = parse_target(view(message.target()));
  if (!where)
    return error{where.why()};
  request asked;
  asked.method = std::string(view(message.method_string()));
  asked.path = std::move(where->path);
  asked.raw_path = std::move(where->raw_path);
  asked.query = std::move(where->query);
  asked.headers = headers_of(message);
  asked.body = std::move(message.body());
  asked.remote_address = remote_address;
  return asked;
}

std::optional<reading_failure> wrong_with_reading(boost::system::error_code ec,
                                                  bool has_target) {
  using wire::error;
  if (ec == error::body_limit)
    return reading_failure{413, "the body is larger than allowed"};
  if (ec == error::header_limit)
    return has_target
             ? reading_failure{431, "the header is larger than allowed"}
             : reading_failure{414, "the request line is longer than allowed"};
  if (ec == error::buffer_overflow)
    return reading_failure{413,
                           "a chunk's extension or the trailer is too large"};
  if (ec == error::partial_message)
    return reading_failure{400, "the request is incomplete"};
  if (ec == error::end_of_stream
      || ec.category() != make_error_code(error::bad_method).category())
    return {};
  return reading_failure{400, "malformed request: " + ec.message()};
}

bool is_plainly_chunked(const wire::request<wire::string_body>& head) {
  constexpr auto coding = wire::field::transfer_encoding;
  return head.version() >= 11 && head.count(coding) == 1
         && lower(view(head[coding])) == "chunked";
}

void set_headers(wire::fields& fields, const response& answer) {
  for (const auto& [name, value] : answer.headers)
    if (is_token(name))
      fields.set(name, one_line(value));
  fields.set(wire::field::content_type, one_line(answer.content_type));
}

} // namespace millrace::http
