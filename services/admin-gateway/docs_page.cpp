#include "services/admin-gateway/docs_page.hpp"

#include "services/admin-gateway/schema_words.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace millrace::admin {

namespace {

using nlohmann::ordered_json;

std::string text_at(const ordered_json& from, const char* name) {
  return from.value(name, "");
}

std::string paragraphs(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = text.find("\n\n");
    out += "<p>" + marked_up(text.substr(0, end)) + "</p>\n";
    text = end == text.npos ? std::string_view{} : text.substr(end + 2);
  }
  return out;
}

/// What "#/components/..." points to, or the thing itself.
const ordered_json& resolved(const ordered_json& document,
                             const ordered_json& thing) {
  const auto reference = thing.find("$ref");
  if (reference == thing.end())
    return thing;
  return document.at(
    ordered_json::json_pointer(reference->get<std::string>().substr(1)));
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(std::toupper(c));
  });
  return text;
}

std::string parameters_table(const ordered_json& document,
                             const ordered_json& operation) {
  std::string rows;
  for (const auto& one : operation.value("parameters", ordered_json::array())) {
    const auto& parameter = resolved(document, one);
    rows += "<tr><td><code>" + escaped(text_at(parameter, "name"))
            + "</code></td><td>" + escaped(text_at(parameter, "in"))
            + "</td><td>" + schema_words(parameter.at("schema")) + "</td><td>"
            + marked_up(text_at(parameter, "description")) + "</td></tr>\n";
  }
  return rows.empty() ? ""
                      : "<h4>Parameters</h4>\n<table><tr><th>Name</th><th>In"
                        "</th><th>What</th><th>Meaning</th></tr>\n"
                          + rows + "</table>\n";
}

/// "application/json: BatchStatus": of the envelope its data counts.
std::string content_words(const ordered_json& content) {
  std::string words;
  for (const auto& [type, what] : content.items()) {
    const auto& schema = what.at("schema");
    const auto& shown = schema.contains("properties")
                          ? schema["properties"].value("data", schema)
                          : schema;
    words += (words.empty() ? "" : "<br>") + escaped(type) + ": "
             + (schema.contains("properties") ? "data is " : "")
             + schema_words(shown);
    if (!schema.contains("$ref"))
      words += " " + marked_up(text_at(schema, "description"));
  }
  return words;
}

std::string header_names(const ordered_json& response) {
  std::string names;
  const auto headers = response.find("headers");
  if (headers != response.end())
    for (const auto& [name, what] : headers->items())
      names += (names.empty() ? "" : ", ") + escaped(name);
  return names.empty() ? "" : "<br>Headers: " + names;
}

std::string answers_table(const ordered_json& document,
                          const ordered_json& operation) {
  std::string rows;
  for (const auto& [status, one] : operation.at("responses").items()) {
    const auto& response = resolved(document, one);
    rows += "<tr><td>" + escaped(status) + "</td><td>"
            + marked_up(text_at(response, "description"))
            + header_names(response) + "</td><td>"
            + content_words(response.value("content", ordered_json::object()))
            + "</td></tr>\n";
  }
  return "<h4>Answers</h4>\n<table><tr><th>Status</th><th>When</th><th>Content"
         "</th></tr>\n"
         + rows + "</table>\n";
}

std::string body_words(const ordered_json& operation) {
  const auto body = operation.find("requestBody");
  return body == operation.end()
           ? ""
           : "<h4>Body</h4>\n<p>" + content_words(body->at("content"))
               + "</p>\n";
}

std::string operation_section(const ordered_json& document,
                              const std::string& path,
                              const std::string& method,
                              const ordered_json& operation) {
  return "<h3 id=\"" + escaped(text_at(operation, "operationId"))
         + "\"><span class=\"method " + escaped(method) + "\">"
         + escaped(upper(method)) + "</span> " + escaped(path) + "</h3>\n<p>"
         + marked_up(text_at(operation, "summary")) + ". "
         + marked_up(text_at(operation, "description"))
         + "</p>\n<p>Role: <span class=\"role\">"
         + escaped(text_at(operation, "x-role")) + "</span></p>\n"
         + parameters_table(document, operation) + body_words(operation)
         + answers_table(document, operation);
}

template <class Work>
void for_each_operation(const ordered_json& document, const std::string& tag,
                        Work work) {
  for (const auto& [path, methods] : document.at("paths").items())
    for (const auto& [method, operation] : methods.items())
      if (operation.at("tags").at(0) == tag)
        work(path, method, operation);
}

std::string contents(const ordered_json& document) {
  std::string out = "<nav aria-label=\"Calls\">\n";
  for (const auto& tag : document.at("tags")) {
    const auto name = text_at(tag, "name");
    out += "<h4><a href=\"#tag-" + escaped(name) + "\">" + escaped(name)
           + "</a></h4>\n<ul>\n";
    for_each_operation(document, name,
                       [&](const std::string& path, const std::string& method,
                           const ordered_json& operation) {
                         out += "<li><a href=\"#"
                                + escaped(text_at(operation, "operationId"))
                                + "\">" + escaped(upper(method)) + " "
                                + escaped(path) + "</a></li>\n";
                       });
    out += "</ul>\n";
  }
  return out + "</nav>\n";
}

std::string tag_sections(const ordered_json& document) {
  std::string out;
  for (const auto& tag : document.at("tags")) {
    const auto name = text_at(tag, "name");
    out += "<h2 id=\"tag-" + escaped(name) + "\">" + escaped(name) + "</h2>\n"
           + paragraphs(text_at(tag, "description"));
    for_each_operation(document, name,
                       [&](const std::string& path, const std::string& method,
                           const ordered_json& operation) {
                         out += operation_section(document, path, method,
                                                  operation);
                       });
  }
  return out;
}

std::string schema_sections(const ordered_json& document) {
  std::string out = "<h2 id=\"schemas\">Data</h2>\n";
  for (const auto& [name, schema] :
       document.at("components").at("schemas").items()) {
    const auto table = members_table(schema);
    out += "<h3 id=\"schema-" + escaped(name) + "\">" + escaped(name)
           + "</h3>\n<p>" + marked_up(text_at(schema, "description")) + "</p>\n"
           + (table.empty() ? "<p>" + schema_words(schema) + "</p>\n" : table);
  }
  return out;
}

} // namespace

std::string docs_page(std::string_view openapi, std::string_view style_url) {
  const auto document = ordered_json::parse(openapi);
  const auto& info = document.at("info");
  const auto title = escaped(text_at(info, "title"));
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">"
         "\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>"
         + title + "</title>\n<link rel=\"stylesheet\" href=\""
         + escaped(std::string(style_url))
         + "\">\n"
           "</head>\n<body>\n<header>\n<h1>"
         + title + " " + escaped(text_at(info, "version")) + "</h1>\n<p>"
         + marked_up(text_at(info, "summary")) + "</p>\n"
         + paragraphs(text_at(info, "description")) + contents(document)
         + "</header>\n<main>\n" + tag_sections(document)
         + schema_sections(document) + "</main>\n</body>\n</html>\n";
}

} // namespace millrace::admin
