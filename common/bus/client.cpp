#include "common/bus/client.hpp"

#include "common/bus/backoff.hpp"
#include "common/bus/link.hpp"
#include "common/bus/send_window.hpp"
#include "common/service/kill_point.hpp"
#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <random>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

namespace millrace::bus {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// A connection that lived so long was a good one: the next attempt comes soon.
/// A shorter one may be the work of a second client with our id.
constexpr auto good_connection = 10s;
/// Paho and a broker together may lose an acknowledgement; then we send again.
constexpr auto answer_time_out = 30s;
/// How often to look for that, and whether paho forgot to say that the
/// connection is gone.
constexpr auto inspection_interval = 5s;
/// After paho did not take a message, or a subscription failed.
constexpr auto pause_after_failure = 250ms;
/// Above paho's own connect time-out.
constexpr auto connect_patience = 20s;
constexpr auto disconnect_patience = 1000ms;

broker_url checked_url(const std::string& text) {
  auto url = parse_url(text);
  if (!url)
    throw std::invalid_argument("the broker's URL " + url.why());
  return *url;
}

/// Nothing that a callback throws may reach paho (it would end the process).
template <class Callback, class... Arguments>
void guarded(const char* which, const Callback& callback,
             Arguments&&... arguments) {
  if (!callback)
    return;
  try {
    callback(std::forward<Arguments>(arguments)...);
  } catch (const std::exception& problem) {
    log::error("bus.callback_threw",
               {{"callback", which}, {"error", problem.what()}});
  } catch (...) {
    log::error("bus.callback_threw", {{"callback", which}});
  }
}

void count_publish(std::string_view outcome) {
  metrics::count("millrace_bus_published_total",
                 "Publishes by what became of them", {{"outcome", outcome}});
}

} // namespace

/// One own thread makes every call to paho; paho's callbacks only change the
/// state under the mutex and wake that thread. So nothing waits in a callback,
/// no lock is held while paho is called, and messages keep their order.
struct client::impl {
  enum class phase { down, connecting, up };

  impl(const options& given)
    : name(given.client_id),
      window(given.max_in_flight, given.max_queued, given.max_queued_bytes),
      chosen(given), where(checked_url(given.url)),
      connection(make_link(link::session::fresh)) {
  }

  // ---- what paho reports ---------------------------------------------------

  link_events events() {
    link_events all;
    all.connected = [this](bool session) {
      on_connected(session);
    };
    all.connect_failed = [this](std::string why) {
      on_failed(std::move(why));
    };
    all.lost = [this] {
      on_lost();
    };
    all.arrived = [this](incoming message) {
      on_arrived(message);
    };
    all.acknowledged = [this](auto attempt) {
      on_answer(attempt, true, {});
    };
    all.refused = [this](auto attempt, std::string reason) {
      on_answer(attempt, false, reason);
    };
    all.returned = [this](auto attempt) {
      on_returned(attempt);
    };
    all.subscribe_failed = [this](std::string filter, std::string why) {
      on_subscribe_failed(std::move(filter), why);
    };
    return all;
  }

  void on_connected(bool session) {
    const std::lock_guard lock{mutex};
    now = phase::up;
    used = true;
    session_present = session;
    newly_up = true;
    up_since = clock::now();
    wake.notify_all();
  }

  void on_failed(std::string why) {
    bool repeated = false;
    {
      const std::lock_guard lock{mutex};
      repeated = last_failure == why;
      last_failure = why;
      fall();
    }
    metrics::count("millrace_bus_connect_failures_total",
                   "Attempts to reach the broker that failed");
    if (!repeated)
      log::warn("bus.connect_failed", {{"client", name}, {"error", why}});
  }

  void on_lost() {
    {
      const std::lock_guard lock{mutex};
      if (now == phase::down)
        return;
      last_failure = "the connection was lost";
      fall();
    }
    log::warn("bus.connection_lost", {{"client", name}});
  }

  void on_arrived(const incoming& message) {
    kill_point("bus.arrived");
    metrics::count("millrace_bus_received_total", "Messages that arrived");
    guarded("message", message_callback, message);
  }

  void on_answer(send_window::attempt attempt, bool acknowledged,
                 const std::string& reason) {
    std::optional<send_window::done_callback> done;
    {
      const std::lock_guard lock{mutex};
      done = window.finished(attempt);
      wake.notify_all();
    }
    if (!done)
      return;
    kill_point("bus.answered");
    count_publish(acknowledged ? "acknowledged" : "refused");
    if (!acknowledged)
      log::error("bus.publish_refused", {{"client", name}, {"reason", reason}});
    guarded("done", *done, acknowledged);
  }

  void on_returned(send_window::attempt attempt) {
    const std::lock_guard lock{mutex};
    window.returned(attempt);
    wake.notify_all();
  }

  void on_subscribe_failed(std::string filter, const std::string& why) {
    log::error("bus.subscribe_failed",
               {{"client", name}, {"filter", filter}, {"error", why}});
    const std::lock_guard lock{mutex};
    to_subscribe.insert(std::move(filter));
    pause();
  }

  /// Mutex held.
  void fall() {
    if (now == phase::up && clock::now() - up_since >= good_connection)
      waits.reset();
    now = phase::down;
    const std::chrono::milliseconds span
      = waits.next(std::uniform_real_distribution{0.0, 1.0}(random));
    next_connect = clock::now() + span;
    wake.notify_all();
  }

  /// Mutex held.
  void pause() {
    paused_until = clock::now() + pause_after_failure;
    wake.notify_all();
  }

  // ---- the own thread ------------------------------------------------------

  void run() {
    std::unique_lock lock{mutex};
    while (!finished()) {
      if (now == phase::down)
        connect_when_due(lock);
      else if (now == phase::connecting)
        await_connect(lock);
      else if (newly_up)
        greet(lock);
      else if (unwanted)
        renew(lock);
      else if (clock::now() < paused_until)
        sleep_until(lock, paused_until);
      else if (!to_subscribe.empty())
        subscribe_pending(lock);
      else if (auto sending = window.next(clock::now()))
        send(lock, *sending);
      else
        idle(lock);
    }
    lock.unlock();
    connection->disconnect(disconnect_patience);
  }

  bool finished() const {
    return stopping && (window.empty() || clock::now() >= stop_deadline);
  }

  /// Until something happens; not beyond the end of the flush.
  void sleep_until(std::unique_lock<std::mutex>& lock, clock::time_point when) {
    wake.wait_until(lock, stopping ? std::min(when, stop_deadline) : when);
  }

  void connect_when_due(std::unique_lock<std::mutex>& lock) {
    if (clock::now() < next_connect)
      return sleep_until(lock, next_connect);
    // Not at once after the loss: paho may still be about to tell of it.
    if (used)
      renew(lock);
    now = phase::connecting;
    connecting_since = clock::now();
    lock.unlock();
    connection->connect();
    lock.lock();
  }

  void await_connect(std::unique_lock<std::mutex>& lock) {
    const auto limit = connecting_since + connect_patience;
    if (clock::now() < limit)
      return sleep_until(lock, limit);
    lock.unlock();
    on_failed("no answer from paho");
    lock.lock();
    renew(lock);
  }

  std::unique_ptr<link> make_link(link::session first) {
    return std::make_unique<link>(chosen, where, first, events());
  }

  /// A new paho client: one that hangs may not even disconnect, and one that
  /// lost its connection sends what was on its way again in packets that
  /// mosquitto calls malformed, connection after connection. What was on its
  /// way goes out again from our window.
  void renew(std::unique_lock<std::mutex>& lock) {
    unwanted = used = false;
    lock.unlock();
    connection.reset();
    lock.lock();
    window.return_older_than(clock::time_point::max());
    if (now != phase::down)
      fall();
    lock.unlock();
    connection
      = make_link(up_since == clock::time_point{} ? link::session::fresh
                                                  : link::session::continued);
    lock.lock();
  }

  /// Subscribes before anything else: no message sent from now on is missed.
  void greet(std::unique_lock<std::mutex>& lock) {
    newly_up = unwanted = false;
    to_subscribe = filters;
    last_failure.clear();
    paused_until = {};
    const bool session = session_present;
    subscribe_pending(lock);
    lock.unlock();
    metrics::count("millrace_bus_connects_total", "Connections made");
    log::info("bus.connected", {{"client", name}, {"session", session}});
    for (const auto& callback : connected_callbacks)
      guarded("connected", callback, session);
    lock.lock();
  }

  void subscribe_pending(std::unique_lock<std::mutex>& lock) {
    const auto pending = std::exchange(to_subscribe, {});
    lock.unlock();
    for (const auto& filter : pending)
      connection->subscribe(filter);
    lock.lock();
  }

  void send(std::unique_lock<std::mutex>& lock,
            const send_window::sending& sending) {
    lock.unlock();
    kill_point("bus.before_publish");
    const bool taken = connection->publish(sending.number, sending.message);
    kill_point("bus.after_publish");
    lock.lock();
    if (taken)
      return;
    window.returned(sending.number);
    pause();
    inspect(lock);
  }

  void idle(std::unique_lock<std::mutex>& lock) {
    const auto due = clock::now() + inspection_interval;
    sleep_until(lock, due);
    if (clock::now() >= due && !stopping)
      inspect(lock);
  }

  void inspect(std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    const bool up = connection->connected();
    lock.lock();
    if (!up && now == phase::up)
      fall();
    // After a reconnect paho needs a while to sort out what was in flight.
    const auto limit = clock::now() - answer_time_out;
    if (now == phase::up && up_since < limit
        && window.return_older_than(limit) > 0)
      log::warn("bus.answer_missing", {{"client", name}});
  }

  const std::string name;
  std::function<void(const incoming&)> message_callback;
  std::vector<std::function<void(bool)>> connected_callbacks;

  mutable std::mutex mutex;
  std::condition_variable wake;
  phase now = phase::down;
  bool session_present = false;
  bool newly_up = false;
  bool unwanted = false;
  /// The paho client has been connected.
  bool used = false;
  bool stopping = false;
  bool stopped = false;
  clock::time_point up_since, connecting_since, next_connect, paused_until;
  clock::time_point stop_deadline;
  backoff waits{250ms, 5'000ms};
  std::mt19937 random{std::random_device{}()};
  std::string last_failure;
  std::set<std::string> filters, to_subscribe;
  send_window window;
  const options chosen;
  const broker_url where;
  // The own thread's. Its callbacks use all of the above until it is gone.
  std::unique_ptr<link> connection;
  std::thread worker;
};

client::client(options chosen) : impl_(std::make_unique<impl>(chosen)) {
}

client::~client() {
  stop(std::chrono::milliseconds{0});
}

void client::on_message(std::function<void(const incoming&)> callback) {
  impl_->message_callback = std::move(callback);
}

void client::on_connected(std::function<void(bool)> callback) {
  impl_->connected_callbacks.push_back(std::move(callback));
}

void client::subscribe(std::string filter) {
  const std::lock_guard lock{impl_->mutex};
  if (impl_->filters.insert(filter).second) {
    impl_->to_subscribe.insert(std::move(filter));
    impl_->wake.notify_all();
  }
}

void client::start() {
  impl_->worker = std::thread{[this] {
    impl_->run();
  }};
}

bool client::connected() const {
  const std::lock_guard lock{impl_->mutex};
  return impl_->now == impl::phase::up;
}

std::string client::trouble() const {
  const std::lock_guard lock{impl_->mutex};
  if (impl_->now == impl::phase::up)
    return {};
  return impl_->last_failure.empty() ? "not connected yet"
                                     : impl_->last_failure;
}

void client::reconnect() {
  const std::lock_guard lock{impl_->mutex};
  impl_->unwanted = true;
  impl_->wake.notify_all();
}

bool client::publish(outgoing message, std::function<void(bool)> done) {
  {
    const std::lock_guard lock{impl_->mutex};
    if (!impl_->stopped
        && impl_->window.add(std::move(message), std::move(done))) {
      impl_->wake.notify_all();
      return true;
    }
  }
  count_publish("queue_full");
  return false;
}

void client::stop(std::chrono::milliseconds flush) {
  {
    const std::lock_guard lock{impl_->mutex};
    if (!impl_->stopping) {
      impl_->stopping = true;
      impl_->stop_deadline = clock::now() + flush;
      impl_->wake.notify_all();
    }
  }
  if (impl_->worker.joinable())
    impl_->worker.join();
  std::vector<send_window::done_callback> given_up;
  {
    const std::lock_guard lock{impl_->mutex};
    impl_->stopped = true;
    impl_->now = impl::phase::down;
    given_up = impl_->window.drain();
  }
  for (const auto& done : given_up) {
    count_publish("given_up");
    guarded("done", done, false);
  }
}

} // namespace millrace::bus
