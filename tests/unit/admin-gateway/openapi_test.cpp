// Does the document tell of exactly the routes that there are?

#include "services/admin-gateway/documents.hpp"
#include "services/admin-gateway/openapi.hpp"
#include "services/admin-gateway/routes.hpp"
#include "tests/folders.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

using namespace millrace::admin;
using nlohmann::json;

namespace {

std::string file_text(const std::string& path) {
  std::ifstream file{millrace::test::source_folder() + "/" + path};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// "GET /api/lines/{} viewer"
using calls = std::set<std::string>;

calls calls_of_the_table() {
  calls all;
  for (const auto& one : all_routes())
    all.insert(std::string(one.method) + " /api" + std::string(one.path)
               + (one.path.ends_with('/') ? "{} " : " ")
               + std::string(name_of(one.needed)));
  return all;
}

calls calls_of_the_document() {
  calls all;
  const auto document = json::parse(openapi_text());
  for (const auto& [path, methods] : document.at("paths").items())
    for (const auto& [method, operation] : methods.items()) {
      std::string verb = method;
      std::transform(verb.begin(), verb.end(), verb.begin(),
                     [](char c) { return static_cast<char>(c - 'a' + 'A'); });
      all.insert(verb + " "
                 + std::regex_replace(path, std::regex{R"(\{\w+\})"}, "{}")
                 + " " + operation.at("x-role").get<std::string>());
    }
  return all;
}

calls without(const calls& some, const calls& others) {
  calls left;
  std::set_difference(some.begin(), some.end(), others.begin(), others.end(),
                      std::inserter(left, left.end()));
  return left;
}

} // namespace

TEST_SUITE("openapi") {
  TEST_CASE("the document is compiled in as it is") {
    CHECK(openapi_text() == file_text("proto/openapi.json"));
    CHECK(docs_style_text() == file_text("services/admin-gateway/docs.css"));
  }

  TEST_CASE("it has each route with its method and role, and no other") {
    CHECK(without(calls_of_the_table(), calls_of_the_document()) == calls{});
    CHECK(without(calls_of_the_document(), calls_of_the_table()) == calls{});
    CHECK(calls_of_the_document().size() == all_routes().size());
  }

  TEST_CASE("the answers say what they are") {
    CHECK(openapi_answer().content_type == "application/json");
    CHECK(docs_answer(false).content_type == "text/html; charset=utf-8");
    CHECK(docs_style_answer().content_type == "text/css; charset=utf-8");
    CHECK(docs_answer(false)
            .headers.at("content-security-policy")
            .starts_with("default-src 'none'; style-src 'self'"));
  }
}
