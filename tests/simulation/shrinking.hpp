#pragma once

#include "tests/simulation/plant.hpp"

#include <optional>
#include <string>

namespace millrace::simulation {

/// What a run came to.
struct finding {
  /// The invariant that does not hold; none: all do.
  std::optional<std::string> broken;
  std::uint64_t steps = 0;
  /// Of its choices and of how it ended: the same for the same seed.
  std::uint64_t digest = 0;
  choices::list made;
};

using teller = std::function<void(instant, const std::string&)>;

finding run(choices chance, sabotage broken, const teller& tell = {});

/// The failing run with as little harm in it as could be found: choices are
/// made harmless, many at first, then one by one, as long as it fails still.
finding shrink(finding failing, sabotage broken);

} // namespace millrace::simulation
