#include "common/service/service.hpp"

#include "common/service/envelope.hpp"
#include "common/service/health.hpp"
#include "common/service/watchdog.hpp"

#include <atomic>
#include <csignal>
#include <exception>
#include <optional>
#include <pthread.h>
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
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  return ending;
}

events::service_state state_of(const std::string& service,
                               const std::string& status,
                               const std::string& since) {
  events::service_state state;
  state.service = service;
  state.status = status;
  state.version = MILLRACE_VERSION;
  state.since = since;
  return state;
}

/// One run of a service, from its settings to its end.
class runner {
public:
  runner(definition what, common_settings settings)
    : what_(std::move(what)), settings_(std::move(settings)),
      layout_(settings_.topic_root), started_at_(format_utc(clock_())),
      bus_(options_with_will()),
      port_(bus_, what_.name, layout_, clock_, ids_, settings_.client_id) {
    bus_.on_message([this](const bus::incoming& in) { port_.arrived(in); });
    bus_.on_connected([this](bool) { publish_state("online"); });
  }

  /// Exit code.
  int run(const sigset_t& ending) {
    surroundings around{settings_, bus_, port_, clock_, ids_};
    if (settings_.metrics_port > 0)
      health_
        = start_health_server(settings_.metrics_bind, settings_.metrics_port,
                              [this] { return not_ready(); });
    what_.start(around);
    bus_.start();
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

  bus::options options_with_will() const {
    auto options = bus_options(settings_);
    const auto type = events::type_of<events::service_state>();
    const events::event<events::service_state> will{
      make_envelope(what_.name, "_all", type, {}, clock_, ids_),
      state_of(what_.name, "offline", started_at_)};
    options.will_topic = layout_.service_state(what_.name);
    options.will_payload = events::encode(will);
    return options;
  }

  void publish_state(const std::string& status) {
    port_.publish_state(layout_.service_state(what_.name), "_all",
                        state_of(what_.name, status, started_at_));
  }

  std::string not_ready() const {
    if (phase_ == phase::starting)
      return "starting";
    if (phase_ == phase::stopping)
      return "stopping";
    if (!bus_.connected())
      return "no connection to the broker";
    return what_.not_ready ? what_.not_ready() : std::string{};
  }

  void stop() {
    phase_ = phase::stopping;
    const watchdog limit{whole_stop};
    if (what_.stop)
      what_.stop(std::chrono::steady_clock::now() + own_stop);
    publish_state("offline");
    bus_.stop(bus_flush);
    if (health_)
      health_->stop(http_grace);
  }

  definition what_;
  common_settings settings_;
  wall_clock clock_ = system_wall_clock();
  id_source ids_ = random_ids();
  events::topics layout_;
  std::string started_at_;
  std::atomic<phase> phase_ = phase::starting;
  bus::client bus_;
  port port_;
  std::unique_ptr<http::server> health_;
};

int start_and_run(definition what, common_settings settings,
                  const sigset_t& ending) {
  try {
    runner service{std::move(what), std::move(settings)};
    return service.run(ending);
  } catch (const std::exception& problem) {
    log::error("service.failed", {{"error", problem.what()}});
    return 1;
  }
}

} // namespace

int run(int argc, char** argv, definition what) {
  const auto ending = block_signals();
  common_settings settings;
  config::binder binder;
  if (what.declare)
    what.declare(binder);
  declare(binder, settings);
  switch (
    config::load(argc, argv, what.name, what.summary, binder, what.check)) {
  case config::start::exit_ok:
    return 0;
  case config::start::exit_error:
    return 1;
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
