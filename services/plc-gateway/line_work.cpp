#include "services/plc-gateway/line_work.hpp"

#include "common/service/kill_point.hpp"
#include "common/telemetry/ids.hpp"
#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"
#include "services/plc-gateway/inspection.hpp"
#include "services/plc-gateway/line_events.hpp"
#include "services/plc-gateway/slot_codec.hpp"

namespace millrace::plc {

namespace {

service::context caused_by(const events::envelope& cause) {
  service::context about;
  about.correlation_id = cause.correlation_id;
  about.causation_id = cause.id;
  about.traceparent = child_traceparent(cause.traceparent);
  return about;
}

const char* name_of(step::kind what) {
  return what == step::kind::read    ? "read"
         : what == step::kind::write ? "write"
                                     : "pause";
}

/// Whose step it is: the reads and writes of a queue's write job, of a read
/// cycle and of an acknowledge are different moments.
constexpr const char* before_step(const area_read&) {
  return "plc.before.cycle";
}
constexpr const char* before_step(const write_job&) {
  return "plc.before.queue";
}
constexpr const char* before_step(const acknowledge_job&) {
  return "plc.before.acknowledge";
}
constexpr const char* before_step(const withdraw_job&) {
  return "plc.before.withdraw";
}

template <class Job>
bool has_ended(const Job& job) {
  if constexpr (std::is_same_v<Job, area_read>)
    return job.done() || job.failed();
  else if constexpr (std::is_same_v<Job, write_job>)
    return job.outcome().has_value();
  else
    return job.ended();
}

} // namespace

line_work::line_work(const line_settings& chosen, outlet through,
                     wall_clock wall, steady_clock_source now)
  : out_(std::move(through)), wall_(std::move(wall)), now_(std::move(now)),
    settings_(chosen),
    limit_(settings_.max_read_words, settings_.map.area_words()),
    baseline_(settings_.map, settings_.full_picture_interval),
    health_(settings_.code) {
}

void line_work::read(read_wish& wanted) {
  queue_.add(std::move(wanted));
  start_next();
}

void line_work::write(write_wish& wanted) {
  const auto stage = wanted.command.stage;
  refuse("plc.write", queue_.add(std::move(wanted), wall_()), stage);
  start_next();
}

void line_work::acknowledge(acknowledge_wish& wanted) {
  refuse("plc.acknowledge", queue_.add(std::move(wanted)), 0);
  start_next();
}

void line_work::withdraw(withdraw_wish& wanted) {
  const auto stage = wanted.command.stage;
  const auto waiting = wanted.waiting;
  const auto why = queue_.add(std::move(wanted), wall_());
  refuse("plc.withdraw", why, stage);
  if (why != refusal::none && waiting)
    out_.answer(waiting, withdraw_refused(name_of(why)), {});
  start_next();
}

void line_work::inspect(inspect_wish& wanted) {
  queue_.add(std::move(wanted));
  start_next();
}

void line_work::answered(const step_answer& news) {
  if (news.number != step_number_)
    return;
  kill_point("plc.answered");
  const bool asked = news.got.how != answer::kind::outdated
                     && news.got.how != answer::kind::not_ours;
  const bool reachable = news.got.how != answer::kind::unanswered;
  if (asked && health_.answered(reachable))
    log::write(reachable ? log::level::info : log::level::warn,
               reachable ? "plc.reachable" : "plc.unreachable",
               {{"line", settings_.code}, {"detail", news.got.detail}});
  feed(news.got);
}

void line_work::paused(const pause_over& over) {
  if (over.number == step_number_)
    feed({});
}

void line_work::stop() {
  stopping_ = true;
  start_next();
}

void line_work::start_next() {
  if (!std::holds_alternative<std::monostate>(job_))
    return;
  if (stopping_) {
    ended_ = true;
    return;
  }
  auto next = queue_.next(wall_());
  if (const auto& stage = queue_.expired_stage())
    refuse("plc.write", refusal::expired, *stage);
  if (next)
    std::visit([this](auto& wanted) { start(std::move(wanted)); }, *next);
}

void line_work::start(read_wish wanted) {
  job_.emplace<reading>(
    reading{std::move(wanted),
            area_read(settings_.map, settings_.map.read_base, limit_), now_()});
  go_on();
}

void line_work::start(write_wish wanted) {
  const auto& command = wanted.command;
  write_job job(settings_.map, limit_, command.batches,
                command.only_if_lost.value_or(false), command.again,
                command.only_look);
  job_.emplace<writing>(writing{std::move(wanted), std::move(job)});
  go_on();
}

void line_work::start(acknowledge_wish wanted) {
  const auto& command = wanted.command;
  acknowledge_job job(settings_.map, command.slot, command.mo_id,
                      command.weight);
  job_.emplace<acknowledging>(acknowledging{std::move(wanted), std::move(job)});
  go_on();
}

void line_work::start(withdraw_wish wanted) {
  withdraw_job job(settings_.map, limit_, wanted.command.empty,
                   wanted.command.batches);
  job_.emplace<withdrawing>(withdrawing{std::move(wanted), std::move(job)});
  go_on();
}

void line_work::start(inspect_wish wanted) {
  const int base = base_of(settings_.map, wanted.area);
  job_.emplace<inspecting>(
    inspecting{std::move(wanted), area_read(settings_.map, base, limit_)});
  go_on();
}

void line_work::go_on() {
  if (auto* one = std::get_if<reading>(&job_))
    return has_ended(one->job) ? end_read() : carry_out(one->job);
  if (auto* one = std::get_if<writing>(&job_))
    return has_ended(one->job) ? end_write() : carry_out(one->job);
  if (auto* one = std::get_if<acknowledging>(&job_))
    return has_ended(one->job) ? end_acknowledge() : carry_out(one->job);
  if (auto* one = std::get_if<withdrawing>(&job_))
    return has_ended(one->job) ? end_withdraw() : carry_out(one->job);
  if (auto* one = std::get_if<inspecting>(&job_))
    return has_ended(one->job) ? end_inspect() : carry_out(one->job);
}

void line_work::feed(const answer& got) {
  if (auto* one = std::get_if<reading>(&job_))
    one->job.feed(got);
  else if (auto* other = std::get_if<writing>(&job_))
    other->job.feed(got);
  else if (auto* third = std::get_if<acknowledging>(&job_))
    third->job.feed(got);
  else if (auto* fourth = std::get_if<withdrawing>(&job_))
    fourth->job.feed(got);
  else if (auto* fifth = std::get_if<inspecting>(&job_))
    fifth->job.feed(got);
  go_on();
}

template <class Job>
void line_work::carry_out(const Job& job) {
  const auto wanted = job.next();
  ++step_number_;
  kill_point(before_step(job), name_of(wanted.what));
  if (wanted.what == step::kind::pause)
    out_.wait(step_number_, wanted.length);
  else
    out_.send(step_number_, wanted);
}

void line_work::end_read() {
  const auto& [wanted, job, started] = std::get<reading>(job_);
  const auto took
    = std::chrono::duration_cast<std::chrono::microseconds>(now_() - started);
  const log::scope task{2, wanted.cause.traceparent};
  if (job.failed()) {
    health_.cycle_failed(job.failure());
    count_job("read", "failed");
    log::warn("plc.read_failed",
              {{"line", settings_.code}, {"error", job.failure()}});
    answer_read(false, job.failure());
  } else {
    health_.cycle_done(format_utc(wall_()), took, limit_.words());
    count_job("read", "ok");
    // Not by line: a thousand lines would make 16,000 series of it.
    metrics::observe("millrace_plc_cycle_seconds",
                     "Reading and decoding one line's READ area", took);
    int changed = 0;
    const auto trouble = publish_read(changed);
    log::debug("plc.read", {{"line", settings_.code},
                            {"changed", changed},
                            {"took_us", took.count()}});
    answer_read(trouble.empty(),
                trouble.empty()
                  ? "read, " + std::to_string(changed)
                      + (changed == 1 ? " slot changed" : " slots changed")
                  : trouble);
  }
  job_ = std::monostate{};
  publish_health();
  start_next();
}

std::string line_work::publish_read(int& changed) {
  const auto& [wanted, job, started] = std::get<reading>(job_);
  const auto now = now_();
  const auto what = baseline_.compare(job.image(), wanted.full, now);
  changed = what.changed;
  if (what.slots.empty())
    return {};
  events::plc_read event;
  event.line = settings_.code;
  event.read_at = format_utc(wall_());
  event.full = what.full;
  for (const int slot : what.slots)
    event.slots.push_back(decode_slot(
      settings_.map, slot, slot_of(settings_.map, job.image(), slot)));
  if (!emit(std::move(event), caused_by(wanted.cause)))
    return "read, but the queue to the broker is full";
  baseline_.published(job.image(), what, now);
  return {};
}

void line_work::answer_read(bool ok, const std::string& message) {
  const auto& wanted = std::get<reading>(job_).wanted;
  for (const auto& to : wanted.waiting)
    if (to)
      out_.answer(to, {ok, message, {}}, caused_by(wanted.cause));
}

void line_work::end_write() {
  const auto& [wanted, job] = std::get<writing>(job_);
  const auto told = written_event(wanted.command, job);
  auto about = caused_by(wanted.cause);
  const log::scope task{1, wanted.cause.traceparent};
  log::write(told.worry ? log::level::warn : log::level::info,
             "plc.write_" + std::string(told.outcome),
             {{"line", settings_.code},
              {"stage", wanted.command.stage},
              {"frames", job.frames()},
              {"text", told.text}});
  count_job("write", told.outcome);
  emit(told.event, std::move(about));
  job_ = std::monostate{};
  publish_health();
  start_next();
}

void line_work::end_acknowledge() {
  const auto& [wanted, job] = std::get<acknowledging>(job_);
  const log::scope task{2, wanted.cause.traceparent};
  if (const auto& outcome = job.outcome()) {
    baseline_.touched(wanted.command.slot);
    events::plc_acknowledged event;
    event.line = settings_.code;
    event.slot = wanted.command.slot;
    event.mo_id = wanted.command.mo_id;
    event.outcome = *outcome;
    auto about = caused_by(wanted.cause);
    about.subject = event.mo_id;
    using names = events::enum_names<events::acknowledge_outcome>;
    const auto text = names::values[static_cast<std::size_t>(*outcome)];
    log::info("plc.acknowledged", {{"line", settings_.code},
                                   {"slot", event.slot},
                                   {"mo_id", event.mo_id},
                                   {"outcome", text}});
    count_job("acknowledge", text);
    emit(std::move(event), std::move(about));
  } else {
    log::warn("plc.acknowledge_failed", {{"line", settings_.code},
                                         {"slot", wanted.command.slot},
                                         {"error", job.failure()}});
    count_job("acknowledge", "failed");
  }
  job_ = std::monostate{};
  publish_health();
  start_next();
}

void line_work::end_withdraw() {
  const auto& [wanted, job] = std::get<withdrawing>(job_);
  const bool ok = job.failure().empty();
  // Before a write that waits can begin.
  if (ok)
    queue_.withdraw(wanted.command.stage);
  log::write(ok ? log::level::info : log::level::warn, "plc.withdrawn",
             {{"line", settings_.code},
              {"stage", wanted.command.stage},
              {"emptied", wanted.command.empty},
              {"not_taken", job.found().not_taken.size()},
              {"error", job.failure()}});
  count_job("withdraw", ok ? "ok" : "failed");
  if (wanted.waiting)
    out_.answer(wanted.waiting, withdraw_answer(job), caused_by(wanted.cause));
  job_ = std::monostate{};
  publish_health();
  start_next();
}

void line_work::end_inspect() {
  const auto& [wanted, job] = std::get<inspecting>(job_);
  count_job("inspect", job.failed() ? "failed" : "ok");
  const auto said = job.failed()
                      ? events::command_result{false, job.failure(), {}}
                      : inspected(settings_.map, settings_.code, wanted.area,
                                  job.image(), format_utc(wall_()));
  for (const auto& to : wanted.waiting)
    if (to)
      out_.answer(to, said, caused_by(wanted.cause));
  job_ = std::monostate{};
  publish_health();
  start_next();
}

bool line_work::emit(line_event what, service::context about) {
  const bool taken = out_.emit(std::move(what), about);
  if (!taken)
    log::error("plc.event_lost", {{"line", settings_.code},
                                  {"error", "queue to the broker is full"}});
  return taken;
}

void line_work::refuse(std::string_view command, refusal why,
                       std::int64_t stage) {
  if (why == refusal::none)
    return;
  metrics::count("millrace_plc_commands_refused_total",
                 "Commands that a line did not take",
                 {{"line", settings_.code}, {"reason", name_of(why)}});
  log::write(why == refusal::duplicate ? log::level::debug : log::level::warn,
             "plc.command_refused",
             {{"line", settings_.code},
              {"command", command},
              {"reason", name_of(why)},
              {"stage", stage}});
  if (why == refusal::expired)
    tell_expired(stage);
}

// With clocks that disagree no write would ever be begun, and nobody would know
// why.
void line_work::tell_expired(std::int64_t stage) {
  events::plc_write_failed event;
  event.line = settings_.code;
  event.stage = stage;
  event.reason = "the command to write it had expired by the clock of "
                 "plc-gateway ("
                 + format_utc(wall_())
                 + "): the clocks of batch-store's and plc-gateway's computers "
                   "must agree";
  emit(std::move(event), {});
}

void line_work::count_job(std::string_view job, std::string_view outcome) {
  metrics::count(
    "millrace_plc_jobs_total", "Reads, writes and acknowledges that ended",
    {{"line", settings_.code}, {"kind", job}, {"outcome", outcome}});
}

void line_work::publish_health() {
  if (auto state = health_.due(now_()))
    out_.publish(std::move(*state));
}

} // namespace millrace::plc
