#include "services/scheduler/task_rhythm.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::scheduler;
using namespace std::chrono_literals;
using events::task_outcome;
using origin = cause::origin;

namespace {

/// 2026-11-22T10:00:00.020Z: 20 ms into a slot of every round interval.
const wall_time start_wall{std::chrono::milliseconds{1'795'341'600'020}};
const steady_time start_steady{5'000s};

const service::reply_to anna{"millrace/v1/_reply/anna", "1"};
const service::reply_to budi{"millrace/v1/_reply/budi", "2"};

cause because(origin from, std::string id) {
  return {from, std::move(id), "batch", "trace"};
}

/// One task, with a clock to move by hand.
struct task {
  explicit task(plan planned = {true, 1'000ms, 100ms, 10s})
    : rhythm("PLC01", events::task_kind::plc_read, planned,
             {start_steady, start_wall}) {
  }

  std::optional<new_run> start() {
    return rhythm.start_due(now, wall, automatic);
  }
  bool ask(const cause& why, std::optional<service::reply_to> who = {}) {
    return rhythm.ask(why, automatic, std::move(who));
  }
  std::optional<ended_run> finish(const new_run& run,
                                  task_outcome outcome = task_outcome::done,
                                  std::string text = "ok") {
    return rhythm.finish(run.tick_id, outcome, std::move(text));
  }
  void pass(std::chrono::milliseconds time) {
    now += time;
    wall += time;
  }
  /// Past the first run.
  void settle() {
    pass(100ms);
    finish(*start());
  }

  task_rhythm rhythm;
  steady_time now = start_steady;
  wall_time wall = start_wall;
  bool automatic = true;
};

} // namespace

TEST_SUITE("task_rhythm") {
  TEST_CASE("the first run comes shortly after the start") {
    task t{{true, 3'600'000ms, 100ms, 10s}};
    CHECK_FALSE(t.start());
    CHECK(t.rhythm.next_wake(true) == start_steady + 100ms);
    t.pass(99ms);
    CHECK_FALSE(t.start());
    t.pass(1ms);
    const auto run = t.start();
    REQUIRE(run);
    CHECK(run->why.from == origin::start);
  }

  TEST_CASE("then one runs at the beginning of each slot") {
    task t;
    t.settle();
    CHECK(t.rhythm.next_wake(true) == start_steady + 980ms);
    t.pass(879ms);
    CHECK_FALSE(t.start());
    t.pass(1ms);
    auto run = t.start();
    REQUIRE(run);
    CHECK(run->why.from == origin::time);
    t.finish(*run);
    CHECK_FALSE(t.start());
    t.pass(999ms);
    CHECK_FALSE(t.start());
    t.pass(1ms);
    CHECK(t.start());
  }

  TEST_CASE("what is missed in a pause is one run, not many") {
    task t;
    t.settle();
    t.pass(1h);
    auto run = t.start();
    REQUIRE(run);
    t.finish(*run);
    CHECK_FALSE(t.start());
    CHECK(*t.rhythm.next_wake(true) - t.now < 1s);
  }

  TEST_CASE("one run at a time; the due time that passed comes after it") {
    task t;
    t.settle();
    t.pass(1s);
    auto run = t.start();
    REQUIRE(run);
    t.pass(3s);
    CHECK_FALSE(t.start());
    t.finish(*run);
    run = t.start();
    REQUIRE(run);
    t.finish(*run);
    CHECK_FALSE(t.start());
  }

  TEST_CASE("intervals of 50 ms work") {
    task t{{true, 50ms, 100ms, 10s}};
    t.settle();
    int runs = 0;
    for (int ms = 0; ms < 1'000; ++ms) {
      t.pass(1ms);
      if (auto run = t.start()) {
        ++runs;
        t.finish(*run);
      }
    }
    CHECK(runs == 20);
  }

  TEST_CASE("a wall clock that is set changes neither due times nor ids") {
    task calm, shaken;
    calm.settle();
    shaken.settle();
    for (const auto jump : {-10h, 0h, 300h}) {
      calm.pass(1s);
      shaken.pass(1s);
      shaken.wall += jump;
      const auto expected = calm.start();
      const auto got = shaken.start();
      REQUIRE(expected);
      REQUIRE(got);
      CHECK(got->tick_id == expected->tick_id);
      calm.finish(*expected);
      shaken.finish(*got);
      CHECK_FALSE(shaken.start());
    }
  }

  TEST_CASE("two schedulers name the run of one due time alike") {
    task here;
    here.settle();
    here.pass(880ms);
    // Started 400 ms later, on another machine with another steady clock.
    task_rhythm there{"PLC01",
                      events::task_kind::plc_read,
                      {true, 1'000ms, 100ms, 10s},
                      {steady_time{77s}, start_wall + 400ms}};
    const auto first
      = there.start_due(steady_time{77'100ms}, start_wall + 500ms, true);
    there.finish(first->tick_id, task_outcome::done, "");
    CHECK_FALSE(there.start_due(steady_time{77'579ms}, start_wall, true));
    const auto second
      = there.start_due(steady_time{77'580ms}, start_wall, true);
    REQUIRE(second);
    CHECK(second->tick_id == here.start()->tick_id);
  }

  TEST_CASE("every run of a task has its own id, other tasks and lines too") {
    task t, other_task;
    other_task.rhythm = {"PLC01",
                         events::task_kind::health,
                         {true, 1'000ms, 100ms, 10s},
                         {start_steady, start_wall}};
    task other_line;
    other_line.rhythm = {"PLC02",
                         events::task_kind::plc_read,
                         {true, 1'000ms, 100ms, 10s},
                         {start_steady, start_wall}};
    std::vector<std::string> ids;
    for (auto* one : {&t, &other_task, &other_line})
      for (int n = 0; n < 3; ++n) {
        one->pass(1s);
        const auto run = one->start();
        REQUIRE(run);
        ids.push_back(run->tick_id);
        one->finish(*run);
      }
    std::sort(ids.begin(), ids.end());
    CHECK(std::unique(ids.begin(), ids.end()) == ids.end());
  }

  TEST_CASE("a restart within one slot is another run") {
    task before, after;
    after.rhythm = {"PLC01",
                    events::task_kind::plc_read,
                    {true, 1'000ms, 100ms, 10s},
                    {start_steady, start_wall + 5ms}};
    before.pass(100ms);
    after.pass(100ms);
    CHECK(before.start()->tick_id != after.start()->tick_id);
  }

  TEST_CASE("an event runs the task at once") {
    task t;
    t.settle();
    CHECK(t.ask(because(origin::event, "e1")));
    CHECK(t.rhythm.next_wake(true) <= t.now);
    const auto run = t.start();
    REQUIRE(run);
    CHECK(run->why.message_id == "e1");
    CHECK(run->why.traceparent == "trace");
  }

  TEST_CASE("events during a run mean one more run right after it") {
    task t;
    t.settle();
    t.ask(because(origin::event, "e1"));
    auto run = t.start();
    t.ask(because(origin::event, "e2"));
    t.ask(because(origin::event, "e3"));
    CHECK_FALSE(t.start());
    t.finish(*run);
    run = t.start();
    REQUIRE(run);
    t.finish(*run);
    CHECK_FALSE(t.start());
  }

  TEST_CASE("an event that comes again causes no run again") {
    task t;
    t.settle();
    t.ask(because(origin::event, "e1"));
    t.finish(*t.start());
    CHECK_FALSE(t.ask(because(origin::event, "e1")));
    CHECK_FALSE(t.start());
  }

  TEST_CASE("switched off, time and events start nothing, but people do") {
    task all_off, this_off{{false, 1'000ms, 100ms, 10s}};
    all_off.automatic = false;
    for (auto* t : {&all_off, &this_off}) {
      t->pass(1h);
      CHECK_FALSE(t->start());
      CHECK_FALSE(t->rhythm.next_wake(t->automatic));
      CHECK_FALSE(t->ask(because(origin::event, "e1")));
      CHECK_FALSE(t->start());
      CHECK(t->ask(because(origin::person, "c1"), anna));
      const auto run = t->start();
      REQUIRE(run);
      CHECK(run->why.from == origin::person);
    }
  }

  TEST_CASE("switched on again, the task runs at once and then in rhythm") {
    task t;
    t.settle();
    t.automatic = false;
    t.pass(1h);
    CHECK_FALSE(t.start());
    t.automatic = true;
    auto run = t.start();
    REQUIRE(run);
    t.finish(*run);
    CHECK_FALSE(t.start());
  }

  TEST_CASE("a person who asks during a run waits for a fresh one") {
    task t;
    t.settle();
    t.pass(1s);
    const auto old_run = t.start();
    t.ask(because(origin::person, "c1"), anna);
    t.ask(because(origin::person, "c2"), budi);
    auto ended = t.finish(*old_run);
    REQUIRE(ended);
    CHECK(ended->waiting.empty());
    const auto fresh = t.start();
    REQUIRE(fresh);
    ended = t.finish(*fresh, task_outcome::skipped, "9 batches are there");
    REQUIRE(ended);
    REQUIRE(ended->waiting.size() == 2);
    CHECK(ended->waiting[0].topic == anna.topic);
    CHECK(ended->waiting[1].correlation == budi.correlation);
    CHECK(ended->text == "9 batches are there");
  }

  TEST_CASE("switching off forgets what events wanted, not what people want") {
    task t;
    t.settle();
    t.pass(1s);
    const auto run = t.start();
    t.ask(because(origin::event, "e1"));
    t.rhythm.drop_events();
    t.finish(*run);
    CHECK_FALSE(t.start());
    t.ask(because(origin::event, "e2"));
    t.ask(because(origin::person, "c1"), anna);
    t.rhythm.drop_events();
    const auto wanted = t.start();
    REQUIRE(wanted);
    CHECK(wanted->why.from == origin::person);
  }

  TEST_CASE("a run without an answer is given up and the next one comes") {
    task t;
    t.settle();
    t.ask(because(origin::person, "c1"), anna);
    const auto run = t.start();
    CHECK(t.rhythm.next_wake(true) == t.now + 10s);
    t.pass(9'999ms);
    CHECK_FALSE(t.rhythm.give_up(t.now));
    t.pass(1ms);
    const auto ended = t.rhythm.give_up(t.now);
    REQUIRE(ended);
    CHECK(ended->outcome == task_outcome::failed);
    CHECK(ended->text == "no answer from batch-store");
    REQUIRE(ended->waiting.size() == 1);
    CHECK(t.start());
    SUBCASE("an answer that comes too late ends no other run") {
      CHECK_FALSE(t.finish(*run));
      CHECK(t.rhythm.status(t.now, t.wall, true).running);
    }
  }

  TEST_CASE("what was given up is due again at once, not an interval later") {
    task t{{true, 3'600'000ms, 100ms, 120s}};
    t.pass(100ms);
    REQUIRE(t.start());
    t.pass(120s);
    REQUIRE(t.rhythm.give_up(t.now));
    CHECK(*t.rhythm.next_wake(true) <= t.now);
    const auto run = t.start();
    REQUIRE(run);
    t.finish(*run);
    CHECK_FALSE(t.start());
  }

  TEST_CASE("a run that failed waits for its time") {
    task t;
    t.pass(100ms);
    t.finish(*t.start(), task_outcome::failed, "Odoo is away");
    CHECK_FALSE(t.start());
  }

  TEST_CASE("a manual run that was given up is not repeated by itself") {
    task t{{false, 1'000ms, 100ms, 10s}};
    t.ask(because(origin::person, "c1"), anna);
    REQUIRE(t.start());
    t.pass(10s);
    REQUIRE(t.rhythm.give_up(t.now));
    CHECK_FALSE(t.start());
  }

  TEST_CASE("an answer to a run that is not under way changes nothing") {
    task t;
    CHECK_FALSE(t.rhythm.finish("nobody's", task_outcome::done, ""));
    CHECK_FALSE(t.rhythm.status(t.now, t.wall, true).last_outcome);
  }

  TEST_CASE("the same outcome again is marked as such") {
    task t;
    t.pass(1s);
    const auto run = [&](task_outcome outcome, std::string text) {
      t.pass(1s);
      return t.finish(*t.start(), outcome, std::move(text))->repeated;
    };
    CHECK_FALSE(run(task_outcome::skipped, "2 left"));
    CHECK(run(task_outcome::skipped, "2 left"));
    CHECK_FALSE(run(task_outcome::skipped, "1 left"));
    CHECK_FALSE(run(task_outcome::done, "1 left"));
  }

  TEST_CASE("the status tells interval, last and next run") {
    task t;
    auto seen = t.rhythm.status(t.now, t.wall, true);
    CHECK_FALSE(seen.last_run);
    CHECK(seen.next_run == "2026-11-22T10:00:00.120Z");
    CHECK(seen.interval_ms == 1'000);
    t.pass(100ms);
    const auto run = t.start();
    seen = t.rhythm.status(t.now, t.wall, true);
    CHECK(seen.running);
    CHECK(seen.last_run == "2026-11-22T10:00:00.120Z");
    CHECK(seen.next_run == "2026-11-22T10:00:01.000Z");
    CHECK_FALSE(seen.last_outcome);
    t.finish(*run, task_outcome::failed, "Odoo is away");
    seen = t.rhythm.status(t.now, t.wall, false);
    CHECK_FALSE(seen.running);
    CHECK_FALSE(seen.next_run);
    CHECK(seen.last_outcome == task_outcome::failed);
    CHECK(seen.last_text == "Odoo is away");
  }

  TEST_CASE("the next run reads as a round time") {
    task t;
    t.settle();
    t.now += 250'400us; // looked at 0.1 ms after the wall clock
    t.wall += 250'300us;
    CHECK(t.rhythm.status(t.now, t.wall, true).next_run
          == "2026-11-22T10:00:01.000Z");
  }

  TEST_CASE("everybody who waits is known, for the good-bye") {
    task t;
    t.settle();
    t.ask(because(origin::person, "c1"), anna);
    t.start();
    t.ask(because(origin::person, "c2"), budi);
    CHECK(t.rhythm.waiting().size() == 2);
  }
}
