#include "services/plc-gateway/reachability.hpp"

namespace millrace::plc {

namespace {

constexpr int most_named = 5;

} // namespace

void reachability::heard(const std::string& line, bool reachable) {
  const std::lock_guard lock{mutex_};
  lines_[line] = reachable;
}

void reachability::forget() {
  const std::lock_guard lock{mutex_};
  lines_.clear();
}

std::string reachability::trouble() const {
  const std::lock_guard lock{mutex_};
  int silent = 0;
  std::string names;
  for (const auto& [line, reachable] : lines_) {
    if (reachable || ++silent > most_named)
      continue;
    names += (silent > 1 ? ", " : "") + line;
  }
  if (silent == 0)
    return {};
  return std::to_string(silent) + " of " + std::to_string(lines_.size())
         + (silent == 1 ? " PLCs does not answer: " : " PLCs do not answer: ")
         + names + (silent > most_named ? ", ..." : "");
}

} // namespace millrace::plc
