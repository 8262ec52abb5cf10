#include "common/config/binder.hpp"

#include "common/config/duration.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace millrace::config {

namespace {

using problem = std::optional<std::string>;

std::string in_lower_case(std::string_view text) {
  std::string lower{text};
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return lower;
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words)
    all += (all.empty() ? "" : ", ") + word;
  return all;
}

std::string plural(std::chrono::milliseconds unit) {
  using namespace std::chrono_literals;
  return unit == 1h     ? "hours"
         : unit == 1min ? "minutes"
         : unit == 1s   ? "seconds"
                        : "milliseconds";
}

std::optional<int> whole_number(std::string_view text) {
  if (text.starts_with('+'))
    text.remove_prefix(1);
  int value = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || rest != end)
    return {};
  return value;
}

std::optional<bool> yes_or_no(std::string_view text) {
  const auto word = in_lower_case(text);
  for (const auto* yes : {"true", "1", "yes", "on"})
    if (word == yes)
      return true;
  for (const auto* no : {"false", "0", "no", "off"})
    if (word == no)
      return false;
  return {};
}

} // namespace

void binder::text(names called, std::string& member, std::string_view meaning,
                  std::string_view allowed,
                  std::function<result<std::string>(std::string_view)> check) {
  auto read = [&member, check](std::string_view, std::string_view given) {
    auto value = check ? check(given) : result<std::string>{std::string(given)};
    if (!value)
      return problem{value.why()};
    member = std::move(*value);
    return problem{};
  };
  declared_.push_back({std::move(called), std::string(meaning),
                       std::string(allowed), member, false, false,
                       std::move(read)});
}

void binder::secret(
  names called, std::string& member, std::string_view meaning,
  std::function<result<std::string>(std::string_view)> check) {
  auto read = [&member, check](std::string_view, std::string_view given) {
    if (check)
      if (const auto checked = check(given); !checked)
        return problem{checked.why()};
    member = given;
    return problem{};
  };
  declared_.push_back(
    {std::move(called), std::string(meaning), "text", {}, true, false, read});
}

void binder::number(names called, int& member, int low, int high,
                    std::string_view meaning) {
  auto read = [&member, low, high](std::string_view, std::string_view given) {
    const auto value = whole_number(given);
    if (!value)
      return problem{"is no whole number"};
    if (*value < low || *value > high)
      return problem{"is out of range"};
    member = *value;
    return problem{};
  };
  declared_.push_back({std::move(called), std::string(meaning),
                       std::to_string(low) + ".." + std::to_string(high),
                       std::to_string(member), false, false, read});
}

void binder::flag(names called, bool& member, std::string_view meaning) {
  auto read = [&member](std::string_view, std::string_view given) {
    const auto value = yes_or_no(given);
    if (!value)
      return problem{"is neither true nor false"};
    member = *value;
    return problem{};
  };
  declared_.push_back({std::move(called), std::string(meaning),
                       "true, false, 1, 0, yes, no, on, off",
                       member ? "true" : "false", false, false, read});
}

void binder::choice(names called, std::string& member,
                    std::vector<std::string> choices,
                    std::string_view meaning) {
  auto allowed = joined(choices);
  auto read = [&member, choices = std::move(choices)](std::string_view,
                                                      std::string_view given) {
    const auto wanted = in_lower_case(given);
    for (const auto& choice : choices)
      if (in_lower_case(choice) == wanted) {
        member = choice;
        return problem{};
      }
    return problem{"is none of them"};
  };
  declared_.push_back({std::move(called), std::string(meaning),
                       std::move(allowed), member, false, false,
                       std::move(read)});
}

void binder::duration(std::string called, std::string bare_name,
                      std::chrono::milliseconds bare_unit,
                      std::chrono::milliseconds& member,
                      std::chrono::milliseconds low,
                      std::chrono::milliseconds high,
                      std::string_view meaning) {
  auto allowed = duration_text(low) + ".." + duration_text(high)
                 + " with its unit (ms, s, m, h)";
  if (!bare_name.empty())
    allowed += "; " + bare_name + ": number of " + plural(bare_unit);
  auto read = [&member, called, bare_unit, low, high](std::string_view name,
                                                      std::string_view given) {
    const auto span = name == called ? parse_duration(given)
                                     : parse_duration_in(given, bare_unit);
    if (!span)
      return problem{span.why()};
    if (*span < low || *span > high)
      return problem{"is out of range"};
    member = *span;
    return problem{};
  };
  names all{std::move(called)};
  if (!bare_name.empty())
    all.push_back(std::move(bare_name));
  declared_.push_back({std::move(all), std::string(meaning), std::move(allowed),
                       duration_text(member), false, false, std::move(read)});
}

void binder::require_last() {
  declared_.back().required = true;
}

} // namespace millrace::config
