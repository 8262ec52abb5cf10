#include "services/admin-gateway/parameters.hpp"

#include "common/json/parse.hpp"
#include "common/telemetry/clock.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace millrace::admin {

namespace {

constexpr std::size_t longest_mo_id = 64; // VARCHAR(64), FACTS 5
constexpr std::size_t longest_user = 64;
constexpr std::size_t longest_notes = 500;
constexpr int default_limit = 50;
constexpr int highest_limit = 1'000;
constexpr int highest_offset = 1'000'000'000;

constexpr std::array<std::string_view, 4> statuses{"completed", "failed",
                                                   "cancelled", "cleared"};

bool printable(char c) {
  return c >= ' ' && c <= '~';
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == 0x7f;
}

/// What a caller sent, fit to be shown back.
std::string quoted(std::string_view value) {
  constexpr std::size_t longest_shown = 80;
  std::string shown{value.substr(0, longest_shown)};
  std::replace_if(
    shown.begin(), shown.end(), [](char c) { return !printable(c); }, '?');
  return '"' + shown + (value.size() > longest_shown ? "...\"" : "\"");
}

error wrong(std::string_view parameter, std::string_view value,
            std::string_view allowed) {
  return {std::string(parameter) + " is " + quoted(value)
          + "; allowed: " + std::string(allowed)};
}

result<int> whole_number(std::string_view parameter, std::string_view text,
                         int low, int high, std::string_view allowed) {
  int value = 0;
  const auto end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stopped != end || value < low || value > high)
    return wrong(parameter, text, allowed);
  return value;
}

using parameter_map = std::map<std::string, std::string>;

/// Reads one number if it is there; returns what is wrong.
std::optional<error> take_number(const parameter_map& from,
                                 const std::string& name, int low, int high,
                                 std::string_view allowed, int& into) {
  const auto found = from.find(name);
  if (found == from.end())
    return {};
  const auto value = whole_number(name, found->second, low, high, allowed);
  if (!value)
    return error{value.why()};
  into = *value;
  return {};
}

using page_part = std::optional<error>;

page_part take_status(const parameter_map& from, events::store_query& into) {
  const auto status = from.find("status");
  if (status == from.end())
    return {};
  if (std::ranges::find(statuses, status->second) == statuses.end())
    return wrong("status", status->second,
                 "completed, failed, cancelled, cleared");
  into.status = status->second;
  return {};
}

page_part take_mo_id(const parameter_map& from, events::store_query& into) {
  const auto mo_id = from.find("mo_id");
  if (mo_id == from.end())
    return {};
  const auto name = check_mo_id(mo_id->second);
  if (!name)
    return error{name.why()};
  into.mo_id = *name;
  return {};
}

page_part take_search(const parameter_map& from, events::store_query& into) {
  const auto search = from.find("search");
  if (search == from.end() || search->second.empty())
    return {};
  if (search->second.size() > longest_mo_id
      || std::ranges::any_of(search->second, is_control))
    return wrong("search", search->second,
                 "1 to 64 bytes without control characters");
  into.search = search->second;
  return {};
}

/// A date means its midnight; as an end the next one, so that the day counts.
result<std::string> time_of(std::string_view parameter, const std::string& text,
                            bool is_end) {
  const bool is_date = text.size() == std::string_view{"2026-11-22"}.size();
  const auto full = is_date ? text + "T00:00:00.000Z" : text;
  if (const auto moment = parse_utc(full))
    return format_utc(*moment + std::chrono::days{is_date && is_end ? 1 : 0});
  return wrong(parameter, text,
               "a date or UTC time, e.g. 2026-11-22 or 2026-11-22T10:00:00Z");
}

page_part take_from(const parameter_map& from, events::store_query& into) {
  const auto found = from.find("from");
  if (found == from.end())
    return {};
  const auto moment = time_of("from", found->second, false);
  if (!moment)
    return error{moment.why()};
  into.from = *moment;
  return {};
}

page_part take_to(const parameter_map& from, events::store_query& into) {
  const auto found = from.find("to");
  if (found == from.end())
    return {};
  const auto moment = time_of("to", found->second, true);
  if (!moment)
    return error{moment.why()};
  if (into.from && *into.from >= *moment)
    return wrong("to", found->second, "a time after from");
  into.to = *moment;
  return {};
}

page_part take_sort(const parameter_map& from, events::store_query& into) {
  const auto sort = from.find("sort");
  if (sort == from.end() || sort->second == "-archived_at")
    return {};
  if (sort->second != "archived_at")
    return wrong("sort", sort->second, "archived_at, -archived_at");
  into.oldest_first = true;
  return {};
}

} // namespace

namespace {

bool fits_a_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_mo_id
         && std::all_of(name.begin(), name.end(), printable);
}

} // namespace

result<std::string> check_mo_id(std::string_view name) {
  if (!fits_a_name(name))
    return wrong("mo_id", name, "an order name of 1 to 64 characters");
  return std::string{name};
}

result<std::string> check_alert_id(std::string_view id) {
  if (!fits_a_name(id))
    return wrong("alert_id", id, "1 to 64 characters, as /api/alerts has it");
  return std::string{id};
}

result<std::string> check_line(std::string_view code,
                               const std::vector<std::string>& lines) {
  if (std::ranges::find(lines, code) != lines.end())
    return std::string{code};
  std::string known;
  for (const auto& one : lines)
    known += (known.empty() ? "" : ", ") + one;
  return wrong("line", code, known);
}

result<int> limit_of(const parameter_map& parameters) {
  int limit = default_limit;
  if (auto why
      = take_number(parameters, "limit", 1, highest_limit, "1 to 1000", limit))
    return *why;
  return limit;
}

result<events::plc_area> plc_area_of(const parameter_map& parameters) {
  const auto area = parameters.find("area");
  if (area == parameters.end() || area->second == "read")
    return events::plc_area::read;
  if (area->second == "write")
    return events::plc_area::write;
  return wrong("area", area->second, "read, write");
}

result<char> csv_separator(const parameter_map& parameters) {
  const auto found = parameters.find("separator");
  if (found == parameters.end() || found->second == ",")
    return ',';
  if (found->second == ";")
    return ';';
  return wrong("separator", found->second, ", or ;");
}

result<events::store_query> page_query(events::store_view what,
                                       const parameter_map& parameters,
                                       const std::vector<std::string>& lines) {
  events::store_query query;
  query.view = what;
  const auto limit = limit_of(parameters);
  if (!limit)
    return error{limit.why()};
  query.limit = *limit;
  if (auto why = take_number(parameters, "offset", 0, highest_offset,
                             "0 to 1000000000", query.offset))
    return *why;
  for (const auto& take :
       {take_status, take_mo_id, take_search, take_from, take_to, take_sort})
    if (auto why = take(parameters, query))
      return *why;
  if (const auto line = parameters.find("line"); line != parameters.end()) {
    const auto known = check_line(line->second, lines);
    if (!known)
      return error{known.why()};
    query.line = *known;
  }
  return query;
}

result<decision_parameters> decision_of(const http::request& request,
                                        const std::vector<std::string>& lines) {
  decision_parameters said{"unknown", "", {}};
  if (const auto user = request.headers.find("x-user");
      user != request.headers.end() && !user->second.empty()) {
    if (user->second.size() > longest_user
        || !std::ranges::all_of(user->second, printable))
      return wrong("X-User", user->second,
                   "1 to 64 printable ASCII characters");
    said.user = user->second;
  }
  if (const auto notes = request.query.find("notes");
      notes != request.query.end()) {
    if (notes->second.size() > longest_notes
        || std::ranges::any_of(notes->second, is_control))
      return wrong("notes", notes->second,
                   "at most 500 bytes without control characters");
    said.notes = notes->second;
  }
  if (const auto line = request.query.find("line");
      line != request.query.end()) {
    const auto known = check_line(line->second, lines);
    if (!known)
      return error{known.why()};
    said.line = *known;
  }
  return said;
}

result<bool> push_to_plc(const parameter_map& parameters) {
  const auto found = parameters.find("push_to_plc");
  if (found == parameters.end() || found->second == "false"
      || found->second == "False" || found->second == "0")
    return false;
  if (found->second == "true" || found->second == "True"
      || found->second == "1")
    return true;
  return wrong("push_to_plc", found->second, "true, false");
}

result<int> check_batch_no(std::string_view text) {
  return whole_number("batch_no", text, 1, 10, "1 to 10");
}

result<bool> toggle_body(std::string_view body) {
  const auto wrong_body = [](std::string_view what) {
    std::string text = R"(the body must be JSON: {"enabled": true or false}; )";
    return error{text.append(what)};
  };
  const auto parsed = parse_json(body);
  if (!parsed)
    return wrong_body("it " + parsed.why());
  if (!parsed->is_object() || !parsed->contains("enabled"))
    return wrong_body("\"enabled\" is missing");
  const auto& enabled = (*parsed)["enabled"];
  if (!enabled.is_boolean())
    return wrong_body("\"enabled\" is a " + std::string(enabled.type_name()));
  return enabled.get<bool>();
}

} // namespace millrace::admin
