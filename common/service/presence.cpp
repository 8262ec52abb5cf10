#include "common/service/presence.hpp"

#include "common/telemetry/ids.hpp"
#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"

#include <algorithm>
#include <utility>

namespace millrace::service {

namespace {

using namespace std::chrono_literals;

/// Deaf for so long: the connection is made anew.
constexpr auto give_up_after = 15s;
/// The thread wakes at least once a second.
constexpr auto overslept_after = 2500ms;

/// A level of the topic: the line itself, or a digest of several.
std::string level_of(std::vector<std::string> lines) {
  if (lines.empty())
    return "none";
  if (lines.size() == 1)
    return lines.front();
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const auto& line : lines)
    all += line + ",";
  return named_id(all);
}

/// Who claims nothing only tests its connection: rarer, because at rest a beat
/// is most of what a service does.
ownership::timing timing_for(const std::vector<std::string>& lines) {
  ownership::timing chosen;
  if (lines.empty())
    chosen.beat = 1s;
  return chosen;
}

void show_active(bool active) {
  metrics::gauge("millrace_active",
                 "1 while this instance works, 0 while it stands by",
                 active ? 1 : 0);
}

void count_deaf(double by = 1) {
  metrics::count("millrace_bus_deaf_total",
                 "Connections given up because nothing came through", {}, by);
}

} // namespace

presence::presence(bus::client& bus, port& events, identity self,
                   change changed)
  : bus_(bus), port_(events), service_(self.service),
    topic_(events.layout().claim(self.service, level_of(self.lines))),
    changed_(std::move(changed)),
    state_(self.service, self.instance, self.lines, timing_for(self.lines)) {
  // Who claims nothing never stands by.
  if (!self.lines.empty())
    show_active(false);
  // From 0, so that the first one is seen as an increase.
  count_deaf(0);
  // All of the service: sets of lines that overlap are rivals, too.
  port_.on_state<events::instance_claim>(
    port_.layout().claim(service_, "+"),
    [this](events::event<events::instance_claim> said, reply_to) {
      const std::lock_guard lock{mutex_};
      state_.heard(said.data, clock::now());
      news_ = true;
      wake_.notify_all();
    });
}

presence::~presence() {
  stop();
}

void presence::start() {
  thread_ = std::thread{[this] {
    run();
  }};
}

void presence::connected() {
  const std::lock_guard lock{mutex_};
  state_.connected(clock::now());
  news_ = true;
  wake_.notify_all();
}

void presence::stop() {
  {
    const std::lock_guard lock{mutex_};
    if (std::exchange(stopping_, true))
      return;
    const bool claimed = state_.claiming();
    const auto last_word = state_.release();
    wake_.notify_all();
    say(last_word, claimed);
  }
  if (thread_.joinable())
    thread_.join();
}

bool presence::active() const {
  if (!bus_.connected())
    return false;
  const std::lock_guard lock{mutex_};
  return state_.active().holds(clock::now());
}

std::string presence::standing_by_for() const {
  const std::lock_guard lock{mutex_};
  const auto now = clock::now();
  if (state_.active().holds(now))
    return {};
  return state_.rival(now).value_or("");
}

std::string presence::trouble() const {
  const std::lock_guard lock{mutex_};
  const auto now = clock::now();
  const auto since = state_.deaf(now);
  if (!since)
    return {};
  const auto span
    = std::chrono::duration_cast<std::chrono::seconds>(now - *since);
  return "nothing comes through the broker for " + std::to_string(span.count())
         + " s (own message on " + topic_
         + " did not come back): it hangs, or its ACL forbids the topic";
}

void presence::run() {
  std::unique_lock lock{mutex_};
  auto awake_at = clock::now();
  while (!stopping_) {
    const auto now = clock::now();
    if (now - std::exchange(awake_at, now) > overslept_after)
      state_.overslept(now);
    news_ = false;
    if (const auto message = state_.due(clock::now()))
      say(*message, message->status == events::claim_status::claims);
    tell_of_change(lock);
    mend(lock);
    if (!news_ && !stopping_)
      wake_.wait_until(lock, next_wake());
  }
}

presence::clock::time_point presence::next_wake() const {
  const auto now = clock::now();
  auto when = std::min(std::max(state_.next_due(), now + 1ms), now + 1s);
  const auto window = state_.active();
  for (const auto edge : {window.from, window.until})
    if (edge > now)
      when = std::min(when, edge);
  return when;
}

/// Mutex held. The bus only queues.
void presence::say(const events::instance_claim& message, bool retained) {
  bus::outgoing out;
  out.topic = topic_;
  out.payload = events::encode(port_.compose("_all", message));
  out.content_type = events::content_type;
  out.retained = retained;
  const bool queued = bus_.publish(std::move(out), [this](bool) {
    const std::lock_guard lock{mutex_};
    state_.answered();
    news_ = true;
    wake_.notify_all();
  });
  if (!queued)
    state_.answered();
}

void presence::tell_of_change(std::unique_lock<std::mutex>& lock) {
  const auto tell = [&](bool active) {
    told_active_ = active;
    lock.unlock();
    show_active(active);
    log::info(active ? "service.active" : "service.inactive",
              {{"topic", topic_}});
    changed_(active);
    lock.lock();
  };
  const bool anew = std::exchange(told_connection_, state_.connections())
                    != state_.connections();
  if (told_active_ && anew)
    tell(false);
  const bool active = state_.active().holds(clock::now());
  if (active != told_active_ && !stopping_)
    tell(active);
  auto rival = active ? std::nullopt : state_.rival(clock::now());
  if (rival && rival != told_rival_)
    log::info("service.standing_by", {{"topic", topic_}, {"for", *rival}});
  told_rival_ = std::move(rival);
}

void presence::mend(std::unique_lock<std::mutex>& lock) {
  const auto now = clock::now();
  const auto since = state_.deaf(now);
  if (!since || now < std::max(*since, mended_at_) + give_up_after)
    return;
  mended_at_ = now;
  lock.unlock();
  count_deaf();
  log::warn("bus.deaf",
            {{"topic", topic_}, {"advice", "see the broker's ACL"}});
  bus_.reconnect();
  lock.lock();
}

} // namespace millrace::service
