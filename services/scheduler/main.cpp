#include "services/scheduler/wiring.hpp"

#include <optional>

using namespace millrace;

int main(int argc, char** argv) {
  scheduler::settings chosen;
  std::optional<scheduler::running_scheduler> running;

  service::definition what;
  what.name = "scheduler";
  what.summary = "Says when each of the four tasks of each line is due.";
  what.declare = [&](config::binder& binder) {
    scheduler::declare(binder, chosen);
  };
  what.sole_for = [&] {
    return chosen.lines.line_codes();
  };
  what.start = [&](service::surroundings& around) {
    running.emplace(chosen, around);
  };
  what.stop = [&](std::chrono::steady_clock::time_point) {
    running->stop();
  };
  return service::run(argc, argv, std::move(what));
}
