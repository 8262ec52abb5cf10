#include "services/odoo-gateway/wiring.hpp"

#include <cstdlib>
#include <optional>

using namespace millrace;

int main(int argc, char** argv) {
  odoo::settings chosen;
  std::optional<odoo::running_gateway> running;
  bool all_ended = true;

  service::definition what;
  what.name = "odoo-gateway";
  what.summary = "The only process that speaks to Odoo: fetches orders, books "
                 "consumption, closes and cancels orders.";
  what.declare = [&](config::binder& binder) {
    odoo::declare(binder, chosen);
  };
  what.sole_for = [&] {
    return chosen.lines.line_codes();
  };
  what.start = [&](service::surroundings& around) {
    running.emplace(chosen, around);
  };
  what.stop = [&](std::chrono::steady_clock::time_point deadline) {
    all_ended = running->stop(deadline);
  };
  what.dependencies = [&] {
    return std::vector<service::dependency>{
      {"odoo", running ? running->odoo_trouble() : "starting"}};
  };
  const int code = service::run(argc, argv, std::move(what));
  if (!all_ended) // a worker thread still waits for Odoo
    std::_Exit(code);
  return code;
}
