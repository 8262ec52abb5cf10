#include "services/scheduler/timetable.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::scheduler;
using namespace std::chrono_literals;
using events::task_kind;

namespace {

const wall_time start_wall{std::chrono::milliseconds{1'795'341'600'020}};
const steady_time start_steady{5'000s};

settings two_lines() {
  settings chosen;
  chosen.lines.codes = "PLC01,PLC02";
  return chosen;
}

struct plant {
  explicit plant(const settings& chosen = {})
    : table(chosen, {start_steady, start_wall}) {
  }
  std::vector<due_run> after(std::chrono::milliseconds time) {
    now += time;
    return table.start_due(now, start_wall + (now - start_steady));
  }
  bool finish(const due_run& due) {
    return table
      .finish(due.line, due.task, due.run.tick_id, events::task_outcome::done,
              "ok")
      .has_value();
  }

  timetable table;
  steady_time now = start_steady;
};

cause event(std::string id) {
  return {cause::origin::event, std::move(id), "", ""};
}

} // namespace

TEST_SUITE("timetable") {
  TEST_CASE("the first runs are tasks 2, 3, 1 within a second, 4 later") {
    plant p;
    std::vector<task_kind> order;
    for (int ms = 0; ms < 10'000; ++ms) {
      for (const auto& due : p.after(1ms))
        order.push_back(due.task);
      if (ms == 999)
        CHECK(order.size() == 3);
    }
    CHECK(order
          == std::vector{task_kind::plc_read, task_kind::process_completed,
                         task_kind::sync_mo, task_kind::health});
  }

  TEST_CASE("lines do not wait for each other") {
    plant p{two_lines()};
    const auto first = p.after(100ms);
    REQUIRE(first.size() == 2);
    CHECK(first[0].line == "PLC01");
    CHECK(first[1].line == "PLC02");
    CHECK(p.finish(first[1]));
    CHECK(p.table.ask("PLC01", task_kind::plc_read, event("e1"))
          == wish_outcome::taken);
    CHECK(p.table.ask("PLC02", task_kind::plc_read, event("e1"))
          == wish_outcome::taken);
    const auto next = p.after(0ms);
    REQUIRE(next.size() == 1);
    CHECK(next[0].line == "PLC02");
  }

  TEST_CASE("an answer for another line or task ends nothing") {
    plant p{two_lines()};
    auto due = p.after(100ms).at(0);
    auto other_line = due, other_task = due, no_line = due;
    other_line.line = "PLC02";
    other_task.task = task_kind::health;
    no_line.line = "PLC03";
    CHECK_FALSE(p.finish(other_line));
    CHECK_FALSE(p.finish(other_task));
    CHECK_FALSE(p.finish(no_line));
    CHECK(p.finish(due));
  }

  TEST_CASE("a line that is not served is not taken") {
    plant p;
    CHECK(p.table.ask("PLC09", task_kind::health, event("e1"))
          == wish_outcome::not_served);
  }

  TEST_CASE("ENABLE_AUTO_SYNC=false starts nothing until switched on") {
    settings off;
    off.enabled = false;
    plant p{off};
    CHECK(p.after(24h).empty());
    CHECK_FALSE(p.table.next_wake());
    CHECK(p.table.ask("PLC01", task_kind::sync_mo, event("e1"))
          == wish_outcome::ignored);
    p.table.toggle(true);
    CHECK(p.after(0ms).size() == 4);
  }

  TEST_CASE("a task that is switched off alone stays off") {
    settings chosen;
    chosen.tasks[0].enabled = false;
    plant p{chosen};
    CHECK(p.after(24h).size() == 3);
    p.table.toggle(false);
    p.table.toggle(true);
    for (const auto& task : p.table.state(p.now, start_wall).tasks)
      CHECK(task.enabled == (task.task != task_kind::sync_mo));
  }

  TEST_CASE("a lost message costs at most the shorter of timeout, interval") {
    CHECK(give_up_after(60min, 2min) == 2min);
    CHECK(give_up_after(1min, 2min) == 1min);
    CHECK(give_up_after(200ms, 2min) == 10s);
    CHECK(give_up_after(60min, 5s) == 5s);
  }

  TEST_CASE("every run without an answer is given up in time") {
    plant p;
    CHECK(p.after(1s).size() == 3);
    CHECK(p.table.give_up(p.now + 119s).empty());
    CHECK(p.table.give_up(p.now + 120s).size() == 3);
    CHECK(p.table.give_up(p.now + 120s).empty());
  }

  TEST_CASE("runs that batch-store lost are abandoned and start again") {
    plant p;
    CHECK(p.table.abandon_all("lost").empty());
    CHECK(p.after(1s).size() == 3);
    const auto before = p.table.revision();
    CHECK(p.table.abandon_all("lost").size() == 3);
    CHECK(p.table.revision() > before);
    CHECK(p.after(0ms).size() == 3);
  }

  TEST_CASE("it wakes for whatever comes first") {
    plant p;
    CHECK(p.table.next_wake() == start_steady + 100ms);
    const auto first = p.after(100ms);
    CHECK(p.table.next_wake() == start_steady + 300ms);
    p.table.ask("PLC01", task_kind::health, event("e1"));
    CHECK(*p.table.next_wake() <= p.now);
  }

  TEST_CASE("the state lists all tasks of all lines by number") {
    plant p{two_lines()};
    const auto state = p.table.state(p.now, start_wall);
    CHECK(state.enabled);
    REQUIRE(state.tasks.size() == 8);
    CHECK(state.tasks[0].line == "PLC01");
    CHECK(state.tasks[0].task == task_kind::sync_mo);
    CHECK(state.tasks[0].interval_ms == 3'600'000);
    CHECK(state.tasks[3].task == task_kind::health);
    CHECK(state.tasks[5].line == "PLC02");
    CHECK(state.tasks[5].interval_ms == 300'000);
  }

  TEST_CASE("the revision grows with each visible change only") {
    plant p;
    auto last = p.table.revision();
    const auto changed = [&] {
      return std::exchange(last, p.table.revision()) != last;
    };
    CHECK(p.after(0ms).empty());
    CHECK_FALSE(changed());
    const auto due = p.after(100ms);
    CHECK(changed());
    p.finish(due.at(0));
    CHECK(changed());
    p.finish(due.at(0));
    CHECK_FALSE(changed());
    p.table.toggle(true);
    CHECK_FALSE(changed());
    p.table.toggle(false);
    CHECK(changed());
  }
}
