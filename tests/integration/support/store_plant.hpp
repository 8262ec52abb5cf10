#pragma once

#include "services/batch-store/batch_store.hpp"
#include "services/batch-store/database.hpp"
#include "services/batch-store/outbox.hpp"
#include "tests/integration/support/postgresql.hpp"
#include "tests/temp_folder.hpp"

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace millrace::test {

/// Makes the test case run once on SQLite and once on PostgreSQL: doctest runs
/// it again for each. Call it once per case.
store::database_kind each_kind();

/// One cluster for the whole program, made at first use.
postgresql& shared_postgresql();

/// An empty database of its own, by DATABASE_URL.
class empty_database {
public:
  explicit empty_database(store::database_kind kind);
  store::database_address address() const {
    return store::parse_database_url(url_);
  }
  const std::string& url() const {
    return url_;
  }

private:
  temp_folder folder_;
  std::string url_;
};

inline kilograms kg(const char* text) {
  return *kilograms::parse(text);
}

/// By tag.
dosing_amounts
amounts(std::initializer_list<std::pair<const char*, const char*>> given);

/// 100 kg of it: 60 from silo_a, 40 from lq_tetes.
events::order order_of(const std::string& mo_id);

/// A slot as the PLC reports it; mo_id is cut to 16 characters.
events::slot_report slot_of(int slot, const std::string& mo_id,
                            const dosing_amounts& consumed,
                            const char* weight = "0");
/// Odoo's word about an order: confirmed, as order_of has it.
events::checked_order checked(const std::string& mo_id,
                              const std::string& state = "confirmed");
events::slot_report finished(events::slot_report report);
events::slot_report failed(events::slot_report report);
events::slot_report acknowledged(events::slot_report report);

/// What left through the outbox.
struct told {
  std::string name; // "batch.staged"
  std::string id;
  nlohmann::json data;
};

/// batch-store on a real database, between gateways and a broker that are this
/// struct. Time stands still unless moved.
class store_plant {
public:
  explicit store_plant(store::database_kind kind,
                       store::store_settings settings = {});
  /// On a database that somebody else made; it is migrated.
  explicit store_plant(const store::database_address& where,
                       store::store_settings settings = {});

  /// Hands a message to batch-store and lets the outbox run; twice when
  /// `twice` is set.
  template <class T>
  void deliver(T data) {
    deliver_again(message(std::move(data)));
  }
  /// The same message, with the same id.
  template <class T>
  void deliver_again(const events::event<T>& one) {
    for (int i = twice ? 0 : 1; i < 2; ++i) {
      take(one);
      settle();
    }
  }
  template <class T>
  events::event<T> message(T data) {
    events::envelope meta;
    meta.id = "message-" + std::to_string(++messages_);
    meta.time = format_utc(today_);
    meta.traceparent
      = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    return {meta, std::move(data)};
  }

  // Whole steps of the way.
  /// The scheduler's tick; returns its id.
  std::string tick(events::task_kind task);
  /// Odoo lists these for the newest fetch.
  void odoo_lists(const std::vector<std::string>& mo_ids);
  /// Task 1 and Odoo's answer.
  void stage(const std::vector<std::string>& mo_ids);
  /// The newest plc.write was carried out.
  void plc_takes_queue();
  void plc_reports(std::vector<events::slot_report> slots);
  /// The newest odoo.push was accepted.
  void odoo_accepts(bool done);
  /// The newest odoo.push failed.
  void odoo_refuses(events::odoo_error why, const std::string& text);
  nlohmann::json ask(events::store_query question);
  /// The answer to an operator's decision; "none yet" while there is none.
  events::command_result decide(events::decision action,
                                const std::string& mo_id,
                                const std::string& notes = "");
  /// reset-task1-start (`withdraw`) or clear-mo-batch, without plc-gateway's
  /// answer.
  void clear(bool withdraw);
  /// The newest plc.withdraw is answered.
  void plc_withdraws(result<events::command_result> answer);
  void gateway_online(const std::string& name);
  /// plc-gateway answers the newest look.
  void plc_looks(bool there, const std::vector<std::string>& missing = {});
  /// Odoo answers the newest check: all as ordered, but for these.
  void odoo_checks(const std::vector<events::checked_order>& others = {});

  void pass(std::chrono::milliseconds time);
  /// The process ends and another one starts on the same database.
  void restart();
  /// The outbox runs; the broker acknowledges everything.
  void settle();

  store::batch row(const std::string& mo_id);
  bool in_queue(const std::string& mo_id);
  std::string state_of(const std::string& mo_id);
  store::archived_batch history_of(const std::string& mo_id);
  std::vector<std::string> queue();
  /// Names of the events told so far, each id once, and of one kind.
  std::vector<std::string> told_names() const;
  std::vector<told> told_of(const std::string& name) const;
  std::vector<std::string> alerts();

  bool twice = false;
  std::vector<events::mo_fetch> fetches;
  std::vector<events::plc_write> writes;
  std::vector<events::plc_acknowledge> acknowledges;
  std::vector<events::odoo_push> pushes;
  std::vector<events::odoo_cancel> cancels;
  std::vector<events::odoo_check> checks;
  std::vector<events::plc_read_now> reads;
  std::vector<std::function<void(result<events::command_result>)>> read_answers;
  std::vector<events::plc_withdraw> withdraws;
  std::vector<std::function<void(result<events::command_result>)>>
    withdraw_answers;
  std::vector<events::task_finished> ended;
  std::vector<std::pair<std::string, events::command_result>> replies;
  std::vector<told> published;

  store::database data;
  std::unique_ptr<store::repository> rows;
  std::unique_ptr<store::batch_store> store;

private:
  void open();
  store::outlets outlets_here();

  void take(const events::event<events::task_run>& m);
  void take(const events::event<events::mo_fetched>& m);
  void take(const events::event<events::mo_fetch_failed>& m);
  void take(const events::event<events::plc_written>& m);
  void take(const events::event<events::plc_write_deferred>& m);
  void take(const events::event<events::plc_write_failed>& m);
  void take(const events::event<events::plc_read>& m);
  void take(const events::event<events::plc_acknowledged>& m);
  void take(const events::event<events::odoo_pushed>& m);
  void take(const events::event<events::odoo_push_failed>& m);
  void take(const events::event<events::odoo_cancelled>& m);
  void take(const events::event<events::plc_looked>& m);
  void take(const events::event<events::odoo_checked>& m);
  void take(const events::event<events::odoo_check_failed>& m);

  std::unique_ptr<empty_database> own_;
  store::store_settings settings_;
  std::chrono::system_clock::time_point today_
    = *parse_utc("2026-11-22T09:00:00Z");
  store::steady::time_point now_{std::chrono::hours{1}};
  int ids_ = 0;
  int messages_ = 0;
  int ticks_ = 0;
  bus::client never_started_{bus::options{}};
  service::port port_;
  std::vector<std::int64_t> unacknowledged_;
  std::unique_ptr<store::outbox> outbox_;
  std::unique_ptr<store::alert_book> alerts_;

  explicit store_plant(std::unique_ptr<empty_database> own,
                       store::store_settings settings);
};

} // namespace millrace::test
