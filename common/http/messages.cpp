#include "common/http/messages.hpp"

#include "common/http/field_text.hpp"
#include "common/http/url.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>

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

void add_field(std::string& head, std::string_view name,
               std::string_view value) {
  head.append(name).append(": ");
  add_in_one_line(head, value);
  head.append("\r\n");
}

} // namespace

response refusal(int status, const std::string& text) {
  return {status,
          R"({"status":"error","message":")" + text + R"(","data":{}})",
          "application/json",
          {{"cache-control", "no-store"}}};
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

std::vector<standing_header>
standing_headers(const std::map<std::string, std::string>& headers) {
  std::vector<standing_header> standing;
  for (const auto& [name, value] : headers)
    if (is_token(name))
      add_field(standing.emplace_back(standing_header{name, {}}).line, name,
                value);
  return standing;
}

std::string head_of(const response& answer,
                    const std::vector<standing_header>& standing,
                    const framing& how) {
  std::string head;
  head.reserve(1024);
  head.append(how.version >= 11 ? "HTTP/1.1 " : "HTTP/1.0 ")
    .append(std::to_string(answer.status))
    .append(" ")
    .append(
      view(wire::obsolete_reason(static_cast<wire::status>(answer.status))))
    .append("\r\n");
  for (const auto& [name, value] : answer.headers)
    if (is_token(name))
      add_field(head, name, value);
  auto own = answer.headers.begin(); // both in the order of their names
  for (const auto& [name, line] : standing) {
    while (own != answer.headers.end() && own->first < name)
      ++own;
    if (own == answer.headers.end() || own->first != name)
      head.append(line);
  }
  add_field(head, "x-request-id", how.request_id);
  if (!how.no_body) {
    add_field(head, "Content-Type", answer.content_type);
    if (how.length)
      add_field(head, "Content-Length", std::to_string(*how.length));
    else if (how.version >= 11)
      add_field(head, "Transfer-Encoding", "chunked");
  }
  // What each version does when nothing is said (RFC 9112 9.3).
  if (how.keep_alive != (how.version >= 11))
    add_field(head, "Connection", how.keep_alive ? "keep-alive" : "close");
  return head.append("\r\n");
}

} // namespace millrace::http
