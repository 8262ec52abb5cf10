#include "common/service/service.hpp"
#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"
#include "services/batch-store/adoption.hpp"
#include "services/batch-store/migrations.hpp"
#include "services/batch-store/past_reader.hpp"
#include "services/batch-store/settings.hpp"
#include "services/batch-store/worker.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include <mutex>
#include <thread>

using namespace millrace;
using namespace millrace::store;
using namespace std::chrono_literals;

namespace {

// Beyond this the database is too slow or away for long: what arrives is
// refused and read again later (level-triggered).
constexpr int max_waiting_jobs = 5'000;
// People look at one page at a time; an export asks for the next page when it
// has the last one.
constexpr int max_waiting_questions = 100;
// Longer than plc-gateway needs for time-outs and retries of one cycle.
constexpr auto read_patience = 15s;
// It empties ten slots and may have to wait behind a write.
constexpr auto withdraw_patience = 30s;
// PostgreSQL's own limit of a migration's statement, and a little.
constexpr auto longest_migration = 11min;
// Once the process stops.
constexpr auto last_call = 1000ms;

/// Brings the tables up to date. Ends early when the process is told to stop.
migration_report prepare(database& data, const std::string& line) {
  data.calls().allow(longest_migration);
  data.calls().abandon_when(service::told_to_stop);
  for (const auto& statement : before_migration(data.sql().kind()))
    data.sql().execute(statement);
  auto report = migrate(data.sql(), line);
  for (const auto& statement : after_migration(data.sql().kind()))
    data.sql().execute(statement);
  data.calls().abandon_when({});
  return report;
}

/// Waits until this process is the one that works on the database, and the
/// database is as it must be. Throws stop_requested.
migration_report take_over(database& data, const std::string& line,
                           worker_link& link) {
  std::string said;
  const auto wait = [&](const std::string& why, log::level how) {
    link.set_trouble(why);
    if (std::exchange(said, why) != why)
      log::write(how, "store.waits",
                 {{"database", data.where().shown}, {"why", why}});
    std::this_thread::sleep_for(500ms);
  };
  while (!service::told_to_stop()) {
    try {
      if (data.connect_and_claim())
        return prepare(data, line);
      wait("standing by: another batch-store works on this database",
           log::level::info);
    } catch (const storage_error& e) {
      if (e.kind == storage_failure::conflict
          || e.kind == storage_failure::other)
        throw;
      wait(std::string("the database is away: ") + e.what(), log::level::warn);
    }
  }
  throw service::stop_requested();
}

/// Everything that lives while the service runs.
class store_service {
public:
  explicit store_service(const settings& chosen) : chosen_(chosen) {
  }

  void start(service::surroundings& around) {
    const auto resolved = chosen_.resolve();
    data_ = std::make_shared<database>(
      chosen_.database(), resolved.lines, chosen_.database_time_out,
      [link = link_](std::string why) { link->set_trouble(std::move(why)); });
    const auto report = take_over(*data_, resolved.lines.front(), *link_);
    data_->calls().allow(chosen_.database_time_out);
    log::info("database.ready", {{"database", data_->where().shown},
                                 {"version", report.to_version},
                                 {"adopted", report.adopted},
                                 {"adopted_batches", report.adopted_batches}});
    config_.set("scheduler.policy", caf::atom("sharing"));
    config_.set("scheduler.max-threads", 1u);
    system_ = std::make_unique<caf::actor_system>(config_);
    worker_ = system_->spawn<caf::detached>(
      worker,
      worker_parts{data_, &around.events, publisher(around.bus),
                   outlets_to(around.events), resolved, around.clock,
                   around.ids, chosen_.history_retention_days},
      link_);
    pages_ = read_past(around, resolved);
    sums_ = read_past(around, resolved);
    listen(around.events);
    // What gateways published meanwhile, the broker did not keep for us.
    around.bus.on_connected([this](bool session) {
      if (!session)
        link_->lost_something = true;
    });
  }

  void stop(std::chrono::steady_clock::time_point deadline) {
    // What was accepted is finished, within reason.
    while (link_->waiting > 0 && std::chrono::steady_clock::now() < deadline
           && link_->database_ready())
      std::this_thread::sleep_for(10ms);
    link_->stopping = true;
    data_->calls().allow(last_call);
    if (!link_->database_ready())
      data_->calls().give_up();
    {
      const std::lock_guard closing(gate_);
      caf::anon_send_exit(worker_, caf::exit_reason::user_shutdown);
      worker_ = nullptr;
      for (auto* past : {&pages_, &sums_}) {
        past->watch->give_up();
        caf::anon_send_exit(past->reader, caf::exit_reason::user_shutdown);
        past->reader = nullptr;
      }
    }
    system_.reset();
  }

  std::vector<service::dependency> dependencies() const {
    return {{"database", link_->trouble()}};
  }

private:
  /// A reader of the history, with what it shares with us.
  struct past {
    std::shared_ptr<call_watch> watch;
    std::shared_ptr<std::atomic<int>> waiting;
    past_reader_actor reader; // guarded by gate_
  };

  past read_past(service::surroundings& around, const store_settings& chosen) {
    past out{std::make_shared<call_watch>(chosen_.database_time_out,
                                          [](const std::string&) {}),
             std::make_shared<std::atomic<int>>(0),
             {}};
    out.reader = system_->spawn<caf::detached>(
      past_reader, past_reader_parts{
                     data_->where(), chosen.plant, chosen.lines, around.clock,
                     [&port = around.events](const service::reply_to& to,
                                             events::command_result answer) {
                       port.reply(to, std::move(answer));
                     },
                     out.watch, out.waiting});
    return out;
  }

  /// On the worker's thread: after what arrived before the question.
  void answer(batch_store& store, const events::store_query& what,
              const service::reply_to& to) {
    if (!is_about_the_past(what))
      return store.on_query(what, to);
    auto& past = takes_long(what) ? sums_ : pages_;
    const std::lock_guard open(gate_);
    if (!past.reader || *past.waiting >= max_waiting_questions)
      return;
    ++*past.waiting;
    caf::anon_send(past.reader, question{what, to});
  }

  /// The bus goes on for a moment after the worker has ended.
  template <class Message>
  void tell(Message message) {
    const std::lock_guard open(gate_);
    if (worker_)
      caf::anon_send(worker_, std::move(message));
  }

  void post(std::function<void(batch_store&)> call) {
    ++link_->waiting;
    tell(job{std::move(call)});
  }

  /// From the bus: bounded.
  void accept(std::function<void(batch_store&)> call) {
    if (link_->waiting < max_waiting_jobs)
      return post(std::move(call));
    link_->lost_something = true;
    metrics::count("millrace_store_refused_total",
                   "Messages refused because too many wait for the database");
  }

  outbox::publisher publisher(bus::client& bus) {
    return [this, &bus](const outbox_row& row) {
      bus::outgoing message;
      message.topic = row.topic;
      message.payload = row.payload;
      message.content_type = std::string(events::content_type);
      return bus.publish(std::move(message), [this, seq = row.seq](bool taken) {
        tell(outbox_news{seq, taken});
      });
    };
  }

  outlets outlets_to(service::port& port) {
    outlets reach;
    const auto command_to = [&port](const char* service) {
      return [&port, service](const auto& data, const service::context& about) {
        port.command(data.line, service, data, about);
      };
    };
    reach.fetch = command_to("odoo-gateway");
    reach.push = command_to("odoo-gateway");
    reach.cancel = command_to("odoo-gateway");
    reach.check = command_to("odoo-gateway");
    reach.write = command_to("plc-gateway");
    reach.acknowledge = command_to("plc-gateway");
    reach.read_now
      = [this, &port](const events::plc_read_now& data,
                      const service::context& about, auto answered) {
          port.request(
            data.line, "plc-gateway", data, read_patience,
            [this, answered](result<events::command_result> answer) {
              post([answered, answer](batch_store&) { answered(answer); });
            },
            about);
        };
    reach.withdraw
      = [this, &port](const events::plc_withdraw& data,
                      const service::context& about, auto answered) {
          port.request(
            data.line, "plc-gateway", data, withdraw_patience,
            [this, answered](result<events::command_result> answer) {
              post([answered, answer](batch_store&) { answered(answer); });
            },
            about);
        };
    reach.task_finished = [&port](const events::task_finished& data,
                                  const service::context& about) {
      port.emit(data.line, data, about);
    };
    reach.reply
      = [&port](const service::reply_to& to, events::command_result answer) {
          port.reply(to, std::move(answer));
        };
    return reach;
  }

  template <class T>
  void forward(service::port& port,
               void (batch_store::*handle)(const events::event<T>&)) {
    port.on<T>([this, handle](events::event<T> message, service::reply_to) {
      accept([handle, message = std::move(message)](batch_store& store) {
        (store.*handle)(message);
      });
    });
  }

  void listen(service::port& port) {
    forward(port, &batch_store::on_task_run);
    forward(port, &batch_store::on_mo_fetched);
    forward(port, &batch_store::on_mo_fetch_failed);
    forward(port, &batch_store::on_plc_written);
    forward(port, &batch_store::on_plc_write_deferred);
    forward(port, &batch_store::on_plc_write_failed);
    forward(port, &batch_store::on_plc_read);
    forward(port, &batch_store::on_plc_acknowledged);
    forward(port, &batch_store::on_odoo_pushed);
    forward(port, &batch_store::on_odoo_push_failed);
    forward(port, &batch_store::on_odoo_cancelled);
    forward(port, &batch_store::on_plc_looked);
    forward(port, &batch_store::on_odoo_checked);
    forward(port, &batch_store::on_odoo_check_failed);
    for (const auto* gateway : {"odoo-gateway", "plc-gateway"})
      port.on_state<events::service_state>(
        port.layout().service_state(gateway),
        [this](events::event<events::service_state> state, service::reply_to) {
          if (state.data.status == "online")
            accept([name = state.data.service](batch_store& store) {
              store.on_gateway_online(name);
            });
        });
    port.on<events::store_query>(
      [this](events::event<events::store_query> question,
             service::reply_to to) {
        accept([this, what = std::move(question.data), to](batch_store& store) {
          answer(store, what, to);
        });
      });
    port.on<events::batch_decide>(
      [this](events::event<events::batch_decide> wish, service::reply_to to) {
        accept([wish = std::move(wish), to](batch_store& store) {
          store.on_decide(wish, to);
        });
      });
    port.on<events::queue_clear>(
      [this](events::event<events::queue_clear> wish, service::reply_to to) {
        accept([wish = std::move(wish), to](batch_store& store) {
          store.on_queue_clear(wish, to);
        });
      });
    port.on<events::alert_acknowledge>(
      [this](events::event<events::alert_acknowledge> wish,
             service::reply_to to) {
        accept([wish = std::move(wish), to](batch_store& store) {
          store.on_acknowledge(wish, to);
        });
      });
    port.on<events::queue_wanted>(
      [this](events::event<events::queue_wanted> question,
             service::reply_to to) {
        accept([question = std::move(question.data), to](batch_store& store) {
          store.on_queue_wanted(question, to);
        });
      });
    port.on<events::retry_push>(
      [this](events::event<events::retry_push> wish, service::reply_to to) {
        accept([wish = std::move(wish.data), to](batch_store& store) {
          store.on_retry_push(wish, to);
        });
      });
  }

  const settings& chosen_;
  std::shared_ptr<database> data_;
  std::shared_ptr<worker_link> link_ = std::make_shared<worker_link>();
  caf::actor_system_config config_; // the system keeps a reference
  std::unique_ptr<caf::actor_system> system_;
  std::mutex gate_;
  worker_actor worker_; // guarded by gate_
  past pages_;
  past sums_; // and all that takes long
};

} // namespace

int main(int argc, char** argv) {
  settings chosen;
  store_service running(chosen);
  service::definition what;
  what.name = "batch-store";
  what.summary = "keeps every batch's life: the only process with a database";
  what.declare = [&](config::binder& bind) {
    chosen.declare(bind);
  };
  what.options = {{"--adopt",
                   "tells what the first start on the Python middleware's "
                   "database will do to it, changes nothing",
                   [&] {
                     return adopt_dry_run(chosen);
                   }}};
  what.start = [&](service::surroundings& around) {
    running.start(around);
  };
  what.stop = [&](auto deadline) {
    running.stop(deadline);
  };
  what.dependencies = [&] {
    return running.dependencies();
  };
  return service::run(argc, argv, std::move(what));
}
