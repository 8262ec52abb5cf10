#include "services/batch-store/worker.hpp"

#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"

#include <caf/stateful_actor.hpp>

#include <thread>
#include <utility>

namespace millrace::store {

using namespace std::chrono_literals;

namespace {

/// With events on their way, which are to leave the table soon.
constexpr auto round_interval = 50ms;
/// Without: what is overdue is so by seconds, and each round costs processor.
constexpr auto quiet_interval = 250ms;
constexpr auto reconnect_pause = 500ms;
// Scrapers come every 15 s.
constexpr auto measure_every = 5s;
constexpr int refused_claims_to_end = 10;
// "again" errors (a lock, a serialization failure) pass quickly.
constexpr int tries_at_once = 20;
constexpr auto try_pause = 25ms;

void count_error(const char* kind, double by = 1) {
  metrics::count("millrace_database_errors_total",
                 "Statements that the database did not carry out",
                 {{"kind", kind}}, by);
}

const char* failure_name(storage_failure kind) {
  switch (kind) {
  case storage_failure::unavailable:
    return "unavailable";
  case storage_failure::conflict:
    return "conflict";
  case storage_failure::again:
    return "again";
  case storage_failure::full:
    return "full";
  case storage_failure::other:
    break;
  }
  return "other";
}

/// For people: readiness and logs. The first line is the message, the rest of
/// PostgreSQL's is detail.
std::string explain(const storage_error& e) {
  const std::string text = e.what();
  const auto first = text.substr(0, text.find('\n'));
  switch (e.kind) {
  case storage_failure::full:
    return "no space left for the database: " + first;
  case storage_failure::again:
    return "the database is locked by others: " + first;
  default:
    return "the database is away: " + first;
  }
}

} // namespace

void worker_state::set_up(worker_parts given,
                          std::shared_ptr<worker_link> shared) {
  parts_ = std::move(given);
  link_ = std::move(shared);
  // From 0, so that the first one is seen as an increase.
  for (const auto kind :
       {storage_failure::unavailable, storage_failure::conflict,
        storage_failure::again, storage_failure::full, storage_failure::other})
    count_error(failure_name(kind), 0);
  open_store();
  link_->set_trouble({});
}

void worker_state::open_store() {
  rows_ = std::make_unique<sql_repository>(parts_.data->sql());
  outbox_ = std::make_unique<outbox>(*rows_, messages_of(*parts_.port),
                                     parts_.publish);
  alerts_ = std::make_unique<alert_book>(*rows_, *outbox_, parts_.clock);
  store_ = std::make_unique<batch_store>(
    *rows_, *outbox_, *alerts_, held_back(parts_.reach), parts_.settings,
    parts_.clock, parts_.ids, [] { return steady::now(); });
  old_.emplace(parts_.settings.lines, parts_.history_retention_days);
}

outlets worker_state::held_back(const outlets& reach) {
  const auto later = [this](const auto& send) {
    return [this, send](const auto&... what) {
      to_send_.push_back([send, what...] { send(what...); });
    };
  };
  outlets held;
  held.fetch = later(reach.fetch);
  held.write = later(reach.write);
  held.acknowledge = later(reach.acknowledge);
  held.push = later(reach.push);
  held.cancel = later(reach.cancel);
  held.check = later(reach.check);
  held.read_now = later(reach.read_now);
  held.withdraw = later(reach.withdraw);
  held.task_finished = later(reach.task_finished);
  held.reply = later(reach.reply);
  return held;
}

void worker_state::relay_then_send() {
  with_database([&] { outbox_->relay(); });
  for (const auto& send : std::exchange(to_send_, {}))
    send();
}

void worker_state::run(const job& one) {
  with_database([&] { one.call(*store_); });
  --link_->waiting;
  if (link_->lost_something.exchange(false))
    store_->distrust_baselines();
  relay_then_send();
}

void worker_state::take(const outbox_news& news) {
  outbox_->acknowledged(news.seq, news.taken);
}

void worker_state::look_around() {
  with_database([&] {
    store_->on_timer();
    outbox_->sweep();
  });
  relay_then_send();
  measure();
  forget_old();
  self->delayed_send(self, outbox_->at_rest() ? quiet_interval : round_interval,
                     look_round{});
}

void worker_state::measure() {
  const auto now = std::chrono::steady_clock::now();
  if (measured_ && now - *measured_ < measure_every)
    return;
  measured_ = now;
  with_database([&] { gauges_.show(rows_->take_census(), parts_.clock()); });
}

void worker_state::forget_old() {
  if (link_->waiting == 0 && old_->is_due(steady::now()))
    with_database([&] {
      old_->turn(*rows_, parts_.clock(), [] { return steady::now(); });
    });
}

void worker_state::with_database(const std::function<void()>& work) {
  int tries = 0;
  while (connected_ && (!link_->stopping || tries == 0)) {
    try {
      ++tries;
      work();
      if (!link_->database_ready())
        link_->set_trouble({});
      return;
    } catch (const storage_error& e) {
      count_error(failure_name(e.kind));
      if (e.kind == storage_failure::again && tries < tries_at_once) {
        std::this_thread::sleep_for(try_pause);
        continue;
      }
      if (e.kind == storage_failure::conflict
          || e.kind == storage_failure::other) {
        log::error("database.refused",
                   {{"kind", failure_name(e.kind)}, {"error", e.what()}});
        // What a PLC report said is lost with its job; the PLC says it again.
        store_->distrust_baselines();
        return;
      }
      wait_for_database(e);
    } catch (const std::exception& e) {
      log::error("job.failed", {{"error", e.what()}});
      store_->distrust_baselines();
      return;
    }
  }
}

// The job waits meanwhile: nothing of it was done.
void worker_state::wait_for_database(const storage_error& why) {
  if (link_->stopping)
    return;
  link_->set_trouble(explain(why));
  log::error("database.away", {{"database", parts_.data->where().shown},
                               {"kind", failure_name(why.kind)},
                               {"error", why.what()}});
  connected_ = false;
  while (!link_->stopping && !connected_)
    connected_ = reconnect();
}

bool worker_state::reconnect() {
  std::this_thread::sleep_for(reconnect_pause);
  try {
    if (!parts_.data->connect_and_claim()) {
      // The server may not have noticed yet that our old connection is gone.
      if (++refused_claims_ < refused_claims_to_end)
        return false;
      // Another instance took over while our connection was gone: two minds
      // must not act. The supervisor starts us again, as the stand-by.
      log::error("database.claimed_by_another",
                 {{"database", parts_.data->where().shown}});
      std::_Exit(3);
    }
    refused_claims_ = 0;
    *rows_ = sql_repository(parts_.data->sql());
    store_->distrust_database();
    log::info("database.back", {{"database", parts_.data->where().shown}});
    return true;
  } catch (const storage_error& e) {
    link_->set_trouble(explain(e));
    return false;
  }
}

worker_actor::behavior_type
worker(worker_actor::stateful_pointer<worker_state> self, worker_parts parts,
       std::shared_ptr<worker_link> link) {
  auto& state = self->state;
  state.set_up(std::move(parts), std::move(link));
  self->delayed_send(self, round_interval, look_round{});
  return {
    [&state](const job& one) { state.run(one); },
    [&state](const outbox_news& news) { state.take(news); },
    [&state](look_round) { state.look_around(); },
  };
}

} // namespace millrace::store
