#pragma once

// Internal to common/events, for the codec_*.cpp only: how a struct with
// fields() becomes JSON, is read back and is described as JSON Schema. What
// needs no template stands in codec_json.cpp, for the sake of compile time.

#include "common/domain/dosing.hpp"
#include "common/events/codec.hpp"

#include <nlohmann/json.hpp>

#include <limits>
#include <span>
#include <type_traits>

namespace millrace::events::codec {

using nlohmann::json;

/// What is wrong, with the member's path; none when all is right.
using complaint = std::optional<std::string>;

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

// ---- without templates, in codec_json.cpp ---------------------------------

/// JSON text. Bytes that are no UTF-8 (a PLC's text) are replaced; never
/// throws.
std::string dump(const json& value, int indent = -1);

/// The CloudEvent around `data`.
json wrap(const envelope& meta, const std::string& type, json data);
/// Reads and checks a CloudEvent, fills `meta`, returns its data.
result<json> unwrap(std::string_view text, const std::string& type,
                    envelope& meta);

complaint expected(const std::string& path, const std::string& what,
                   const json& got);
/// A member of an object, or null.
const json* find(const json& object, std::string_view name);

complaint read_whole(const json& from, const std::string& path,
                     std::int64_t lowest, std::int64_t highest,
                     std::int64_t& to);
complaint read_name(const json& from, const std::string& path,
                    std::span<const std::string_view> names, std::size_t& to);
complaint check_bounds(const std::string& path, std::int64_t number,
                       std::optional<std::int64_t> low,
                       std::optional<std::int64_t> high);
complaint read(const json& from, const std::string& path, kilograms& to);
complaint read(const json& from, const std::string& path, dosing_amounts& to);
complaint read(const json& from, const std::string& path, raw_json& to);
complaint read(const json& from, const std::string& path, bool& to);
complaint read(const json& from, const std::string& path, std::string& to);

json written(const dosing_amounts& amounts);
json written(const raw_json& text);

json dosing_schema();
/// Adds description and bounds to the schema of one member.
json described(json schema, std::string_view doc,
               std::optional<std::int64_t> low,
               std::optional<std::int64_t> high);
json object_schema(json properties, json required);
/// The schema of the CloudEvent around data of this schema, as text.
std::string document_schema(const std::string& type, json data_schema);

// ---- struct to JSON -------------------------------------------------------

template <class T>
json to_json(const T& value);

template <class T, class Member>
void write_member(json& out, const field<T, Member>& rule, const T& from) {
  const auto& member = from.*(rule.member);
  if constexpr (is_optional<Member>::value) {
    if (member)
      out.emplace(std::string(rule.name), to_json(*member));
  } else {
    out.emplace(std::string(rule.name), to_json(member));
  }
}

template <class T>
json to_json(const T& value) {
  if constexpr (structured<T>) {
    json out = json::object();
    std::apply(
      [&](const auto&... each) { (write_member(out, each, value), ...); },
      T::fields());
    return out;
  } else if constexpr (std::is_same_v<T, kilograms>) {
    return value.to_double();
  } else if constexpr (std::is_same_v<
                         T, dosing_amounts> || std::is_same_v<T, raw_json>) {
    return written(value);
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

// ---- JSON to struct -------------------------------------------------------

template <class T>
complaint from_json(const json& from, const std::string& path, T& to);

template <class T, class Member>
complaint read_member(const json& from, const std::string& path,
                      const field<T, Member>& rule, T& to) {
  const auto where = path + "." + std::string(rule.name);
  const auto* found = find(from, rule.name);
  const auto read_value = [&](auto& value) {
    auto bad = from_json(*found, where, value);
    using value_type = std::decay_t<decltype(value)>;
    if constexpr (std::is_integral_v<
                    value_type> && !std::is_same_v<value_type, bool>)
      if (!bad)
        bad = check_bounds(where, value, rule.low, rule.high);
    return bad;
  };
  auto& member = to.*(rule.member);
  if constexpr (is_optional<Member>::value)
    return found && !found->is_null() ? read_value(member.emplace())
                                      : complaint();
  else if (found)
    return read_value(member);
  else
    return rule.may_be_missing ? complaint() : where + ": is missing";
}

template <class T>
complaint read_struct(const json& from, const std::string& path, T& to) {
  if (!from.is_object())
    return expected(path, "an object", from);
  complaint bad;
  std::apply(
    [&](const auto&... each) {
      (void)(... || (bad = read_member(from, path, each, to)).has_value());
    },
    T::fields());
  return bad;
}

template <class T>
complaint read_list(const json& from, const std::string& path,
                    std::vector<T>& to) {
  if (!from.is_array())
    return expected(path, "a list", from);
  for (std::size_t i = 0; i < from.size(); ++i)
    if (auto bad = from_json(from[i], path + "[" + std::to_string(i) + "]",
                             to.emplace_back()))
      return bad;
  return {};
}

template <class T>
complaint from_json(const json& from, const std::string& path, T& to) {
  if constexpr (structured<T>) {
    return read_struct(from, path, to);
  } else if constexpr (is_vector<T>::value) {
    return read_list(from, path, to);
  } else if constexpr (std::is_enum_v<T>) {
    std::size_t index = 0;
    auto bad = read_name(from, path, enum_names<T>::values, index);
    to = static_cast<T>(index);
    return bad;
  } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    std::int64_t wide = 0;
    auto bad = read_whole(from, path, std::numeric_limits<T>::min(),
                          std::numeric_limits<T>::max(), wide);
    to = static_cast<T>(wide);
    return bad;
  } else {
    return read(from, path, to);
  }
}

// ---- schema ---------------------------------------------------------------

template <class T>
json schema_of();

template <class T, class Member>
void describe_member(json& properties, json& required,
                     const field<T, Member>& rule) {
  json one;
  if constexpr (is_optional<Member>::value) {
    one = schema_of<typename Member::value_type>();
  } else {
    one = schema_of<Member>();
    if (!rule.may_be_missing)
      required.push_back(rule.name);
  }
  properties[std::string(rule.name)]
    = described(std::move(one), rule.doc, rule.low, rule.high);
}

template <class T>
json schema_of() {
  if constexpr (structured<T>) {
    json properties = json::object();
    json required = json::array();
    std::apply(
      [&](const auto&... each) {
        (describe_member(properties, required, each), ...);
      },
      T::fields());
    return object_schema(std::move(properties), std::move(required));
  } else if constexpr (std::is_same_v<T, kilograms>) {
    return {{"type", "number"}};
  } else if constexpr (std::is_same_v<T, dosing_amounts>) {
    return dosing_schema();
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

} // namespace millrace::events::codec

namespace millrace::events {

template <class T>
std::string encode(const event<T>& message) {
  return codec::dump(
    codec::wrap(message.meta, type_of<T>(), codec::to_json(message.data)));
}

template <class T>
result<event<T>> decode(std::string_view text) {
  const auto name = std::string(T::name);
  event<T> message;
  const auto data = codec::unwrap(text, type_of<T>(), message.meta);
  if (!data)
    return error{name + ": " + data.why()};
  if (auto bad = codec::from_json(*data, "data", message.data))
    return error{name + ": " + *bad};
  return message;
}

template <class T>
std::string data_json(const T& data) {
  return codec::dump(codec::to_json(data));
}

template <class T>
std::string schema() {
  return codec::document_schema(type_of<T>(), codec::schema_of<T>());
}

} // namespace millrace::events

/// Emits the four functions of codec.hpp for one message type.
#define MILLRACE_INSTANTIATE(T)                                                \
  template std::string encode<T>(const event<T>&);                             \
  template result<event<T>> decode<T>(std::string_view);                       \
  template std::string data_json<T>(const T&);                                 \
  template std::string schema<T>();
