#include "services/plc-gateway/wiring.hpp"

#include "common/telemetry/ids.hpp"
#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"
#include "services/plc-gateway/line.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include <map>

namespace millrace::plc {

namespace {

using line_actors = std::map<std::string, line_actor>;

// batch-store repeats the command after 5 s.
constexpr std::chrono::seconds patience_for_store{4};

void measure(const events::line_state& state) {
  metrics::gauge("millrace_plc_reachable",
                 "1 while the PLC answers; of an instance that stands by, the "
                 "last that it knew",
                 state.reachable ? 1 : 0, {{"line", state.line}});
  if (const auto when = parse_utc(state.last_cycle_at))
    metrics::gauge(
      "millrace_plc_last_cycle_timestamp_seconds",
      "When the line's READ area was last read whole, Unix time",
      std::chrono::duration<double>(when->time_since_epoch()).count(),
      {{"line", state.line}});
}

outlet outlet_of(const std::string& line, fins_link& link, service::port& port,
                 reachability& plcs) {
  outlet out;
  out.send = [line, &link](std::uint64_t number, const step& asked) {
    link.send(line, number, asked);
  };
  out.emit = [line, &port](line_event what, const service::context& about) {
    return std::visit(
      [&](auto& event) { return port.emit(line, std::move(event), about); },
      what);
  };
  out.answer
    = [&port](const service::reply_to& to, events::command_result result,
              const service::context& about) {
        port.reply(to, std::move(result), about);
      };
  out.publish = [line, &port, &plcs](events::line_state state) {
    plcs.heard(line, state.reachable);
    measure(state);
    port.publish_state(port.layout().line_state(line, "plc"), line,
                       std::move(state));
  };
  return out;
}

/// Turns commands for the lines served into messages to them.
class inlet {
public:
  inlet(service::port& port, const line_actors& lines)
    : port_(port), lines_(lines) {
    port.on<events::plc_read_now>([this](events::event<events::plc_read_now> in,
                                         service::reply_to waiting) {
      tell(in.data.line,
           read_wish{in.data.full, {std::move(waiting)}, std::move(in.meta)});
    });
    port.on<events::plc_write>(
      [this](events::event<events::plc_write> in, service::reply_to) {
        confirm_then_tell({std::move(in.data), std::move(in.meta)});
      });
    port.on<events::plc_acknowledge>(
      [this](events::event<events::plc_acknowledge> in, service::reply_to) {
        const auto line = in.data.line;
        tell(line, acknowledge_wish{std::move(in.data), std::move(in.meta)});
      });
    port.on<events::plc_withdraw>([this](events::event<events::plc_withdraw> in,
                                         service::reply_to waiting) {
      const auto line = in.data.line;
      tell(line, withdraw_wish{std::move(in.data), std::move(waiting),
                               std::move(in.meta)});
    });
    port.on<events::plc_inspect>(
      [this](events::event<events::plc_inspect> in, service::reply_to waiting) {
        tell(
          in.data.line,
          inspect_wish{in.data.area, {std::move(waiting)}, std::move(in.meta)});
      });
  }

private:
  // A queue must not be produced twice, and this process may be too young to
  // know that the command is an old one: only batch-store can.
  void confirm_then_tell(write_wish wanted) {
    const auto line = wanted.command.line;
    if (!lines_.contains(line))
      return count_other_line();
    if (wanted.command.only_look)
      return tell(line, std::move(wanted));
    const events::queue_wanted question{line, wanted.command.stage};
    service::context about;
    about.causation_id = wanted.cause.id;
    about.traceparent = child_traceparent(wanted.cause.traceparent);
    port_.request(
      line, "batch-store", question, patience_for_store,
      [this, line,
       wanted = std::move(wanted)](const result<events::command_result>& said) {
        if (said && said->ok)
          return tell(line, wanted);
        metrics::count("millrace_plc_writes_not_wanted_total",
                       "plc.write commands that batch-store did not confirm",
                       {{"line", line}});
        log::warn("plc.write_not_wanted",
                  {{"line", line},
                   {"stage", wanted.command.stage},
                   {"reason", said ? said->message : said.why()}});
      },
      about);
  }

  template <class Message>
  void tell(const std::string& line, Message message) {
    const auto at = lines_.find(line);
    if (at != lines_.end())
      return caf::anon_send(at->second, std::move(message));
    count_other_line();
  }
  static void count_other_line() {
    metrics::count("millrace_other_lines_messages_total",
                   "Messages of lines that this service does not serve");
  }

  service::port& port_;
  const line_actors& lines_;
};

caf::actor_system_config& small(caf::actor_system_config& config) {
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", 1);
  return config;
}

std::vector<plc_endpoint> endpoints_of(const std::vector<line_plan>& plans) {
  std::vector<plc_endpoint> endpoints;
  for (const auto& plan : plans)
    endpoints.push_back(plan.endpoint);
  return endpoints;
}

/// Each map once, though many lines have it.
std::map<std::string, plc_map> maps_of(const std::vector<line_plan>& plans) {
  std::map<std::string, plc_map> maps;
  for (const auto& plan : plans)
    if (!maps.contains(plan.map_file))
      maps.emplace(plan.map_file, map_in(plan.map_file));
  return maps;
}

} // namespace

struct running_gateway::impl {
  impl(const settings& chosen, const std::vector<line_plan>& plans,
       service::surroundings& around, reachability& which_answer)
    : plcs(which_answer), link(endpoints_of(plans), around.active),
      system(small(config)) {
    const auto maps = maps_of(plans);
    for (const auto& plan : plans) {
      const auto& code = plan.endpoint.line;
      const line_settings one{code, maps.at(plan.map_file),
                              chosen.max_read_words,
                              chosen.full_picture_interval};
      lines.emplace(code,
                    system.spawn(plc::line, one,
                                 outlet_of(code, link, around.events, plcs),
                                 around.clock));
    }
    link.start(
      [this](const std::string& line, std::uint64_t number, answer got) {
        caf::anon_send(lines.at(line), step_answer{number, std::move(got)});
      });
    messages.emplace(around.events, lines);
  }

  reachability& plcs;
  // Before the system: the actors call it.
  fins_link link;
  caf::actor_system_config config;
  caf::actor_system system;
  line_actors lines;
  std::optional<inlet> messages;
  bool stopped = false;
};

running_gateway::running_gateway(const settings& chosen,
                                 service::surroundings& around,
                                 reachability& plcs)
  : impl_(std::make_unique<impl>(chosen, plans_of(chosen), around, plcs)) {
}

running_gateway::~running_gateway() {
  stop();
}

void running_gateway::use_plcs(bool active) {
  active ? impl_->link.open() : impl_->link.close();
  if (!active)
    impl_->plcs.forget();
}

void running_gateway::stop() {
  if (impl_->stopped)
    return;
  impl_->stopped = true;
  for (const auto& [code, actor] : impl_->lines)
    caf::anon_send(actor, good_bye{});
  impl_->system.await_all_actors_done();
  impl_->link.stop();
}

} // namespace millrace::plc
