#include "services/admin-gateway/schema_words.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace millrace::admin {

namespace {

using nlohmann::ordered_json;

std::string text_at(const ordered_json& from, const char* name) {
  return from.value(name, "");
}

/// "QueuedBatch" of "#/components/schemas/QueuedBatch".
std::string last_part(const std::string& reference) {
  return reference.substr(reference.rfind('/') + 1);
}

std::string code(const ordered_json& value) {
  const auto shown
    = value.is_string() ? value.get<std::string>() : value.dump();
  return "<code>" + escaped(shown) + "</code>";
}

std::string type_word(const std::string& type) {
  if (type == "string")
    return "text";
  if (type == "integer")
    return "whole number";
  if (type == "boolean")
    return "true or false";
  return type;
}

std::string joined(const ordered_json& parts, const char* between,
                   std::string (*words)(const ordered_json&)) {
  std::string all;
  for (const auto& one : parts)
    all += (all.empty() ? "" : between) + words(one);
  return all;
}

std::string type_words(const ordered_json& type) {
  if (type.is_string())
    return type_word(type);
  return joined(type, " or ", type_words);
}

/// ", 1 to 64 characters", ", at least 1 kg".
std::string limits(const ordered_json& schema, const char* least,
                   const char* most, const std::string& unit) {
  const auto low = schema.find(least);
  const auto high = schema.find(most);
  const bool has_low = low != schema.end();
  const bool has_high = high != schema.end();
  if (has_low && has_high)
    return ", "
           + (*low == *high ? low->dump() : low->dump() + " to " + high->dump())
           + unit;
  if (has_low)
    return ", at least " + low->dump() + unit;
  return has_high ? ", at most " + high->dump() + unit : "";
}

std::string all_limits(const ordered_json& schema) {
  std::string words = limits(schema, "minimum", "maximum", "")
                      + limits(schema, "minLength", "maxLength", " characters")
                      + limits(schema, "minItems", "maxItems", " entries");
  if (const auto low = schema.find("exclusiveMinimum"); low != schema.end())
    words += ", above " + low->dump();
  if (const auto value = schema.find("default"); value != schema.end())
    words += ", default " + code(*value);
  if (const auto example = schema.find("examples"); example != schema.end())
    words += ", e.g. " + joined(*example, ", ", code);
  return words;
}

std::string list_words(const ordered_json& items) {
  return "list of "
         + (items.contains("properties") ? "objects" : schema_words(items));
}

bool must_be_there(const ordered_json& schema, const std::string& member) {
  const auto required = schema.find("required");
  return required != schema.end()
         && std::find(required->begin(), required->end(), member)
              != required->end();
}

/// Members of an object that has no name of its own.
std::string inner_table(const ordered_json& schema) {
  if (schema.contains("items"))
    return members_table(schema["items"]);
  return members_table(schema);
}

} // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text)
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&#39;";
      break;
    default:
      out += c;
    }
  return out;
}

std::string marked_up(std::string_view text) {
  const auto safe = escaped(text);
  std::string out;
  bool in_code = false, in_bold = false;
  for (std::size_t i = 0; i < safe.size(); ++i) {
    if (safe[i] == '`') {
      out += in_code ? "</code>" : "<code>";
      in_code = !in_code;
    } else if (!in_code && safe.compare(i, 2, "**") == 0) {
      out += in_bold ? "</b>" : "<b>";
      in_bold = !in_bold;
      ++i;
    } else {
      out += safe[i];
    }
  }
  return out + (in_code ? "</code>" : "") + (in_bold ? "</b>" : "");
}

std::string schema_words(const ordered_json& schema) {
  if (const auto reference = schema.find("$ref"); reference != schema.end()) {
    const auto name = escaped(last_part(*reference));
    return "<a href=\"#schema-" + name + "\">" + name + "</a>"
           + all_limits(schema);
  }
  if (const auto any = schema.find("anyOf"); any != schema.end())
    return joined(*any, " or ", schema_words);
  if (const auto only = schema.find("const"); only != schema.end())
    return code(*only);
  if (const auto some = schema.find("enum"); some != schema.end())
    return joined(*some, ", ", code) + all_limits(schema);
  if (const auto items = schema.find("items"); items != schema.end())
    return list_words(*items) + all_limits(schema);
  if (const auto each = schema.find("additionalProperties");
      each != schema.end() && each->is_object())
    return "object, each member " + schema_words(*each);
  const auto type = schema.find("type");
  return (type == schema.end() ? "anything" : type_words(*type))
         + all_limits(schema);
}

std::string members_table(const ordered_json& schema) {
  const auto members = schema.find("properties");
  if (members == schema.end())
    return "";
  std::string rows;
  for (const auto& [name, what] : members->items())
    rows += "<tr><td><code>" + escaped(name) + "</code>"
            + (must_be_there(schema, name) ? "" : " (may be left out)")
            + "</td><td>" + schema_words(what) + "</td><td>"
            + marked_up(text_at(what, "description")) + inner_table(what)
            + "</td></tr>\n";
  return "<table><tr><th>Member</th><th>What</th><th>Meaning</th></tr>\n" + rows
         + "</table>\n";
}

} // namespace millrace::admin
