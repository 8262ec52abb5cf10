#include "services/plc-gateway/wiring.hpp"

#include <optional>

using namespace millrace;

int main(int argc, char** argv) {
  plc::settings chosen;
  plc::reachability plcs;
  std::optional<plc::running_gateway> running;

  service::definition what;
  what.name = "plc-gateway";
  what.summary = "Speaks FINS with the PLCs: reads, writes, acknowledges.";
  what.declare = [&](config::binder& binder) {
    plc::declare(binder, chosen);
  };
  what.check = [&](const service::common_settings&) {
    return plc::check(chosen);
  };
  what.sole_for = [&] {
    return chosen.lines.line_codes();
  };
  what.start = [&](service::surroundings& around) {
    running.emplace(chosen, around, plcs);
  };
  what.activated = [&](bool active) {
    running->use_plcs(active);
  };
  // A line in trouble keeps nobody else from working.
  what.dependencies = [&] {
    return std::vector<service::dependency>{{"plc", plcs.trouble(), false}};
  };
  what.stop = [&](std::chrono::steady_clock::time_point) {
    running->stop();
  };
  return service::run(argc, argv, std::move(what));
}
