#include "services/admin-gateway/documents.hpp"

#include "services/admin-gateway/docs_page.hpp"
#include "services/admin-gateway/openapi.hpp"

namespace millrace::admin {

namespace {

http::response document(std::string_view text, const char* content_type) {
  http::response answer;
  answer.body = text;
  answer.content_type = content_type;
  // They change with the program only, but then at once.
  answer.headers["cache-control"] = "no-cache";
  return answer;
}

} // namespace

http::response openapi_answer() {
  return document(openapi_text(), "application/json");
}

http::response docs_answer(bool as_folder) {
  static const auto page = docs_page(openapi_text(), "docs.css");
  static const auto folder = docs_page(openapi_text(), "../docs.css");
  auto answer = document(as_folder ? folder : page, "text/html; charset=utf-8");
  answer.headers["content-security-policy"]
    = "default-src 'none'; style-src 'self'; base-uri 'none'; "
      "form-action 'none'; frame-ancestors 'none'";
  return answer;
}

http::response docs_style_answer() {
  return document(docs_style_text(), "text/css; charset=utf-8");
}

} // namespace millrace::admin
