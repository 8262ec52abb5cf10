#include "common/service/service.hpp"

#include "common/service/envelope.hpp"
#include "common/service/health.hpp"
#include "common/service/presence.hpp"
#include "common/service/watchdog.hpp"
#include "common/telemetry/metrics.hpp"

#include <atomic>
#include <csignal>
#include <exception>
#include <optional>
#include <pthread.h>
#include <sysexits.h>
#include <utility>

namespace millrace::service {

namespace {

using namespace std::chrono_literals;

// The parts of a stop; together below the watchdog's 10 s, disconnecting (1 s)
// included.
constexpr auto own_stop = 6s;
constexpr auto bus_flush = 1500ms;
constexpr auto http_grace = 200ms;
constexpr auto whole_stop = 10s;

/// Before the first thread, which all others inherit from.
sigset_t block_signals() {
  // A reader of our log that is gone, a file that must not grow: the write
  // fails, and whoever writes says so.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  return ending;
}

events::service_state state_of(const std::string& service,
                               const std::string& status,
                               const std::string& since,
                               const std::string& instance) {
  events::service_state state;
  state.service = service;
  state.status = status;
  state.version = MILLRACE_VERSION;
  state.since = since;
  state.instance = instance;
  return state;
}

/// One run of a service, from its settings to its end.
class runner {
public:
  runner(definition what, common_settings settings)
    : what_(std::move(what)), settings_(with_own_id(std::move(settings))),
      layout_(settings_.topic_root), started_at_(format_utc(clock_())),
      bus_(options_with_will()),
      port_(bus_, what_.name, layout_, clock_, ids_, settings_.client_id),
      presence_(bus_, port_, identity(),
                [this](bool active) { on_change(active); }) {
    bus_.on_message([this](const bus::incoming& in) { port_.arrived(in); });
    bus_.on_connected([this](bool) { on_connected(); });
    port_.on_state<events::service_state>(
      layout_.service_state(what_.name),
      [this](events::event<events::service_state> said, reply_to) {
        on_own_state(said.data);
      });
    if (what_.sole_for)
      port_.take_commands_while([this] { return presence_.active(); });
    metrics::gauge("millrace_build_info", "Always 1; its labels say what runs",
                   1, {{"service", what_.name}, {"version", MILLRACE_VERSION}});
  }

  /// Exit code.
  int run(const sigset_t& ending) {
    surroundings around{settings_, bus_, port_, clock_, ids_, [this] {
                          return !what_.sole_for || presence_.active();
                        }};
    if (settings_.metrics_port > 0)
      health_
        = start_health_server(settings_.metrics_bind, settings_.metrics_port,
                              [this] { return ready(); });
    what_.start(around);
    bus_.start();
    presence_.start();
    phase_ = phase::running;
    log::info("service.started", {{"version", MILLRACE_VERSION}});
    int signal = 0;
    sigwait(&ending, &signal);
    log::info("service.stopping", {{"signal", signal}});
    stop();
    log::info("service.stopped");
    return 0;
  }

private:
  enum class phase { starting, running, stopping };

  /// A client id of this process's own: nothing that was meant for an earlier
  /// one, or for another instance, reaches it.
  common_settings with_own_id(common_settings settings) {
    settings.client_id += "-" + instance_;
    return settings;
  }

  presence::identity identity() const {
    return {what_.name, instance_,
            what_.sole_for ? what_.sole_for() : std::vector<std::string>{}};
  }

  bus::options options_with_will() const {
    auto options = bus_options(settings_);
    const auto type = events::type_of<events::service_state>();
    const events::event<events::service_state> will{
      make_envelope(what_.name, "_all", type, {}, clock_, ids_),
      state_of(what_.name, "offline", started_at_, instance_)};
    options.will_topic = layout_.service_state(what_.name);
    options.will_payload = events::encode(will);
    return options;
  }

  void publish_state(const std::string& status) {
    port_.publish_state(layout_.service_state(what_.name), "_all",
                        state_of(what_.name, status, started_at_, instance_));
  }

  void on_connected() {
    presence_.connected();
    if (!what_.sole_for)
      publish_state("online");
  }

  void on_change(bool active) {
    if (active)
      publish_state("online");
    if (what_.activated)
      what_.activated(active);
  }

  /// The last word of another instance must not stand while this one works.
  void on_own_state(const events::service_state& said) {
    const bool online = said.status == "online";
    if (said.instance == instance_)
      said_online_ = online;
    else if (online && what_.sole_for)
      said_online_ = false;
    else if (!online && said_online_ && phase_ == phase::running)
      publish_state("online");
  }

  readiness ready() const {
    readiness now;
    now.dependencies.push_back({"broker", broker_trouble()});
    if (what_.dependencies)
      for (auto& each : what_.dependencies())
        now.dependencies.push_back(std::move(each));
    now.not_ready = why_not(now.dependencies);
    now.note = standing_by();
    return now;
  }

  std::string broker_trouble() const {
    if (!bus_.connected())
      return "no connection to the broker: " + bus_.trouble();
    return presence_.trouble();
  }

  std::string why_not(const std::vector<dependency>& all) const {
    if (phase_ == phase::stopping)
      return "stopping";
    // The bus begins last.
    const bool starting = phase_ == phase::starting;
    for (const auto& each : all)
      if (each.needed && !each.trouble.empty()
          && !(starting && each.name == "broker"))
        return each.trouble;
    return starting ? "starting" : "";
  }

  std::string standing_by() const {
    const auto rival = presence_.standing_by_for();
    return rival.empty() ? std::string{} : "standing by for " + rival;
  }

  void stop() {
    phase_ = phase::stopping;
    const watchdog limit{whole_stop};
    if (what_.stop)
      what_.stop(std::chrono::steady_clock::now() + own_stop);
    const bool others_work = !presence_.standing_by_for().empty();
    presence_.stop();
    if (!others_work)
      publish_state("offline");
    bus_.stop(bus_flush);
    if (health_)
      health_->stop(http_grace);
  }

  definition what_;
  wall_clock clock_ = system_wall_clock();
  id_source ids_ = random_ids();
  /// The random end of a UUIDv7.
  std::string instance_ = ids_().substr(28);
  common_settings settings_;
  events::topics layout_;
  std::string started_at_;
  std::atomic<bool> said_online_ = false;
  std::atomic<phase> phase_ = phase::starting;
  bus::client bus_;
  port port_;
  presence presence_;
  std::unique_ptr<http::server> health_;
};

int start_and_run(definition what, common_settings settings,
                  const sigset_t& ending) {
  try {
    runner service{std::move(what), std::move(settings)};
    return service.run(ending);
  } catch (const stop_requested&) {
    log::info("service.stopped", {{"before", "it had started"}});
    return 0;
  } catch (const std::exception& problem) {
    log::error("service.failed", {{"error", problem.what()}});
    return 1;
  }
}

} // namespace

bool told_to_stop() {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, SIGTERM) == 1
         || sigismember(&pending, SIGINT) == 1;
}

int run(int argc, char** argv, definition what) {
  const auto ending = block_signals();
  common_settings settings;
  config::binder binder;
  if (what.declare)
    what.declare(binder);
  declare(binder, settings);
  const auto check = [&] {
    return what.check ? what.check(settings) : std::vector<std::string>();
  };
  switch (config::load(argc, argv, what.name, what.summary, binder, check,
                       what.options)) {
  case config::start::exit_ok:
    return 0;
  case config::start::exit_error:
    return EX_CONFIG; // systemd does not try again (deploy/systemd)
  case config::start::run:
    break;
  }
  if (settings.client_id.empty())
    settings.client_id = "millrace-" + what.name;
  log::setup({what.name, level_named(settings.log_level),
              settings.log_format == "json"});
  return start_and_run(std::move(what), std::move(settings), ending);
}

} // namespace millrace::service
