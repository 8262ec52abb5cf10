#include "services/odoo-gateway/wiring.hpp"

#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"
#include "services/odoo-gateway/actors.hpp"
#include "services/odoo-gateway/performer.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include <future>
#include <random>
#include <set>
#include <thread>

namespace millrace::odoo {

namespace {

constexpr std::size_t max_waiting_commands = 12'000;
/// Orders in work at once are a hundred at most, with ten lines.
constexpr std::size_t max_remembered_orders = 1000;
/// A command that the broker held back longer than this is not expected.
constexpr std::chrono::minutes remember_figures{10};

steady_time steady_now() {
  return std::chrono::steady_clock::now();
}

void sleep_for(std::chrono::milliseconds span) {
  std::this_thread::sleep_for(span);
}

double random_share() {
  thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>{0, 1}(generator);
}

http::client_options client_options_of(const settings& chosen) {
  http::client_options options;
  options.base_url = chosen.url;
  options.connect_time_out = chosen.connect_time_out;
  options.answer_time_out = chosen.answer_time_out;
  options.ca_file = chosen.ca_file;
  return options;
}

std::set<std::string> lines_of(const settings& chosen) {
  const auto codes = chosen.lines.line_codes();
  return {codes.begin(), codes.end()};
}

} // namespace

struct running_gateway::impl {
  impl(const settings& chosen, service::surroundings& around)
    : served(lines_of(chosen)),
      sign_in({chosen.database, chosen.user, chosen.password}),
      guard({}, steady_now, around.clock), announce(around.events),
      system(config.set("scheduler.policy", caf::atom("sharing"))
               .set("scheduler.max-threads", std::size_t{1})) {
    spawn_actors(chosen, around.clock);
    listen<events::mo_fetch>(around.events);
    listen<events::odoo_push>(around.events);
    listen<events::odoo_cancel>(around.events);
    listen<events::odoo_check>(around.events);
  }

  void spawn_actors(const settings& chosen, const wall_clock& clock) {
    const shared_parts parts{sign_in, guard, steady_now, sleep_for,
                             random_share};
    std::vector<worker_actor> staff;
    for (int i = 0; i < chosen.concurrency; ++i) {
      const auto hands = std::make_shared<performer>(
        client_options_of(chosen), parts, codes, announce, clock);
      staff.push_back(system.spawn<caf::detached>(
        worker, static_cast<std::size_t>(i), deed{[hands](const job& work) {
          (*hands)(work);
        }}));
    }
    door = system.spawn(
      front, work_queue{max_waiting_commands, remember_figures, steady_now},
      std::move(staff));
  }

  template <class Command>
  void listen(service::port& port) {
    port.on<Command>([this](events::event<Command> command, service::reply_to) {
      if (served.contains(command.data.line))
        caf::anon_send(door, make_job(std::move(command)));
      else
        metrics::count("millrace_odoo_commands_of_other_lines_total",
                       "Commands for lines that are not served here");
    });
  }

  std::set<std::string> served;
  session sign_in;
  breaker guard;
  code_memory codes{max_remembered_orders};
  announcer announce;
  caf::actor_system_config config;
  caf::actor_system system;
  front_actor door;
};

running_gateway::running_gateway(const settings& chosen,
                                 service::surroundings& around)
  : impl_(std::make_unique<impl>(chosen, around)) {
}

running_gateway::~running_gateway() = default;

bool running_gateway::stop(std::chrono::steady_clock::time_point deadline) {
  const auto ended = std::make_shared<std::promise<void>>();
  caf::anon_send(impl_->door, good_bye{[ended] {
                   ended->set_value();
                 }});
  const bool in_time
    = ended->get_future().wait_until(deadline) == std::future_status::ready;
  impl_->announce.close();
  impl_->door = nullptr;
  if (!in_time) {
    log::warn("odoo.still_waiting_at_stop");
    impl_.release(); // the actor system would wait for its workers
  }
  return in_time;
}

std::string running_gateway::odoo_trouble() const {
  return impl_->guard.current() == breaker::state::open ? "Odoo does not answer"
                                                        : std::string{};
}

} // namespace millrace::odoo
