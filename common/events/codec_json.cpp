#include "common/events/codec_json.hpp"

#include "common/json/parse.hpp"

#include <algorithm>

namespace millrace::events::codec {

namespace {

constexpr int max_depth = 32;
constexpr std::size_t max_text = 65'536;

std::string shown(const json& value) {
  auto text = dump(value);
  if (text.size() > 80)
    text = text.substr(0, 77) + "...";
  return text;
}

result<json> parse(std::string_view text) {
  if (text.size() > max_message_bytes)
    return error{"message of " + std::to_string(text.size())
                 + " bytes is larger than "
                 + std::to_string(max_message_bytes)};
  auto document = parse_json(text, max_depth);
  if (!document)
    return error{"message " + document.why()};
  return document;
}

complaint optional_text(const json& from, const char* name, std::string& to) {
  const auto* found = find(from, name);
  return found && !found->is_null() ? read(*found, name, to) : complaint();
}

complaint required_text(const json& from, const char* name, std::string& to) {
  if (!find(from, name))
    return std::string(name) + ": is missing";
  return optional_text(from, name, to);
}

complaint read_envelope(const json& from, const std::string& type,
                        envelope& to) {
  std::string version, got_type;
  if (auto bad = required_text(from, "specversion", version))
    return bad;
  if (version != "1.0")
    return "specversion: expected \"1.0\", got \"" + version.substr(0, 20)
           + "\"";
  if (auto bad = required_text(from, "type", got_type))
    return bad;
  if (got_type != type)
    return "type: expected \"" + type + "\", got \"" + got_type.substr(0, 80)
           + "\"";
  for (const auto& [name, member] :
       {std::pair{"id", &to.id}, std::pair{"source", &to.source}})
    if (auto bad = required_text(from, name, *member))
      return bad;
  for (const auto& [name, member] :
       {std::pair{"subject", &to.subject}, std::pair{"time", &to.time},
        std::pair{"correlationid", &to.correlation_id},
        std::pair{"causationid", &to.causation_id},
        std::pair{"traceparent", &to.traceparent}})
    if (auto bad = optional_text(from, name, *member))
      return bad;
  return to.id.empty() ? complaint("id: is empty") : complaint();
}

json text_schema(const char* doc) {
  return {{"type", "string"}, {"description", doc}};
}

} // namespace

std::string dump(const json& value, int indent) {
  return value.dump(indent, ' ', false, json::error_handler_t::replace);
}

json wrap(const envelope& meta, const std::string& type, json data) {
  json out{{"specversion", "1.0"},
           {"id", meta.id},
           {"source", meta.source},
           {"type", type},
           {"datacontenttype", "application/json"}};
  out["data"] = std::move(data);
  const auto add = [&out](const char* name, const std::string& value) {
    if (!value.empty())
      out[name] = value;
  };
  add("subject", meta.subject);
  add("time", meta.time);
  add("correlationid", meta.correlation_id);
  add("causationid", meta.causation_id);
  add("traceparent", meta.traceparent);
  return out;
}

result<json> unwrap(std::string_view text, const std::string& type,
                    envelope& meta) {
  auto document = parse(text);
  if (!document)
    return document;
  if (!document->is_object())
    return error{"message is no JSON object"};
  if (auto bad = read_envelope(*document, type, meta))
    return error{*bad};
  if (!find(*document, "data"))
    return error{"data: is missing"};
  return json(std::move((*document)["data"]));
}

complaint expected(const std::string& path, const std::string& what,
                   const json& got) {
  return path + ": expected " + what + ", got " + shown(got);
}

const json* find(const json& object, std::string_view name) {
  const auto it = object.find(std::string(name));
  return it == object.end() ? nullptr : &*it;
}

complaint read_whole(const json& from, const std::string& path,
                     std::int64_t lowest, std::int64_t highest,
                     std::int64_t& to) {
  if (!from.is_number_integer())
    return expected(path, "a whole number", from);
  const bool huge = from.is_number_unsigned()
                    && from.get<std::uint64_t>() > std::uint64_t{1} << 62;
  const auto wide = from.get<std::int64_t>();
  if (huge || wide < lowest || wide > highest)
    return expected(path, "a smaller number", from);
  to = wide;
  return {};
}

complaint read_name(const json& from, const std::string& path,
                    std::span<const std::string_view> names, std::size_t& to) {
  if (from.is_string()) {
    const auto& text = from.get_ref<const std::string&>();
    const auto it = std::find(names.begin(), names.end(), text);
    if (it != names.end()) {
      to = static_cast<std::size_t>(it - names.begin());
      return {};
    }
  }
  std::string allowed;
  for (const auto name : names)
    allowed += (allowed.empty() ? "" : ", ") + std::string(name);
  return expected(path, "one of " + allowed, from);
}

complaint check_bounds(const std::string& path, std::int64_t number,
                       std::optional<std::int64_t> low,
                       std::optional<std::int64_t> high) {
  if ((low && number < *low) || (high && number > *high))
    return path + ": expected " + std::to_string(low.value_or(0)) + ".."
           + std::to_string(high.value_or(0)) + ", got "
           + std::to_string(number);
  return {};
}

complaint read(const json& from, const std::string& path, kilograms& to) {
  if (!from.is_number())
    return expected(path, "kilograms as a number", from);
  const auto value = kilograms::from_double(from.get<double>());
  if (!value)
    return expected(path, "kilograms within 10^12", from);
  to = *value;
  return {};
}

complaint read(const json& from, const std::string& path, dosing_amounts& to) {
  if (!from.is_object())
    return expected(path, "an object of dosing points", from);
  for (const auto& [tag, amount] : from.items()) {
    const auto index = dosing_index_by_tag(tag);
    if (!index)
      return path + "." + tag.substr(0, 80) + ": is no dosing point";
    if (auto bad = read(amount, path + "." + tag, to[*index]))
      return bad;
  }
  return {};
}

complaint read(const json& from, const std::string&, raw_json& to) {
  to.text = dump(from);
  return {};
}

complaint read(const json& from, const std::string& path, bool& to) {
  if (!from.is_boolean())
    return expected(path, "true or false", from);
  to = from.get<bool>();
  return {};
}

complaint read(const json& from, const std::string& path, std::string& to) {
  if (!from.is_string())
    return expected(path, "text", from);
  to = from.get<std::string>();
  if (to.size() > max_text)
    return path + ": is longer than 65536 bytes";
  return {};
}

json written(const dosing_amounts& amounts) {
  json out = json::object();
  for (std::size_t i = 0; i < amounts.size(); ++i)
    out[std::string(dosing_points[i].tag)] = amounts[i].to_double();
  return out;
}

json written(const raw_json& text) {
  auto value = json::parse(text.text, nullptr, false);
  // What is no JSON after all still must not spoil the message around it.
  return value.is_discarded() ? json(text.text) : value;
}

json dosing_schema() {
  json points = json::object();
  for (const auto& point : dosing_points)
    points[std::string(point.tag)] = {{"type", "number"}};
  return {{"type", "object"},
          {"properties", points},
          {"additionalProperties", false}};
}

json described(json schema, std::string_view doc,
               std::optional<std::int64_t> low,
               std::optional<std::int64_t> high) {
  schema["description"] = doc;
  if (low)
    schema["minimum"] = *low;
  if (high)
    schema["maximum"] = *high;
  return schema;
}

json object_schema(json properties, json required) {
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)}};
}

std::string document_schema(const std::string& type, json data_schema) {
  json document{
    {"$schema", "http://json-schema.org/draft-07/schema#"},
    {"title", type},
    {"type", "object"},
    {"required",
     {"specversion", "id", "source", "type", "time", "datacontenttype",
      "data"}},
    {"properties",
     {{"specversion", {{"const", "1.0"}}},
      {"id", text_schema("UUIDv5 of type and natural key, else UUIDv7")},
      {"source", text_schema("/<line>/<service> or /<service>")},
      {"type", {{"const", type}}},
      {"subject", text_schema("order name")},
      {"time", {{"type", "string"}, {"format", "date-time"}}},
      {"datacontenttype", {{"const", "application/json"}}},
      {"correlationid", text_schema("the batch's UUID")},
      {"causationid", text_schema("id of the message that caused this one")},
      {"traceparent", text_schema("W3C trace context")},
      {"data", std::move(data_schema)}}}};
  return dump(document, 2) + "\n";
}

} // namespace millrace::events::codec
