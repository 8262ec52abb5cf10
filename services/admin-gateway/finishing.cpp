#include "services/admin-gateway/finishing.hpp"

#include "services/admin-gateway/compression.hpp"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace millrace::admin {

namespace {

constexpr std::size_t smallest_compressed = 1024;

constexpr auto content_security_policy
  = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
    "data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

std::string header(const http::request& request, const char* name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string{} : found->second;
}

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t");
  if (from == text.npos)
    return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = text.find(by);
    parts.push_back(trimmed(text.substr(0, end)));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return parts;
}

/// The weight that a list like Accept gives to a member named exactly so; none
/// when it does not name it.
std::optional<double> weight_of(std::string_view list, std::string_view name) {
  for (const auto member : split(list, ',')) {
    const auto parts = split(member, ';');
    if (parts.empty() || parts.front() != name)
      continue;
    double weight = 1;
    for (const auto part : parts)
      if (part.starts_with("q=") || part.starts_with("Q="))
        if (std::from_chars(part.data() + 2, part.data() + part.size(), weight)
              .ec
            != std::errc{})
          weight = 0;
    return weight;
  }
  return {};
}

bool prefers_problem(std::string_view accept) {
  constexpr std::string_view problem_type = "application/problem+json";
  if (accept.find(problem_type) == accept.npos)
    return false; // nearly all: the rest is for those few
  const auto problem = weight_of(accept, problem_type);
  const auto plain = weight_of(accept, "application/json");
  return problem.value_or(0) > 0 && *problem >= plain.value_or(0);
}

std::string hex(const unsigned char* bytes, std::size_t size) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text(2 * size, '0');
  for (std::size_t i = 0; i < size; ++i) {
    text[2 * i] = digits[bytes[i] >> 4U];
    text[2 * i + 1] = digits[bytes[i] & 15U];
  }
  return text;
}

/// 128 bits of the body's SHA-256.
std::string tag_of(std::string_view body) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  EVP_Digest(body.data(), body.size(), digest.data(), nullptr, EVP_sha256(),
             nullptr);
  return hex(digest.data(), 16);
}

bool is_compressible(std::string_view type) {
  return type.starts_with("text/") || type.find("json") != type.npos
         || type.find("javascript") != type.npos
         || type.find("xml") != type.npos;
}

/// If-None-Match compares weakly (RFC 9110 13.1.2).
bool names(std::string_view known_tags, std::string_view tag) {
  const auto all = split(known_tags, ',');
  return std::any_of(all.begin(), all.end(), [&](std::string_view one) {
    if (one.starts_with("W/"))
      one.remove_prefix(2);
    return one == "*" || one == tag;
  });
}

void add_to_list(http::response& answer, const std::string& name,
                 std::string_view value) {
  auto& list = answer.headers[name];
  list += (list.empty() ? "" : ", ") + std::string(value);
}

void add_cors(http::response& answer, const std::string& origin) {
  if (origin.empty())
    return;
  answer.headers["access-control-allow-origin"] = origin;
  answer.headers["access-control-expose-headers"]
    = "ETag, Idempotency-Replayed, Link, Retry-After, X-Request-Id";
}

std::string title_of(int status) {
  switch (status) {
  case 400:
    return "Bad Request";
  case 401:
    return "Unauthorized";
  case 403:
    return "Forbidden";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 409:
    return "Conflict";
  case 422:
    return "Unprocessable Content";
  case 429:
    return "Too Many Requests";
  case 501:
    return "Not Implemented";
  case 503:
    return "Service Unavailable";
  default:
    return status < 500 ? "Request refused" : "Server error";
  }
}

/// The envelope as RFC 9457 has it; what is none stays as it is.
void as_problem(http::response& answer, const std::string& request_id) {
  const auto envelope
    = nlohmann::json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
  if (!envelope.is_object() || !envelope.contains("message"))
    return;
  const nlohmann::json problem{
    {"type", "about:blank"},
    {"title", title_of(answer.status)},
    {"status", answer.status},
    {"detail", envelope["message"]},
    {"instance", "urn:request:" + request_id},
    {"data", envelope.value("data", nlohmann::json{})}};
  answer.body
    = problem.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  answer.content_type = "application/problem+json";
}

bool is_origin(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (text.starts_with(scheme)) {
      const auto host = text.substr(scheme.size());
      return !host.empty()
             && std::all_of(host.begin(), host.end(), [](unsigned char c) {
                  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
                         || c == '.' || c == '-' || c == ':' || c == '['
                         || c == ']';
                });
    }
  return false;
}

/// What OPTIONS and Allow say of a path with these methods.
std::string with_implied(std::string_view methods) {
  std::string all{methods};
  const auto parts = split(methods, ',');
  if (std::find(parts.begin(), parts.end(), "GET") != parts.end())
    all += ", HEAD";
  return all + ", OPTIONS";
}

} // namespace

std::map<std::string, std::string> security_headers(bool tls) {
  std::map<std::string, std::string> headers{
    {"content-security-policy", content_security_policy},
    {"x-content-type-options", "nosniff"},
    {"referrer-policy", "no-referrer"},
    {"cross-origin-opener-policy", "same-origin"},
    // CORS has its own say; this is for <img>, <script> and the like.
    {"cross-origin-resource-policy", "same-origin"},
    {"permissions-policy",
     "camera=(), geolocation=(), microphone=(), payment=(), usb=()"}};
  if (tls)
    headers.emplace("strict-transport-security", "max-age=31536000");
  return headers;
}

bool accepts_gzip(const http::request& request) {
  const auto encodings = header(request, "accept-encoding");
  auto weight = weight_of(encodings, "gzip");
  if (!weight)
    weight = weight_of(encodings, "*");
  return weight.value_or(0) > 0;
}

wishes wishes_of(const http::request& request,
                 const finishing_options& options) {
  wishes of;
  of.method = request.method;
  of.known_tags = header(request, "if-none-match");
  const auto origin = header(request, "origin");
  const auto& allowed = options.cors_origins;
  if (std::find(allowed.begin(), allowed.end(), origin) != allowed.end())
    of.origin = origin;
  of.gzip = accepts_gzip(request);
  if (prefers_problem(header(request, "accept")))
    of.problem_about = header(request, "x-request-id");
  return of;
}

void represent(http::response& answer, bool gzip) {
  auto& headers = answer.headers;
  if (answer.opened || answer.shared_body || answer.body.empty()
      || headers.contains("content-encoding") || headers.contains("vary"))
    return;
  auto tag = headers.find("etag");
  if (answer.status == 200 && tag == headers.end())
    tag = headers.emplace("etag", '"' + tag_of(answer.body) + '"').first;
  if (answer.body.size() <= smallest_compressed
      || !is_compressible(answer.content_type))
    return;
  headers["vary"] = "Accept-Encoding";
  if (!gzip)
    return;
  answer.body = gzipped(answer.body);
  headers["content-encoding"] = "gzip";
  if (tag != headers.end()) // other bytes, other strong tag
    tag->second.insert(tag->second.size() - 1, "-gzip");
}

http::response finish(const wishes& of, http::response answer,
                      const finishing_options& options) {
  if (answer.status >= 400 && of.problem_about)
    as_problem(answer, *of.problem_about);
  represent(answer, of.gzip);
  const auto tag = answer.headers.find("etag");
  if (answer.status == 200 && of.method == "GET" && !of.known_tags.empty()
      && tag != answer.headers.end() && names(of.known_tags, tag->second)) {
    answer.status = 304;
    answer.body.clear();
    answer.shared_body = nullptr;
    answer.headers.erase("content-encoding");
  }
  if (const auto allow = answer.headers.find("allow");
      allow != answer.headers.end() && answer.status == 405)
    allow->second = with_implied(allow->second);
  if (!options.cors_origins.empty())
    add_to_list(answer, "vary", "Origin");
  add_cors(answer, of.origin);
  return answer;
}

http::response options_answer(std::string_view methods, const wishes& of) {
  http::response answer;
  answer.status = 204;
  const auto all = with_implied(methods);
  answer.headers["allow"] = all;
  if (!of.origin.empty()) {
    answer.headers["access-control-allow-methods"] = all;
    answer.headers["access-control-allow-headers"]
      = "Authorization, Content-Type, Idempotency-Key, If-None-Match, "
        "Last-Event-ID, X-CSRF-Token, X-Request-Id, X-User";
    answer.headers["access-control-max-age"] = "600";
  }
  return answer;
}

std::vector<std::string> origins_in(std::string_view text) {
  const auto parts = split(text, ',');
  return {parts.begin(), parts.end()};
}

result<std::string> check_origins(std::string_view text) {
  for (const auto& one : origins_in(text))
    if (!is_origin(one))
      return error{"'" + one
                   + "' is no origin (http:// or https://, host in lower case, "
                     "perhaps :port, nothing behind it)"};
  return std::string{text};
}

http::handler
finished(http::handler handle, finishing_options options,
         std::function<std::string(std::string_view raw_path)> methods_of) {
  return
    [handle = std::move(handle),
     options = std::make_shared<const finishing_options>(std::move(options)),
     methods_of = std::move(methods_of)](http::request request,
                                         http::responder respond) {
      if (request.method == "HEAD") // the server drops the body
        request.method = "GET";
      auto of = wishes_of(request, *options);
      if (request.method == "OPTIONS")
        if (const auto methods = methods_of(request.raw_path); !methods.empty())
          return respond(finish(of, options_answer(methods, of), *options));
      handle(std::move(request),
             [of = std::move(of), options,
              respond = std::move(respond)](http::response answer) {
               respond(finish(of, std::move(answer), *options));
             });
    };
}

} // namespace millrace::admin
