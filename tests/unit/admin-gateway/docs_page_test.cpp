#include "services/admin-gateway/docs_page.hpp"
#include "services/admin-gateway/openapi.hpp"
#include "services/admin-gateway/schema_words.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace millrace::admin;
using nlohmann::ordered_json;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

std::string words(const char* schema) {
  return schema_words(ordered_json::parse(schema));
}

} // namespace

TEST_SUITE("docs page") {
  TEST_CASE("every call and every schema is on it") {
    const auto page = docs_page(openapi_text(), "docs.css");
    const auto document = ordered_json::parse(openapi_text());
    for (const auto& [path, methods] : document.at("paths").items())
      for (const auto& [method, operation] : methods.items())
        CHECK(has(page, "id=\"" + operation.at("operationId").get<std::string>()
                          + "\"><span class=\"method " + method));
    for (const auto& [name, schema] :
         document.at("components").at("schemas").items())
      CHECK(has(page, "<h3 id=\"schema-" + name + "\">"));
  }

  TEST_CASE("it needs nothing but its stylesheet") {
    const auto page = docs_page(openapi_text(), "docs.css");
    for (const auto* foreign :
         {"<script", "<style", "style=", "src=", "://", "onclick"}) {
      CAPTURE(foreign);
      CHECK_FALSE(has(page, foreign));
    }
    CHECK(has(page, "<link rel=\"stylesheet\" href=\"docs.css\">"));
  }

  TEST_CASE("texts of the document are text on the page") {
    const auto page = docs_page(R"({"info": {"title": "<b>&\"'"},
      "tags": [{"name": "\"><script>"}],
      "paths": {"/<i>": {"get": {"operationId": "a\"b", "tags": ["\"><script>"],
        "summary": "<u>", "x-role": "<s>",
        "parameters": [{"$ref": "#/components/parameters/p"}],
        "responses": {"200": {"description": "`<em>`"}}}}},
      "components": {"schemas": {},
        "parameters": {"p": {"name": "<p1>", "in": "query",
                             "schema": {"enum": ["<e>"]}}}}})",
                                "docs.css");
    for (const auto* raw : {"<b>&", "<script>", "/<i>", "a\"b", "<u>", "<s>",
                            "<em>", "<p1>", "<e>"}) {
      CAPTURE(raw);
      CHECK_FALSE(has(page, raw));
    }
    CHECK(has(page, "&lt;b&gt;&amp;&quot;&#39;"));
    CHECK(has(page, "<code>&lt;em&gt;</code>"));
    CHECK(has(page, "<code>&lt;e&gt;</code>"));
  }

  TEST_CASE("schemas in words") {
    CHECK(words(R"({"type": "string", "minLength": 1, "maxLength": 64})")
          == "text, 1 to 64 characters");
    CHECK(words(R"({"type": "integer", "minimum": 1, "default": 50})")
          == "whole number, at least 1, default <code>50</code>");
    CHECK(words(R"({"type": "number", "exclusiveMinimum": 0})")
          == "number, above 0");
    CHECK(words(R"({"type": ["string", "null"]})") == "text or null");
    CHECK(words(R"({"enum": ["a", "b"]})") == "<code>a</code>, <code>b</code>");
    CHECK(words(R"({"const": "error"})") == "<code>error</code>");
    CHECK(words(R"({"anyOf": [{"$ref": "#/components/schemas/Time"},
                              {"type": "null"}]})")
          == "<a href=\"#schema-Time\">Time</a> or null");
    CHECK(words(R"({"type": "array", "items": {"type": "boolean"},
                    "minItems": 10, "maxItems": 10})")
          == "list of true or false, 10 entries");
    CHECK(words(R"({"type": "object",
                    "additionalProperties": {"type": "integer"}})")
          == "object, each member whole number");
    CHECK(words("{}") == "anything");
  }

  TEST_CASE("marks") {
    CHECK(marked_up("`a**b` **c** <") == "<code>a**b</code> <b>c</b> &lt;");
    CHECK(marked_up("`open") == "<code>open</code>");
  }
}
