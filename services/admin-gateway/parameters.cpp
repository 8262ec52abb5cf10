#include "services/admin-gateway/parameters.hpp"

#include "common/json/parse.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace millrace::admin {

namespace {

constexpr std::size_t longest_mo_id = 64; // VARCHAR(64), FACTS 5
constexpr std::size_t longest_user = 64;
constexpr std::size_t longest_notes = 500;
constexpr int default_limit = 50;
constexpr int highest_limit = 1'000;

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

} // namespace

result<std::string> check_mo_id(std::string_view name) {
  const bool fits = !name.empty() && name.size() <= longest_mo_id
                    && std::all_of(name.begin(), name.end(), printable);
  if (!fits)
    return wrong("mo_id", name, "an order name of 1 to 64 characters");
  return std::string{name};
}

result<events::store_query> history_query(const parameter_map& parameters) {
  events::store_query query;
  query.view = events::store_view::history;
  query.limit = default_limit;
  if (auto why = take_number(parameters, "limit", 1, highest_limit, "1 to 1000",
                             query.limit))
    return *why;
  if (auto why
      = take_number(parameters, "offset", 0, std::numeric_limits<int>::max(),
                    "0 or more", query.offset))
    return *why;
  if (const auto status = parameters.find("status");
      status != parameters.end()) {
    const auto known
      = std::find(statuses.begin(), statuses.end(), status->second);
    if (known == statuses.end())
      return wrong("status", status->second,
                   "completed, failed, cancelled, cleared");
    query.status = status->second;
  }
  if (const auto mo_id = parameters.find("mo_id"); mo_id != parameters.end()) {
    const auto name = check_mo_id(mo_id->second);
    if (!name)
      return error{name.why()};
    query.mo_id = *name;
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
    std::string known;
    for (const auto& one : lines)
      known += (known.empty() ? "" : ", ") + one;
    if (std::ranges::find(lines, line->second) == lines.end())
      return wrong("line", line->second, known);
    said.line = line->second;
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
  constexpr auto wanted
    = R"(the body must be JSON: {"enabled": true or false})";
  const auto parsed = parse_json(body);
  if (!parsed)
    return error{std::string(wanted) + "; it " + parsed.why()};
  if (!parsed->is_object() || !parsed->contains("enabled"))
    return error{std::string(wanted) + "; \"enabled\" is missing"};
  const auto& enabled = (*parsed)["enabled"];
  if (!enabled.is_boolean())
    return error{std::string(wanted) + "; \"enabled\" is a "
                 + enabled.type_name()};
  return enabled.get<bool>();
}

} // namespace millrace::admin
