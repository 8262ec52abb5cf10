#include "tests/integration/support/store_plant.hpp"

#include "common/domain/order_name.hpp"
#include "services/batch-store/migrations.hpp"
#include "services/batch-store/sql_repository.hpp"
#include "tests/integration/support/waiting.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <stdexcept>

namespace millrace::test {

using namespace millrace::store;

database_kind each_kind() {
  auto kind = database_kind::sqlite;
  SUBCASE("SQLite") {
    kind = database_kind::sqlite;
  }
  SUBCASE("PostgreSQL") {
    kind = database_kind::postgresql;
  }
  return kind;
}

postgresql& shared_postgresql() {
  static postgresql cluster;
  return cluster;
}

empty_database::empty_database(database_kind kind)
  : url_(kind == database_kind::sqlite
           ? "sqlite:///" + (folder_.path() / "plc.db").string()
           : shared_postgresql().new_database()) {
}

dosing_amounts
amounts(std::initializer_list<std::pair<const char*, const char*>> given) {
  dosing_amounts all{};
  for (const auto& [tag, text] : given)
    all.at(dosing_index_by_tag(tag).value()) = kg(text);
  return all;
}

events::order order_of(const std::string& mo_id) {
  events::order order;
  order.mo_id = mo_id;
  order.product_name = "[10092] JF SAPOT";
  order.bom_code = "BOM/1";
  order.quantity = kg("100");
  order.components
    = {{"silo_a", "maize", kg("60")}, {"lq_tetes", "molasses", kg("40")}};
  return order;
}

events::slot_report slot_of(int slot, const std::string& mo_id,
                            const dosing_amounts& consumed,
                            const char* weight) {
  events::slot_report report;
  report.slot = slot;
  report.mo_id = cut_to_field(mo_id);
  report.consumption = consumed;
  report.weight = kg(weight);
  return report;
}

events::checked_order checked(const std::string& mo_id,
                              const std::string& state) {
  events::checked_order told;
  told.mo_id = mo_id;
  told.found = !state.empty();
  told.state = state;
  if (state == "confirmed")
    told.as_listed = order_of(mo_id);
  return told;
}

events::slot_report finished(events::slot_report report) {
  report.finished = true;
  return report;
}

events::slot_report failed(events::slot_report report) {
  report.failed = true;
  return report;
}

events::slot_report acknowledged(events::slot_report report) {
  report.acknowledged = true;
  return report;
}

store_plant::store_plant(database_kind kind, store_settings settings)
  : store_plant(std::make_unique<empty_database>(kind), std::move(settings)) {
}

store_plant::store_plant(std::unique_ptr<empty_database> own,
                         store_settings settings)
  : store_plant(own->address(), std::move(settings)) {
  own_ = std::move(own);
}

store_plant::store_plant(const database_address& where, store_settings settings)
  : data(where, {"PLC01"}), settings_(std::move(settings)),
    port_(
      never_started_, "batch-store", events::topics("mill"),
      [this] { return today_; }, random_ids()) {
  if (!data.connect_and_claim())
    throw std::runtime_error("the database is claimed by somebody else");
  migrate(data.sql(), "PLC01");
  open();
}

void store_plant::open() {
  const auto clock = [this] {
    return today_;
  };
  const auto ids = [this] {
    char id[64];
    std::snprintf(id, sizeof id, "00000000-0000-4000-8000-%012d", ++ids_);
    return std::string(id);
  };
  rows = std::make_unique<sql_repository>(data.sql());
  outbox_ = std::make_unique<outbox>(
    *rows, messages_of(port_), [this](const auto& row) {
      const auto event = nlohmann::json::parse(row.payload);
      const std::string type = event.at("type");
      published.push_back({type.substr(9, type.size() - 12), event.at("id"),
                           event.at("data")}); // millrace.<name>.v1
      unacknowledged_.push_back(row.seq);
      return true;
    });
  alerts_ = std::make_unique<alert_book>(*rows, *outbox_, clock);
  store = std::make_unique<batch_store>(*rows, *outbox_, *alerts_,
                                        outlets_here(), settings_, clock, ids,
                                        [this] { return now_; });
}

outlets store_plant::outlets_here() {
  const auto keep = [](auto& list) {
    return [&list](const auto& one, const service::context&) {
      list.push_back(one);
    };
  };
  outlets reach;
  reach.fetch = keep(fetches);
  reach.write = keep(writes);
  reach.acknowledge = keep(acknowledges);
  reach.push = keep(pushes);
  reach.cancel = keep(cancels);
  reach.check = keep(checks);
  reach.task_finished = keep(ended);
  reach.read_now
    = [this](const events::plc_read_now& one, const service::context&,
             std::function<void(result<events::command_result>)> answered) {
        reads.push_back(one);
        read_answers.push_back(std::move(answered));
      };
  reach.withdraw
    = [this](const events::plc_withdraw& one, const service::context&,
             std::function<void(result<events::command_result>)> answered) {
        withdraws.push_back(one);
        withdraw_answers.push_back(std::move(answered));
      };
  reach.reply
    = [this](const service::reply_to& to, events::command_result answer) {
        replies.emplace_back(to.topic, std::move(answer));
      };
  return reach;
}

void store_plant::settle() {
  outbox_->relay();
  for (const auto seq : std::exchange(unacknowledged_, {}))
    outbox_->acknowledged(seq, true);
  outbox_->sweep();
}

void store_plant::restart() {
  store.reset();
  alerts_.reset();
  outbox_.reset();
  rows.reset();
  unacknowledged_.clear();
  // The server may hold the old connection's claim for a moment.
  if (!wait_until([this] { return data.connect_and_claim(); }))
    throw std::runtime_error("the database is claimed by somebody else");
  migrate(data.sql(), "PLC01");
  open();
  settle();
}

events::command_result store_plant::decide(events::decision action,
                                           const std::string& mo_id,
                                           const std::string& notes) {
  const auto before = replies.size();
  for (int i = twice ? 0 : 1; i < 2; ++i) {
    store->on_decide(
      message(events::batch_decide{{}, mo_id, {}, action, notes, "ann"}),
      {"here", "1"});
    settle();
  }
  return replies.size() > before
           ? replies[before].second
           : events::command_result{false, "none yet", {}};
}

void store_plant::clear(bool withdraw) {
  for (int i = twice ? 0 : 1; i < 2; ++i) {
    store->on_queue_clear(
      message(events::queue_clear{"PLC01", withdraw, "new day", "ann"}),
      {"here", "1"});
    settle();
  }
}

void store_plant::plc_withdraws(result<events::command_result> answer) {
  const auto answered = withdraw_answers.back();
  answered(std::move(answer));
  settle();
}

void store_plant::gateway_online(const std::string& name) {
  store->on_gateway_online(name);
  settle();
}

void store_plant::pass(std::chrono::milliseconds time) {
  now_ += time;
  today_ += time;
  store->on_timer();
  settle();
}

std::string store_plant::tick(events::task_kind task) {
  const auto id = "tick-" + std::to_string(++ticks_);
  deliver(events::task_run{"PLC01", task, id, false});
  return id;
}

void store_plant::odoo_lists(const std::vector<std::string>& mo_ids) {
  events::mo_fetched answer{"PLC01", fetches.back().fetch_id, {}, {}};
  for (const auto& mo_id : mo_ids)
    answer.orders.push_back(order_of(mo_id));
  deliver(std::move(answer));
}

void store_plant::stage(const std::vector<std::string>& mo_ids) {
  tick(events::task_kind::sync_mo);
  odoo_lists(mo_ids);
}

void store_plant::plc_takes_queue() {
  events::plc_written answer{"PLC01", writes.back().stage, {}, false, 14};
  for (const auto& one : writes.back().batches)
    answer.batches.push_back({one.slot, one.mo_id});
  deliver(std::move(answer));
}

void store_plant::plc_looks(bool there,
                            const std::vector<std::string>& missing) {
  events::plc_looked answer{"PLC01", writes.back().stage, there, {}, missing};
  for (const auto& one : writes.back().batches)
    answer.batches.push_back({one.slot, one.mo_id});
  deliver(std::move(answer));
}

void store_plant::odoo_checks(
  const std::vector<events::checked_order>& others) {
  events::odoo_checked answer{"PLC01", checks.back().check_id, {}};
  for (const auto& mo_id : checks.back().mo_ids) {
    const auto other
      = std::find_if(others.begin(), others.end(),
                     [&](const auto& one) { return one.mo_id == mo_id; });
    answer.orders.push_back(other == others.end() ? checked(mo_id) : *other);
  }
  deliver(std::move(answer));
}

void store_plant::plc_reports(std::vector<events::slot_report> slots) {
  deliver(
    events::plc_read{"PLC01", format_utc(today_), false, std::move(slots)});
}

void store_plant::odoo_accepts(bool done) {
  const auto& push = pushes.back();
  deliver(events::odoo_pushed{
    push.line, push.batch_id, push.mo_id, push.revision, done, {}});
}

void store_plant::odoo_refuses(events::odoo_error why,
                               const std::string& text) {
  const auto& push = pushes.back();
  deliver(events::odoo_push_failed{push.line, push.batch_id, push.mo_id,
                                   push.revision, events::odoo_operation::push,
                                   why, text});
}

nlohmann::json store_plant::ask(events::store_query question) {
  store->on_query(question, {"here", "1"});
  const auto& answer = replies.back().second;
  if (!answer.ok)
    throw std::runtime_error(answer.message);
  return nlohmann::json::parse(answer.data.text);
}

batch store_plant::row(const std::string& mo_id) {
  return rows->find(mo_id).value();
}

bool store_plant::in_queue(const std::string& mo_id) {
  return rows->find(mo_id).has_value();
}

std::string store_plant::state_of(const std::string& mo_id) {
  const auto found = rows->find(mo_id);
  return found ? std::string(name_of(found->state)) : "not in the queue";
}

archived_batch store_plant::history_of(const std::string& mo_id) {
  return rows->archived(mo_id).value();
}

std::vector<std::string> store_plant::queue() {
  std::vector<std::string> all;
  for (const auto& one : rows->queue("PLC01"))
    all.push_back(one.mo_id);
  return all;
}

std::vector<std::string> store_plant::told_names() const {
  std::vector<std::string> all;
  std::set<std::string> ids;
  for (const auto& one : published)
    if (ids.insert(one.id).second)
      all.push_back(one.name);
  return all;
}

std::vector<told> store_plant::told_of(const std::string& name) const {
  std::vector<told> all;
  std::set<std::string> ids;
  for (const auto& one : published)
    if (one.name == name && ids.insert(one.id).second)
      all.push_back(one);
  return all;
}

std::vector<std::string> store_plant::alerts() {
  std::vector<std::string> all;
  for (const auto& one : rows->alerts())
    all.push_back(one.kind + (one.mo_id.empty() ? "" : " " + one.mo_id));
  return all;
}

void store_plant::take(const events::event<events::task_run>& m) {
  store->on_task_run(m);
}
void store_plant::take(const events::event<events::mo_fetched>& m) {
  store->on_mo_fetched(m);
}
void store_plant::take(const events::event<events::mo_fetch_failed>& m) {
  store->on_mo_fetch_failed(m);
}
void store_plant::take(const events::event<events::plc_written>& m) {
  store->on_plc_written(m);
}
void store_plant::take(const events::event<events::plc_write_deferred>& m) {
  store->on_plc_write_deferred(m);
}
void store_plant::take(const events::event<events::plc_write_failed>& m) {
  store->on_plc_write_failed(m);
}
void store_plant::take(const events::event<events::plc_read>& m) {
  store->on_plc_read(m);
}
void store_plant::take(const events::event<events::plc_acknowledged>& m) {
  store->on_plc_acknowledged(m);
}
void store_plant::take(const events::event<events::odoo_pushed>& m) {
  store->on_odoo_pushed(m);
}
void store_plant::take(const events::event<events::odoo_push_failed>& m) {
  store->on_odoo_push_failed(m);
}
void store_plant::take(const events::event<events::odoo_cancelled>& m) {
  store->on_odoo_cancelled(m);
}

void store_plant::take(const events::event<events::plc_looked>& m) {
  store->on_plc_looked(m);
}
void store_plant::take(const events::event<events::odoo_checked>& m) {
  store->on_odoo_checked(m);
}
void store_plant::take(const events::event<events::odoo_check_failed>& m) {
  store->on_odoo_check_failed(m);
}

} // namespace millrace::test
