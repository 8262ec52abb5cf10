// Is every message harmless when it comes twice?

#include "tests/integration/support/running_plant.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace millrace;
using namespace millrace::test;
using events::task_kind;

namespace {

/// Two queues: done, done with weight 0, failed, refused first, held first.
void live(store_plant& mill) {
  const std::vector<std::string> all{"WH/MO/1", "WH/MO/2", "WH/MO/3",
                                     "WH/MO/4"};
  mill.tick(task_kind::sync_mo);
  mill.deliver(events::mo_fetch_failed{"PLC01", mill.fetches.back().fetch_id,
                                       events::odoo_error::time_out, "slow"});
  mill.stage(all);
  mill.deliver(events::plc_write_deferred{"PLC01", 1, "D7076 is 0"});
  mill.deliver(events::plc_write_failed{"PLC01", 1, "no answer", false});
  mill.plc_takes_queue();
  mill.plc_reports({slot_of(1, all[0], some), slot_of(3, all[2], some)});
  auto odd = slot_of(2, all[1], {});
  odd.problem = events::slot_problem{"weight", "is above", {1, 2}};
  mill.plc_reports({odd});
  mill.odoo_accepts(false); // slot 3
  mill.plc_reports({finished(slot_of(1, all[0], more, "100.25")),
                    finished(slot_of(2, all[1], more))});
  mill.plc_reports({failed(slot_of(3, all[2], some)),
                    finished(slot_of(4, all[3], more, "2000"))});
  for (int slot = 1; slot <= 4; ++slot)
    mill.deliver(events::plc_acknowledged{
      "PLC01", slot, all[static_cast<std::size_t>(slot - 1)],
      events::acknowledge_outcome::set});
  mill.tick(task_kind::process_completed);
  mill.odoo_refuses(events::odoo_error::rejected, "locked"); // the last
  mill.pass(std::chrono::minutes{2});
  mill.tick(task_kind::process_completed);
  for (const auto& mo_id : all)
    if (const auto row = mill.rows->find(mo_id);
        row && row->state == batch_state::completed)
      mill.deliver(events::odoo_pushed{
        "PLC01", row->id, mo_id, row->revision, row->weight.milli() > 0, {}});
    else if (row)
      mill.deliver(events::odoo_cancelled{"PLC01", row->id, mo_id});
  mill.tick(task_kind::health);
  mill.stage({"WH/MO/5"});
  mill.plc_takes_queue();
  mill.plc_reports({finished(slot_of(1, "WH/MO/5", more, "100"))});
}

/// Everything that is in the database, but for random ids.
std::vector<std::string> everything(store_plant& mill) {
  std::vector<std::string> all;
  for (const auto view :
       {events::store_view::batch_status, events::store_view::real_time,
        events::store_view::history, events::store_view::failed_to_push})
    all.push_back(mill.ask({view, {}, {}, 50, 0}).dump());
  for (const auto& row : mill.rows->all_batches())
    all.push_back(row.id + " " + std::to_string(row.revision) + " "
                  + std::to_string(row.pushed_revision) + " "
                  + std::to_string(row.stage) + " "
                  + std::to_string(row.push.attempts));
  for (const auto& one : mill.rows->acknowledges("PLC01"))
    all.push_back(one.mo_id);
  for (const auto& one : mill.alerts())
    all.push_back(one);
  all.push_back(std::to_string(mill.rows->stage("PLC01")));
  return all;
}

/// What the scheduler hears: the first outcome of each run counts.
std::map<std::string, std::string> outcomes(const store_plant& mill) {
  std::map<std::string, std::string> all;
  for (const auto& one : mill.ended)
    all.emplace(one.tick_id, one.text);
  return all;
}

} // namespace

TEST_CASE("every message twice leaves what every message once leaves") {
  const auto kind = each_kind();
  store_plant once{kind};
  live(once);
  CHECK(once.rows->history_count({}) == 4);
  CHECK(once.queue() == std::vector<std::string>{"WH/MO/5"});
  store_plant doubly{kind};
  doubly.twice = true;
  live(doubly);
  CHECK(everything(doubly) == everything(once));
  CHECK(doubly.told_names() == once.told_names());
  CHECK(outcomes(doubly) == outcomes(once));
  CHECK(doubly.writes.size() == once.writes.size());
}
