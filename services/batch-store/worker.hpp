#pragma once

#include "services/batch-store/actors.hpp"
#include "services/batch-store/batch_store.hpp"
#include "services/batch-store/database.hpp"
#include "services/batch-store/retention.hpp"
#include "services/batch-store/sql_repository.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace millrace::store {

/// What the worker shares with the threads outside. Outlives the worker.
struct worker_link {
  /// Jobs sent and not yet done; the bus's thread refuses more than a bound.
  std::atomic<int> waiting{0};
  std::atomic<bool> stopping{false};
  /// Something was refused: what gateways think we know may be wrong.
  std::atomic<bool> lost_something{false};

  /// Why the database cannot be used, in words; empty: it can.
  void set_trouble(std::string why) {
    const std::lock_guard lock(mutex_);
    trouble_ = std::move(why);
    ready_ = trouble_.empty();
  }
  std::string trouble() const {
    const std::lock_guard lock(mutex_);
    return trouble_;
  }
  bool database_ready() const {
    return ready_;
  }

private:
  mutable std::mutex mutex_;
  std::string trouble_ = "the database is not reached yet";
  std::atomic<bool> ready_{false};
};

/// What the worker is made of: the database is claimed already.
struct worker_parts {
  std::shared_ptr<database> data;
  const service::port* port = nullptr;
  outbox::publisher publish;
  outlets reach;
  store_settings settings;
  wall_clock clock;
  id_source ids;
  /// 0: archived batches are kept for ever.
  int history_retention_days = 0;
};

struct worker_state {
  static inline constexpr const char* name = "batch-store-worker";

  explicit worker_state(worker_actor::pointer ptr) : self(ptr) {
  }

  void set_up(worker_parts given, std::shared_ptr<worker_link> shared);
  void run(const job& one);
  void take(const outbox_news& news);
  void look_around();

  worker_actor::pointer self;

private:
  /// Does `work` until it is through, the database refuses it for good, or the
  /// process stops.
  void with_database(const std::function<void()>& work);
  void open_store();
  void wait_for_database(const storage_error& why);
  /// Waits a moment, then connects anew. False: still away.
  bool reconnect();
  /// Whatever the store sends waits here until the events of the same job are
  /// on their way: nobody outside may see an effect before its cause.
  outlets held_back(const outlets& reach);
  void relay_then_send();
  /// Counts what is where, now and then.
  void measure();
  void forget_old();

  /// Since the connection was lost.
  int refused_claims_ = 0;
  /// There is a session; without one nothing may be tried.
  bool connected_ = true;
  std::shared_ptr<worker_link> link_;
  worker_parts parts_;
  std::unique_ptr<sql_repository> rows_;
  std::unique_ptr<outbox> outbox_;
  std::unique_ptr<alert_book> alerts_;
  std::unique_ptr<batch_store> store_;
  census_gauges gauges_;
  std::optional<std::chrono::steady_clock::time_point> measured_;
  std::optional<retention> old_; // what is too old
  std::vector<std::function<void()>> to_send_;
};

worker_actor::behavior_type
worker(worker_actor::stateful_pointer<worker_state> self, worker_parts parts,
       std::shared_ptr<worker_link> link);

} // namespace millrace::store
