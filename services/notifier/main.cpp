#include "services/notifier/wiring.hpp"

#include <optional>

using namespace millrace;

int main(int argc, char** argv) {
  notifier::settings chosen;
  std::optional<notifier::running_notifier> running;

  service::definition what;
  what.name = "notifier";
  what.summary = "Tells people of alerts: webhooks, mail, MQTT.";
  what.declare = [&](config::binder& binder) {
    chosen.declare(binder);
  };
  what.check = [&](const service::common_settings&) {
    return chosen.check();
  };
  what.sole_for = [] {
    return std::vector<std::string>{"all"};
  };
  what.activated = [&](bool active) {
    running->activated(active);
  };
  what.start = [&](service::surroundings& around) {
    running.emplace(chosen, around);
  };
  what.stop = [&](std::chrono::steady_clock::time_point) {
    running->stop();
  };
  what.dependencies = [&] {
    return std::vector<service::dependency>{
      {"batch-store", running ? running->store_trouble() : "starting"}};
  };
  return service::run(argc, argv, std::move(what));
}
