#include "tests/simulation/shrinking.hpp"

#include <algorithm>

namespace millrace::simulation {

namespace {

std::vector<std::size_t> harmful(const choices::list& made) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < made.size(); ++i)
    if (made[i] != 0)
      places.push_back(i);
  return places;
}

/// Runs the changed list; keeps it when it fails with less harm.
bool improves(finding& best, choices::list changed, sabotage broken) {
  auto tried = run(choices(std::move(changed)), broken);
  if (!tried.broken || harmful(tried.made).size() > harmful(best.made).size())
    return false;
  best = std::move(tried);
  return true;
}

bool drop_harm(finding& best, std::size_t at_once, sabotage broken) {
  bool better = false;
  for (std::size_t from = 0;;) {
    const auto places = harmful(best.made);
    if (from >= places.size())
      return better;
    auto changed = best.made;
    const auto to = std::min(from + at_once, places.size());
    for (auto i = from; i < to; ++i)
      changed[places[i]] = 0;
    if (improves(best, std::move(changed), broken))
      better = true;
    else
      from = to;
  }
}

/// Leaves choices out altogether, so that later ones move up: what a smaller
/// world asks of them comes earlier.
bool leave_out(finding& best, std::size_t at_once, sabotage broken) {
  const auto before = harmful(best.made).size();
  for (std::size_t from = 0; from < best.made.size(); from += at_once) {
    auto changed = best.made;
    const auto first = changed.begin() + static_cast<std::ptrdiff_t>(from);
    const auto room = static_cast<std::size_t>(changed.end() - first);
    changed.erase(first,
                  first + static_cast<std::ptrdiff_t>(std::min(at_once, room)));
    improves(best, std::move(changed), broken);
  }
  return harmful(best.made).size() < before;
}

void lower_values(finding& best, sabotage broken) {
  for (const auto place : harmful(best.made))
    for (std::uint16_t value = 1;
         place < best.made.size() && value < best.made[place]; ++value) {
      auto changed = best.made;
      changed[place] = value;
      if (improves(best, std::move(changed), broken))
        break;
    }
}

} // namespace

finding run(choices chance, sabotage broken, const teller& tell) {
  finding found;
  plant one(chance, broken, tell);
  try {
    one.run();
  } catch (const violation& v) {
    found.broken = v.text;
  }
  found.steps = one.steps();
  found.made = chance.made();
  found.digest = one.digest();
  return found;
}

finding shrink(finding failing, sabotage broken) {
  auto best = std::move(failing);
  for (bool better = true; better;) {
    better = false;
    for (auto size = std::max<std::size_t>(1, harmful(best.made).size() / 2);;
         size /= 2) {
      better = drop_harm(best, size, broken) || better;
      if (size <= 1)
        break;
    }
    for (const std::size_t size : {8, 2, 1})
      better = leave_out(best, size, broken) || better;
  }
  lower_values(best, broken);
  return best;
}

} // namespace millrace::simulation
