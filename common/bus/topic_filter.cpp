#include "common/bus/topic_filter.hpp"

#include <optional>

namespace millrace::bus {

namespace {

/// Takes the first level off; none when there is no more.
std::optional<std::string_view>
next_level(std::optional<std::string_view>& rest) {
  if (!rest)
    return {};
  const auto slash = rest->find('/');
  const auto level = rest->substr(0, slash);
  if (slash == std::string_view::npos)
    rest.reset();
  else
    rest->remove_prefix(slash + 1);
  return level;
}

} // namespace

bool matches(std::string_view filter, std::string_view topic) {
  if (topic.starts_with('$') && !filter.starts_with('$'))
    return false;
  std::optional<std::string_view> wanted_rest{filter}, given_rest{topic};
  while (true) {
    const auto wanted = next_level(wanted_rest);
    const auto given = next_level(given_rest);
    if (wanted == "#")
      return true;
    if (!wanted || !given)
      return !wanted && !given;
    if (*wanted != "+" && *wanted != *given)
      return false;
  }
}

} // namespace millrace::bus
