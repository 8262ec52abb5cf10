#include "services/admin-gateway/wiring.hpp"

#include <optional>

using namespace millrace;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  admin::settings chosen;
  std::optional<admin::running_gateway> running;

  service::definition what;
  what.name = "admin-gateway";
  what.summary = "The admin API over HTTP; asks the others over the broker.";
  what.declare = [&](config::binder& binder) {
    admin::declare(binder, chosen);
  };
  what.check = [&](const service::common_settings& common) {
    return admin::contradictions(chosen, common);
  };
  what.start = [&](service::surroundings& around) {
    running.emplace(chosen, around);
  };
  what.stop = [&](std::chrono::steady_clock::time_point) {
    running->stop(2s);
  };
  return service::run(argc, argv, std::move(what));
}
