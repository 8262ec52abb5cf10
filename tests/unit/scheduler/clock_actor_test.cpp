#include "services/scheduler/clock_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::scheduler;
using namespace std::chrono_literals;
using events::task_kind;

namespace {

/// The world around the clock, and what it saw.
struct world {
  bool connected = true;
  bool queue_full = false;
  std::vector<due_run> sent;
  std::vector<std::pair<service::reply_to, events::command_result>> answers;
  std::vector<events::scheduler_state> states;
  int ended = 0;

  outlet out() {
    outlet through;
    through.connected = [this] {
      return connected;
    };
    through.send = [this](const due_run& due) {
      if (queue_full)
        return false;
      sent.push_back(due);
      return true;
    };
    through.answer
      = [this](const service::reply_to& to, events::command_result answer) {
          answers.emplace_back(to, std::move(answer));
        };
    through.publish = [this](events::scheduler_state state) {
      states.push_back(std::move(state));
    };
    through.ended = [this](const closed_run&, const std::string&) {
      ++ended;
    };
    return through;
  }
};

caf::actor_system_config& testing(caf::actor_system_config& config) {
  config.set("scheduler.policy", caf::atom("testing"));
  return config;
}

struct clock_fixture {
  clock_fixture()
    : sys(testing(config)),
      sched(dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler())) {
  }
  ~clock_fixture() {
    caf::anon_send_exit(actor, caf::exit_reason::kill);
    settle();
  }

  void run(const settings& chosen = {}) {
    actor
      = sys.spawn(scheduler::clock, chosen, seen.out(), wall_clock{[this] {
                    return start_wall + (sched.clock().now() - start_steady);
                  }});
    settle();
  }
  void settle() {
    while (sched.try_run_once()) {
    }
  }
  /// Small steps: timers that are set meanwhile count from the new time.
  void advance(std::chrono::milliseconds by) {
    for (auto step = 0ms; step < by; step += 10ms) {
      sched.advance_time(10ms);
      settle();
    }
  }
  template <class Message>
  void tell(Message message) {
    caf::anon_send(actor, std::move(message));
    settle();
  }
  void answer(const due_run& due, events::task_outcome outcome,
              std::string text) {
    tell(run_answer{{due.line, due.task, due.run.tick_id, outcome, text}, ""});
  }
  run_wish trigger(task_kind task, std::string id) {
    return {"PLC01",
            task,
            {cause::origin::person, std::move(id), "", ""},
            {"here", "7"}};
  }

  caf::actor_system_config config;
  caf::actor_system sys;
  caf::scheduler::test_coordinator& sched;
  const steady_time start_steady = sched.clock().now();
  const wall_time start_wall{std::chrono::milliseconds{1'795'341'600'020}};
  world seen;
  clock_actor actor;
};

} // namespace

TEST_SUITE("clock_actor") {
  TEST_CASE_FIXTURE(clock_fixture, "runs go out when they are due") {
    run();
    advance(1s);
    REQUIRE(seen.sent.size() == 3);
    CHECK(seen.sent[0].task == task_kind::plc_read);
    CHECK(seen.sent[2].task == task_kind::sync_mo);
  }

  TEST_CASE_FIXTURE(clock_fixture,
                    "without a broker nothing is sent, then all once") {
    seen.connected = false;
    run();
    advance(30s);
    CHECK(seen.sent.empty());
    CHECK(seen.states.empty());
    seen.connected = true;
    advance(100ms);
    CHECK(seen.sent.size() == 4);
    CHECK(seen.states.size() == 1);
  }

  TEST_CASE_FIXTURE(clock_fixture, "a trigger is answered when its run ended") {
    settings off;
    off.enabled = false;
    run(off);
    tell(trigger(task_kind::sync_mo, "c1"));
    REQUIRE(seen.sent.size() == 1);
    CHECK(seen.answers.empty());
    answer(seen.sent[0], events::task_outcome::skipped, "3 batches left");
    REQUIRE(seen.answers.size() == 1);
    const auto& [to, said] = seen.answers[0];
    CHECK(to.topic == "here");
    CHECK(said.ok);
    CHECK(said.message == "3 batches left");
    CHECK(said.data.text
          == R"({"outcome":"skipped","tick_id":")" + seen.sent[0].run.tick_id
               + "\"}");
    CHECK(seen.ended == 1);
  }

  TEST_CASE_FIXTURE(clock_fixture, "a failed run is a failed trigger") {
    settings off;
    off.enabled = false;
    run(off);
    tell(trigger(task_kind::sync_mo, "c1"));
    answer(seen.sent.at(0), events::task_outcome::failed, "Odoo is away");
    CHECK_FALSE(seen.answers.at(0).second.ok);
    tell(trigger(task_kind::sync_mo, "c2"));
    advance(2min);
    CHECK_FALSE(seen.answers.at(1).second.ok);
    CHECK(seen.answers.at(1).second.message == "no answer from batch-store");
    seen.queue_full = true;
    tell(trigger(task_kind::sync_mo, "c3"));
    CHECK(seen.answers.at(2).second.message
          == "the queue to the broker is full");
  }

  TEST_CASE_FIXTURE(clock_fixture, "the switch answers and works at once") {
    run();
    tell(switch_wish{false, {"here", "1"}});
    advance(1min);
    CHECK(seen.sent.empty());
    REQUIRE(seen.answers.size() == 1);
    CHECK(seen.answers[0].second.data.text == R"({"enabled":false})");
    CHECK_FALSE(seen.states.back().enabled);
    tell(switch_wish{true, {"here", "2"}});
    CHECK(seen.sent.size() == 4);
  }

  TEST_CASE_FIXTURE(clock_fixture,
                    "states come twice a second at most, and the last always") {
    settings quick;
    quick.tasks[1].interval = 50ms;
    run(quick);
    seen.states.clear();
    std::size_t answered = 0;
    for (int n = 0; n < 200; ++n) {
      advance(10ms);
      for (; answered < seen.sent.size(); ++answered)
        answer(seen.sent[answered], events::task_outcome::done,
               std::to_string(answered));
    }
    CHECK(answered > 30);
    CHECK(seen.states.size() >= 3);
    CHECK(seen.states.size() <= 4);
    tell(switch_wish{false, {}});
    advance(1s);
    const auto& last = seen.states.back();
    CHECK_FALSE(last.enabled);
    CHECK(last.tasks.at(1).last_text == std::to_string(answered - 1));
  }

  TEST_CASE_FIXTURE(clock_fixture, "a new connection gets the state again") {
    run();
    advance(3s);
    const auto before = seen.states.size();
    seen.connected = false;
    advance(2s);
    CHECK(seen.states.size() == before);
    seen.connected = true;
    advance(2s);
    CHECK(seen.states.size() == before + 1);
  }

  TEST_CASE_FIXTURE(clock_fixture,
                    "a batch-store that was started anew gets its runs again") {
    run();
    tell(store_seen{"10:00"});
    advance(1s);
    REQUIRE(seen.sent.size() == 3);
    tell(store_seen{"10:05"});
    CHECK(seen.sent.size() == 6);
    CHECK(seen.ended == 3);
  }

  TEST_CASE_FIXTURE(clock_fixture,
                    "what may be lost with a connection is said once more") {
    run();
    tell(store_seen{"10:00"});
    advance(1s);
    REQUIRE(seen.sent.size() == 3);
    tell(store_seen{"10:00"}); // the same process, connected again
    REQUIRE(seen.sent.size() == 6);
    for (std::size_t i = 0; i < 3; ++i)
      CHECK(seen.sent[3 + i].run.tick_id == seen.sent[i].run.tick_id);
    CHECK(seen.ended == 0);
  }

  TEST_CASE_FIXTURE(clock_fixture, "a good-bye answers everybody who waits") {
    run();
    tell(trigger(task_kind::health, "c1"));
    tell(good_bye{});
    REQUIRE(seen.answers.size() == 1);
    CHECK_FALSE(seen.answers[0].second.ok);
    CHECK(seen.answers[0].second.message == "the scheduler is being stopped");
  }
}
