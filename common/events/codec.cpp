#include "common/events/codec.hpp"

#include "common/domain/dosing.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace millrace::events {

namespace {

using nlohmann::json;

constexpr int max_depth = 32;
constexpr std::size_t max_text = 65'536;

template <class T>
concept structured = requires {
  T::fields();
};

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};

// ---- struct to JSON -------------------------------------------------------

template <class T>
json to_json(const T& value) {
  if constexpr (structured<T>) {
    json out = json::object();
    std::apply(
      [&](const auto&... each) {
        (
          [&] {
            const auto& member = value.*(each.member);
            using member_type = std::decay_t<decltype(member)>;
            if constexpr (is_optional<member_type>::value) {
              if (member)
                out[std::string(each.name)] = to_json(*member);
            } else {
              out[std::string(each.name)] = to_json(member);
            }
          }(),
          ...);
      },
      T::fields());
    return out;
  } else if constexpr (std::is_same_v<T, kilograms>) {
    return value.to_double();
  } else if constexpr (std::is_same_v<T, dosing_amounts>) {
    json out = json::object();
    for (std::size_t i = 0; i < value.size(); ++i)
      out[std::string(dosing_points[i].tag)] = value[i].to_double();
    return out;
  } else if constexpr (std::is_same_v<T, raw_json>) {
    return json::parse(value.text, nullptr, false);
  } else if constexpr (is_vector<T>::value) {
    json out = json::array();
    for (const auto& item : value)
      out.push_back(to_json(item));
    return out;
  } else if constexpr (std::is_enum_v<T>) {
    return enum_names<T>::values[static_cast<std::size_t>(value)];
  } else {
    return value;
  }
}

std::string dump(const json& value, int indent = -1) {
  // PLC text may hold bytes that are no UTF-8: replace, never throw.
  return value.dump(indent, ' ', false, json::error_handler_t::replace);
}

// ---- JSON to struct -------------------------------------------------------

/// What is wrong, with the member's path; none when all is right.
using complaint = std::optional<std::string>;

std::string shown(const json& value) {
  auto text = dump(value);
  if (text.size() > 80)
    text = text.substr(0, 77) + "...";
  return text;
}

complaint expected(const std::string& path, const std::string& what,
                   const json& got) {
  return path + ": expected " + what + ", got " + shown(got);
}

template <class Field>
complaint check_range(const std::string& path, const Field& rule,
                      std::int64_t number) {
  if ((rule.low && number < *rule.low) || (rule.high && number > *rule.high))
    return path + ": expected " + std::to_string(rule.low.value_or(0)) + ".."
           + std::to_string(rule.high.value_or(0)) + ", got "
           + std::to_string(number);
  return {};
}

complaint read_kilograms(const json& from, const std::string& path,
                         kilograms& to) {
  if (!from.is_number())
    return expected(path, "kilograms as a number", from);
  const auto value = kilograms::from_double(from.get<double>());
  if (!value)
    return expected(path, "kilograms within 10^12", from);
  to = *value;
  return {};
}

complaint read_dosing(const json& from, const std::string& path,
                      dosing_amounts& to) {
  if (!from.is_object())
    return expected(path, "an object of dosing points", from);
  for (const auto& [tag, amount] : from.items()) {
    const auto index = dosing_index_by_tag(tag);
    if (!index)
      return path + "." + tag.substr(0, 80) + ": is no dosing point";
    if (auto bad = read_kilograms(amount, path + "." + tag, to[*index]))
      return bad;
  }
  return {};
}

template <class T>
complaint from_json(const json& from, const std::string& path, T& to);

template <class T>
complaint read_struct(const json& from, const std::string& path, T& to) {
  if (!from.is_object())
    return expected(path, "an object", from);
  complaint bad;
  const auto read_member = [&](const auto& rule) {
    if (bad)
      return;
    auto& member = to.*(rule.member);
    using member_type = std::decay_t<decltype(member)>;
    const auto where = path + "." + std::string(rule.name);
    const auto it = from.find(std::string(rule.name));
    const bool absent = it == from.end() || it->is_null();
    if constexpr (is_optional<member_type>::value) {
      if (absent)
        return;
      typename member_type::value_type inner{};
      bad = from_json(*it, where, inner);
      member = std::move(inner);
    } else {
      if (it == from.end()) {
        bad = where + ": is missing";
        return;
      }
      bad = from_json(*it, where, member);
      if constexpr (std::is_integral_v<
                      member_type> && !std::is_same_v<member_type, bool>)
        if (!bad)
          bad = check_range(where, rule, member);
    }
  };
  std::apply([&](const auto&... each) { (read_member(each), ...); },
             T::fields());
  return bad;
}

template <class T>
complaint read_integer(const json& from, const std::string& path, T& to) {
  if (!from.is_number_integer())
    return expected(path, "a whole number", from);
  const auto wide = from.get<std::int64_t>();
  const bool huge = from.is_number_unsigned()
                    && from.get<std::uint64_t>() > std::uint64_t{1} << 62;
  if (huge || wide < std::numeric_limits<T>::min()
      || wide > std::numeric_limits<T>::max())
    return expected(path, "a smaller number", from);
  to = static_cast<T>(wide);
  return {};
}

template <class T>
complaint read_enum(const json& from, const std::string& path, T& to) {
  const auto& names = enum_names<T>::values;
  if (from.is_string()) {
    const auto& text = from.get_ref<const std::string&>();
    const auto it = std::find(names.begin(), names.end(), text);
    if (it != names.end()) {
      to = static_cast<T>(it - names.begin());
      return {};
    }
  }
  std::string allowed;
  for (const auto name : names)
    allowed += (allowed.empty() ? "" : ", ") + std::string(name);
  return expected(path, "one of " + allowed, from);
}

template <class T>
complaint from_json(const json& from, const std::string& path, T& to) {
  if constexpr (structured<T>) {
    return read_struct(from, path, to);
  } else if constexpr (std::is_same_v<T, kilograms>) {
    return read_kilograms(from, path, to);
  } else if constexpr (std::is_same_v<T, dosing_amounts>) {
    return read_dosing(from, path, to);
  } else if constexpr (std::is_same_v<T, raw_json>) {
    to.text = dump(from);
    return {};
  } else if constexpr (is_vector<T>::value) {
    if (!from.is_array())
      return expected(path, "a list", from);
    for (std::size_t i = 0; i < from.size(); ++i) {
      to.emplace_back();
      if (auto bad
          = from_json(from[i], path + "[" + std::to_string(i) + "]", to.back()))
        return bad;
    }
    return {};
  } else if constexpr (std::is_enum_v<T>) {
    return read_enum(from, path, to);
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!from.is_boolean())
      return expected(path, "true or false", from);
    to = from.get<bool>();
    return {};
  } else if constexpr (std::is_integral_v<T>) {
    return read_integer(from, path, to);
  } else {
    static_assert(std::is_same_v<T, std::string>);
    if (!from.is_string())
      return expected(path, "text", from);
    to = from.get<std::string>();
    if (to.size() > max_text)
      return path + ": is longer than 65536 bytes";
    return {};
  }
}

/// Depth-limited: nlohmann has no limit of its own and deep nesting would
/// overflow the stack later.
result<json> parse(std::string_view text) {
  if (text.size() > max_message_bytes)
    return error{"message of " + std::to_string(text.size())
                 + " bytes is larger than "
                 + std::to_string(max_message_bytes)};
  bool too_deep = false;
  const auto watch = [&](int depth, json::parse_event_t, json&) {
    too_deep = too_deep || depth > max_depth;
    return !too_deep;
  };
  auto document = json::parse(text.begin(), text.end(), watch, false);
  if (too_deep)
    return error{"message is nested deeper than " + std::to_string(max_depth)};
  if (document.is_discarded())
    return error{"message is no JSON"};
  return document;
}

complaint optional_text(const json& from, const char* name, std::string& to) {
  const auto it = from.find(name);
  if (it == from.end() || it->is_null())
    return {};
  return from_json(*it, name, to);
}

complaint required_text(const json& from, const char* name, std::string& to) {
  if (!from.contains(name))
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

// ---- schema ---------------------------------------------------------------

template <class T>
json schema_of();

json text_schema(const char* doc) {
  return {{"type", "string"}, {"description", doc}};
}

template <class T>
json struct_schema() {
  json properties = json::object();
  json required = json::array();
  std::apply(
    [&](const auto&... each) {
      (
        [&] {
          using member_type
            = std::decay_t<decltype(std::declval<T>().*(each.member))>;
          json one;
          if constexpr (is_optional<member_type>::value) {
            one = schema_of<typename member_type::value_type>();
          } else {
            one = schema_of<member_type>();
            required.push_back(each.name);
          }
          one["description"] = each.doc;
          if (each.low)
            one["minimum"] = *each.low;
          if (each.high)
            one["maximum"] = *each.high;
          properties[std::string(each.name)] = one;
        }(),
        ...);
    },
    T::fields());
  return {
    {"type", "object"}, {"properties", properties}, {"required", required}};
}

template <class T>
json schema_of() {
  if constexpr (structured<T>) {
    return struct_schema<T>();
  } else if constexpr (std::is_same_v<T, kilograms>) {
    return {{"type", "number"}};
  } else if constexpr (std::is_same_v<T, dosing_amounts>) {
    json points = json::object();
    for (const auto& point : dosing_points)
      points[std::string(point.tag)] = {{"type", "number"}};
    return {{"type", "object"},
            {"properties", points},
            {"additionalProperties", false}};
  } else if constexpr (std::is_same_v<T, raw_json>) {
    return json::object();
  } else if constexpr (is_vector<T>::value) {
    return {{"type", "array"}, {"items", schema_of<typename T::value_type>()}};
  } else if constexpr (std::is_enum_v<T>) {
    return {{"type", "string"}, {"enum", enum_names<T>::values}};
  } else if constexpr (std::is_same_v<T, bool>) {
    return {{"type", "boolean"}};
  } else if constexpr (std::is_integral_v<T>) {
    return {{"type", "integer"}};
  } else {
    return {{"type", "string"}};
  }
}

} // namespace

template <class T>
std::string encode(const event<T>& message) {
  const auto& meta = message.meta;
  json out{{"specversion", "1.0"},
           {"id", meta.id},
           {"source", meta.source},
           {"type", type_of<T>()},
           {"datacontenttype", "application/json"},
           {"data", to_json(message.data)}};
  const auto add = [&out](const char* name, const std::string& value) {
    if (!value.empty())
      out[name] = value;
  };
  add("subject", meta.subject);
  add("time", meta.time);
  add("correlationid", meta.correlation_id);
  add("causationid", meta.causation_id);
  add("traceparent", meta.traceparent);
  return dump(out);
}

template <class T>
result<event<T>> decode(std::string_view text) {
  const auto name = std::string(T::name);
  const auto document = parse(text);
  if (!document)
    return error{name + ": " + document.why()};
  if (!document->is_object())
    return error{name + ": message is no JSON object"};
  event<T> message;
  if (auto bad = read_envelope(*document, type_of<T>(), message.meta))
    return error{name + ": " + *bad};
  if (!document->contains("data"))
    return error{name + ": data: is missing"};
  if (auto bad = from_json((*document)["data"], "data", message.data))
    return error{name + ": " + *bad};
  return message;
}

template <class T>
std::string data_json(const T& data) {
  return dump(to_json(data));
}

template <class T>
std::string schema() {
  json document{
    {"$schema", "http://json-schema.org/draft-07/schema#"},
    {"title", type_of<T>()},
    {"type", "object"},
    {"required",
     {"specversion", "id", "source", "type", "time", "datacontenttype",
      "data"}},
    {"properties",
     {{"specversion", {{"const", "1.0"}}},
      {"id", text_schema("UUIDv5 of type and natural key, else UUIDv7")},
      {"source", text_schema("/<line>/<service> or /<service>")},
      {"type", {{"const", type_of<T>()}}},
      {"subject", text_schema("order name")},
      {"time", {{"type", "string"}, {"format", "date-time"}}},
      {"datacontenttype", {{"const", "application/json"}}},
      {"correlationid", text_schema("the batch's UUID")},
      {"causationid", text_schema("id of the message that caused this one")},
      {"traceparent", text_schema("W3C trace context")},
      {"data", struct_schema<T>()}}}};
  return dump(document, 2) + "\n";
}

#define MILLRACE_INSTANTIATE(T)                                                \
  template std::string encode<T>(const event<T>&);                             \
  template result<event<T>> decode<T>(std::string_view);                       \
  template std::string data_json<T>(const T&);                                 \
  template std::string schema<T>();
MILLRACE_MESSAGES(MILLRACE_INSTANTIATE)
#undef MILLRACE_INSTANTIATE

} // namespace millrace::events
