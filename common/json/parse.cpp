#include "common/json/parse.hpp"

#include <nlohmann/json.hpp>

namespace millrace {

using nlohmann::json;

result<json> parse_json(std::string_view text, int max_depth) {
  bool too_deep = false;
  const auto watch = [&](int around, json::parse_event_t what, json&) {
    const bool opens = what == json::parse_event_t::object_start
                       || what == json::parse_event_t::array_start;
    too_deep = too_deep || (opens && around >= max_depth);
    return !too_deep;
  };
  auto document = json::parse(text.begin(), text.end(), watch, false);
  if (too_deep)
    return error{"is nested deeper than " + std::to_string(max_depth)};
  if (document.is_discarded())
    return error{"is no JSON"};
  return document;
}

} // namespace millrace
