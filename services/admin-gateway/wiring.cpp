#include "services/admin-gateway/wiring.hpp"

#include "common/http/url.hpp"
#include "common/telemetry/log.hpp"
#include "services/admin-gateway/access/worker.hpp"
#include "services/admin-gateway/finishing.hpp"
#include "services/admin-gateway/gateway.hpp"
#include "services/admin-gateway/routes.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace millrace::admin {

namespace {

using namespace std::chrono_literals;

constexpr auto query_time_out = 5s;
// Odoo may need its time, and batch-store tries again itself.
constexpr auto retry_time_out = 60s;
// batch-store says after 4 s that Odoo has not answered.
constexpr auto decide_time_out = 15s;
// Longer than plc-gateway may take to empty a PLC (batch-store waits 30 s).
constexpr auto clear_time_out = 40s;
// A PLC that does not answer is asked several times, 2 s each by default.
constexpr auto inspect_time_out = 10s;
// Longer than the scheduler's TASK_TIMEOUT (2 minutes).
constexpr auto trigger_time_out = 130s;
// Longer than all of them: HTTP gives up last.
constexpr auto answer_time_out = 150s;
// Proxies give a silent connection up after 30 s or more.
constexpr auto beat_interval = 15s;
constexpr std::size_t largest_body = 64 * 1024;
// Each takes up to 0.1 s: whoever waits longer is told to come again.
constexpr std::size_t most_passwords_waiting = 32;
constexpr auto look_at_users = 1s;

asks asks_through(service::surroundings& around) {
  auto* bus = &around.bus;
  auto* port = &around.events;
  asks others;
  others.connected = [bus] {
    return bus->connected();
  };
  others.query = [port](events::store_query what, asks::answered answered) {
    port->request("_all", "batch-store", std::move(what), query_time_out,
                  std::move(answered));
  };
  others.retry = [port](events::retry_push wish, asks::answered answered) {
    port->request("_all", "batch-store", std::move(wish), retry_time_out,
                  std::move(answered));
  };
  others.decide = [port](events::batch_decide wish, asks::answered answered) {
    const auto line = wish.line.value_or("_all");
    port->request(line, "batch-store", std::move(wish), decide_time_out,
                  std::move(answered));
  };
  others.clear = [port](events::queue_clear wish, asks::answered answered) {
    const auto line = wish.line;
    port->request(line, "batch-store", std::move(wish), clear_time_out,
                  std::move(answered));
  };
  others.acknowledge
    = [port](events::alert_acknowledge wish, asks::answered answered) {
        port->request("_all", "batch-store", std::move(wish), query_time_out,
                      std::move(answered));
      };
  others.trigger = [port](std::string line, events::task_kind task,
                          asks::answered answered) {
    port->request(line, "scheduler", events::task_trigger{line, task},
                  trigger_time_out, std::move(answered));
  };
  others.toggle = [port](bool enabled, asks::answered answered) {
    port->request("_all", "scheduler", events::scheduler_toggle{enabled},
                  query_time_out, std::move(answered));
  };
  others.inspect = [port](events::plc_inspect what, asks::answered answered) {
    const auto line = what.line;
    port->request(line, "plc-gateway", std::move(what), inspect_time_out,
                  std::move(answered));
  };
  return others;
}

template <class State>
void watch(service::port& port, std::string filter, picture& known,
           event_stream& stream) {
  port.on_state<State>(
    std::move(filter),
    [&known, &stream](events::event<State> in, service::reply_to) {
      stream.saw(events::type_of<State>(), in.meta.id, events::encode(in));
      known.saw(std::move(in.data));
    });
}

void note(task_log&, const auto&) {
}
void note(task_log& runs, const events::event<events::task_finished>& run) {
  runs.saw(run.data, run.meta.time);
}

template <class Event>
void pass_on(service::port& port, event_stream& stream, task_log& runs,
             const std::function<void()>& changed) {
  port.on<Event>(
    [&stream, &runs, changed](events::event<Event> in, service::reply_to) {
      changed();
      stream.saw(events::type_of<Event>(), in.meta.id, events::encode(in));
      note(runs, in);
    });
}

void pass_on_all(service::port& port, event_stream& stream, task_log& runs,
                 const std::function<void()>& changed) {
#define MILLRACE_PASS_ON(T) pass_on<events::T>(port, stream, runs, changed);
  MILLRACE_EVENTS(MILLRACE_PASS_ON)
#undef MILLRACE_PASS_ON
}

/// Calls event_stream::beat() now and then as long as it lives.
class heartbeat {
public:
  explicit heartbeat(event_stream& stream)
    : thread_([&stream](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any never;
        std::unique_lock lock{mutex};
        while (!never.wait_for(lock, stop, beat_interval,
                               [&] { return stop.stop_requested(); }))
          stream.beat();
      }) {
  }

private:
  std::jthread thread_;
};

access::rules rules_for(const settings& chosen) {
  access::rules how;
  how.required = chosen.auth == "on";
  how.guests = chosen.guests == "viewer";
  how.tls = !chosen.http_tls_certificate_file.empty()
            || chosen.public_url.starts_with("https://");
  how.public_url = chosen.public_url;
  how.session = {chosen.session_idle, chosen.session_max};
  return how;
}

std::string page_url(const settings& chosen, std::uint16_t port) {
  if (!chosen.public_url.empty())
    return chosen.public_url;
  http::base_url here;
  here.host = chosen.http_bind;
  here.port = port;
  here.tls = !chosen.http_tls_certificate_file.empty();
  return (here.tls ? "https://" : "http://") + http::host_header(here);
}

finishing_options finishing_for(const settings& chosen) {
  return {origins_in(chosen.http_cors_origins)};
}

http::server_options server_options_for(const settings& chosen) {
  http::server_options options;
  options.bind = chosen.http_bind;
  options.port = static_cast<std::uint16_t>(chosen.http_port);
  options.max_body_bytes = largest_body;
  options.max_connections
    = static_cast<std::size_t>(chosen.http_max_connections);
  options.max_connections_per_address
    = static_cast<std::size_t>(chosen.http_max_connections_per_address);
  // Listeners leave room for questions.
  options.max_streams = options.max_connections * 3 / 4;
  options.certificate_file = chosen.http_tls_certificate_file;
  options.key_file = chosen.http_tls_key_file;
  options.answer_time_out = answer_time_out;
  options.headers = security_headers(!chosen.http_tls_certificate_file.empty());
  return options;
}

} // namespace

struct running_gateway::impl {
  impl(const settings& chosen, service::surroundings& around)
    : entrance(rules_for(chosen), chosen.users_file,
               {access::real_secrets(), around.clock,
                &std::chrono::steady_clock::now,
                [this](access::worker::task work) {
                  return slow.post(std::move(work));
                }}),
      slow(most_passwords_waiting, look_at_users,
           [this] { entrance.refresh(); }),
      api(chosen.lines.line_codes(), asks_through(around), known, stream, runs,
          entrance),
      server(server_options_for(chosen),
             finished(
               [this](http::request request, http::responder respond) {
                 api.handle(std::move(request), std::move(respond));
               },
               finishing_for(chosen), methods_at)) {
    const auto& layout = around.events.layout();
    watch<events::service_state>(around.events, layout.service_state("+"),
                                 known, stream);
    watch<events::line_state>(around.events, layout.line_state("+", "plc"),
                              known, stream);
    watch<events::scheduler_state>(around.events, layout.scheduler_state(),
                                   known, stream);
    pass_on_all(around.events, stream, runs,
                [this] { api.something_changed(); });
  }

  picture known;
  event_stream stream;
  task_log runs;
  access::door entrance;
  access::worker slow;
  gateway api;
  http::server server;
  // Ends first: listeners ask the door at each beat.
  heartbeat alive{stream};
};

running_gateway::running_gateway(const settings& chosen,
                                 service::surroundings& around)
  : impl_(std::make_unique<impl>(chosen, around)) {
  if (!is_loopback(chosen.http_bind) && !rules_for(chosen).tls)
    log::warn("admin.open_to_network",
              {{"bind", chosen.http_bind},
               {"advice", "passwords go through the network as they are: use "
                          "TLS, or bind 127.0.0.1"}});
  impl_->server.start();
  log::info("admin.listening",
            {{"bind", chosen.http_bind}, {"port", impl_->server.port()}});
  // The only place that shows a secret, and only until it has been used.
  if (const auto token = impl_->entrance.setup_token(); !token.empty())
    log::warn("admin.no_users_yet",
              {{"open_once", page_url(chosen, impl_->server.port())
                               + "/#/setup?token=" + token}});
}

running_gateway::~running_gateway() = default;

void running_gateway::stop(std::chrono::milliseconds grace) {
  impl_->server.stop(grace);
}

} // namespace millrace::admin
