#include "services/odoo-gateway/performer.hpp"

#include "common/events/codec.hpp"
#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"
#include "services/odoo-gateway/cancelling.hpp"
#include "services/odoo-gateway/checking.hpp"
#include "services/odoo-gateway/pushing.hpp"

namespace millrace::odoo {

namespace {

template <class Enum>
std::string_view name_of(Enum value) {
  return events::enum_names<Enum>::values[static_cast<std::size_t>(value)];
}

/// What an answer carries on from its command.
service::context about(const events::envelope& command) {
  service::context context;
  context.subject = command.subject;
  context.correlation_id = command.correlation_id;
  context.causation_id = command.id;
  context.traceparent = child_traceparent(command.traceparent);
  return context;
}

service::context about(const events::envelope& command,
                       const std::string& mo_id, const std::string& batch_id) {
  auto context = about(command);
  context.subject = mo_id;
  if (context.correlation_id.empty())
    context.correlation_id = batch_id;
  return context;
}

void count(std::string_view command, std::string_view how) {
  metrics::count("millrace_odoo_commands_total", "Commands worked on",
                 {{"command", command}, {"outcome", how}});
}

/// The task that a command mostly serves, for the log.
int task_of(const job& work) {
  if (std::holds_alternative<events::event<events::mo_fetch>>(work.command)
      || std::holds_alternative<events::event<events::odoo_check>>(
        work.command))
    return 1;
  const auto* push
    = std::get_if<events::event<events::odoo_push>>(&work.command);
  return push && !push->data.mark_done ? 2 : 3;
}

} // namespace

void announcer::dropped(std::string_view event) {
  log::warn("odoo.event_dropped",
            {{"event", event}, {"reason", "the queue to the broker is full"}});
}

performer::performer(http::client_options options, shared_parts parts,
                     code_memory& memory, announcer& announce,
                     wall_clock time_of_day)
  : odoo_(std::move(options), std::move(parts)), memory_(memory),
    announce_(announce), time_of_day_(std::move(time_of_day)) {
}

void performer::operator()(const job& work) {
  std::visit(
    [&](const auto& command) {
      const log::scope lines{task_of(work), command.meta.traceparent};
      if constexpr (std::is_same_v<decltype(command.data), events::mo_fetch>)
        fetch(work);
      else
        perform(command);
    },
    work.command);
}

void performer::fetch(const job& work) {
  using command = events::event<events::mo_fetch>;
  std::vector<const command*> commands{&std::get<command>(work.command)};
  for (const auto& each : work.together)
    commands.push_back(&std::get<command>(each.command));
  std::vector<events::mo_fetch> wanted;
  for (const auto* each : commands)
    wanted.push_back(each->data);
  auto answers = fetch_orders(odoo_, wanted);
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const log::scope lines{task_of(work), commands[i]->meta.traceparent};
    announce_fetch(*commands[i], std::move(answers[i]));
  }
}

void performer::announce_fetch(const events::event<events::mo_fetch>& command,
                               fetch_answer answer) {
  const auto& wanted = command.data;
  auto context = about(command.meta);
  if (auto* found = std::get_if<events::mo_fetched>(&answer)) {
    count("mo.fetch", "success");
    log::info("odoo.orders_fetched", {{"line", wanted.line},
                                      {"orders", found->orders.size()},
                                      {"rejected", found->rejected.size()}});
    for (const auto& bad : found->rejected)
      log::warn(
        "odoo.order_rejected",
        {{"line", wanted.line}, {"order", bad.mo_id}, {"reason", bad.reason}});
    // The same fetch, asked twice, may find something else: then it is another
    // event.
    context.natural_key
      = wanted.line + " " + wanted.fetch_id + " " + events::data_json(*found);
    announce_.emit(wanted.line, std::move(*found), context);
    return;
  }
  auto& failure = std::get<events::mo_fetch_failed>(answer);
  count("mo.fetch", name_of(failure.error_class));
  log::warn("odoo.fetch_failed", {{"line", wanted.line},
                                  {"class", name_of(failure.error_class)},
                                  {"error", failure.text}});
  announce_.emit(wanted.line, std::move(failure), context);
}

void performer::perform(const events::event<events::odoo_push>& command) {
  const auto& wanted = command.data;
  auto context = about(command.meta, wanted.mo_id, wanted.batch_id);
  auto answer = push_figures(odoo_, memory_, wanted, time_of_day_);
  if (auto* failure = std::get_if<events::odoo_push_failed>(&answer))
    return announce_failure(wanted.line, *failure, context);
  auto& done = std::get<events::odoo_pushed>(answer);
  count("odoo.push", "success");
  log::info("odoo.pushed", {{"line", wanted.line},
                            {"order", wanted.mo_id},
                            {"revision", wanted.revision},
                            {"done", done.done}});
  for (const auto& difference : done.differences)
    log::warn("odoo.difference",
              {{"order", wanted.mo_id}, {"odoo_holds", difference}});
  context.natural_key = wanted.batch_id + " " + std::to_string(wanted.revision)
                        + (done.done ? " done" : "");
  announce_.emit(wanted.line, std::move(done), context);
}

void performer::perform(const events::event<events::odoo_cancel>& command) {
  const auto& wanted = command.data;
  auto context = about(command.meta, wanted.mo_id, wanted.batch_id);
  auto answer = cancel_order(odoo_, wanted);
  if (auto* failure = std::get_if<events::odoo_push_failed>(&answer))
    return announce_failure(wanted.line, *failure, context);
  count("odoo.cancel", "success");
  log::info("odoo.cancelled", {{"line", wanted.line}, {"order", wanted.mo_id}});
  context.natural_key = wanted.batch_id;
  announce_.emit(wanted.line, std::get<events::odoo_cancelled>(answer),
                 context);
}

void performer::perform(const events::event<events::odoo_check>& command) {
  const auto& wanted = command.data;
  auto context = about(command.meta);
  auto answer = check_orders(odoo_, wanted);
  if (auto* failure = std::get_if<events::odoo_check_failed>(&answer)) {
    count("odoo.check", name_of(failure->error_class));
    log::warn("odoo.check_failed", {{"line", wanted.line},
                                    {"class", name_of(failure->error_class)},
                                    {"error", failure->text}});
    announce_.emit(wanted.line, std::move(*failure), context);
    return;
  }
  count("odoo.check", "success");
  log::info("odoo.checked",
            {{"line", wanted.line}, {"orders", wanted.mo_ids.size()}});
  auto& told = std::get<events::odoo_checked>(answer);
  // As with a fetch: asked twice, Odoo may say something else.
  context.natural_key
    = wanted.line + " " + wanted.check_id + " " + events::data_json(told);
  announce_.emit(wanted.line, std::move(told), context);
}

void performer::announce_failure(const std::string& line,
                                 const events::odoo_push_failed& failure,
                                 service::context about) {
  const bool cancel = failure.operation == events::odoo_operation::cancel;
  count(cancel ? "odoo.cancel" : "odoo.push", name_of(failure.error_class));
  log::warn("odoo.push_failed", {{"line", line},
                                 {"order", failure.mo_id},
                                 {"operation", name_of(failure.operation)},
                                 {"class", name_of(failure.error_class)},
                                 {"error", failure.text}});
  announce_.emit(line, failure, about);
}

} // namespace millrace::odoo
