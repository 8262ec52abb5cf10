#include "services/odoo-gateway/actors.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::odoo;
using namespace std::chrono_literals;

namespace {

/// A worker that only notes what it is given; the test says when it has ended.
worker_actor::behavior_type idle_worker(worker_actor::pointer,
                                        std::vector<std::string>* given) {
  return {
    [given](assignment& next) { given->push_back(next.work.key); },
  };
}

job push(const std::string& order, std::int64_t revision = 1) {
  events::event<events::odoo_push> command;
  command.data.mo_id = order;
  command.data.revision = revision;
  return make_job(std::move(command));
}

struct front_bench {
  front_bench()
    : system(config.set("scheduler.policy", caf::atom("testing"))),
      scheduler(
        dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler())) {
  }
  ~front_bench() {
    caf::anon_send_exit(door, caf::exit_reason::kill);
    for (auto& each : staff)
      caf::anon_send_exit(each, caf::exit_reason::kill);
    staff.clear();
    settle();
  }
  void settle() {
    while (scheduler.try_run_once()) {
    }
  }
  void open(std::vector<worker_actor> workers) {
    staff = workers;
    door = system.spawn(front,
                        work_queue{10, 10min,
                                   [] {
                                     return steady_time{};
                                   }},
                        workers);
    settle();
  }
  void open_with_two() {
    open(
      {system.spawn(idle_worker, &first), system.spawn(idle_worker, &second)});
  }
  template <class Message>
  void tell(Message message) {
    caf::anon_send(door, std::move(message));
    settle();
  }

  caf::actor_system_config config;
  caf::actor_system system;
  caf::scheduler::test_coordinator& scheduler;
  std::vector<std::string> first, second;
  std::vector<worker_actor> staff;
  front_actor door;
};

using keys = std::vector<std::string>;

} // namespace

TEST_SUITE("front") {
  TEST_CASE_FIXTURE(front_bench, "an order that hangs holds back no other") {
    open_with_two();
    tell(push("A"));
    tell(push("A", 2));
    tell(push("B"));
    CHECK(second == keys{"push  A 1"});
    CHECK(first == keys{"push  B 1"});
    tell(job_ended{0, push("B")});
    tell(push("C"));
    CHECK(first == keys{"push  B 1", "push  C 1"});
    CHECK(second.size() == 1);
    tell(job_ended{1, push("A")});
    CHECK(second == keys{"push  A 1", "push  A 2"});
  }

  TEST_CASE_FIXTURE(front_bench,
                    "stopping waits for what is in work and begins "
                    "nothing") {
    open_with_two();
    bool ended = false;
    tell(push("A"));
    tell(push("A", 2));
    tell(good_bye{[&] {
      ended = true;
    }});
    CHECK_FALSE(ended);
    tell(push("B"));
    tell(job_ended{1, push("A")});
    CHECK(ended);
    CHECK(first.empty());
    CHECK(second.size() == 1);
  }

  TEST_CASE_FIXTURE(front_bench, "with nothing in work it stops at once") {
    open_with_two();
    bool ended = false;
    tell(good_bye{[&] {
      ended = true;
    }});
    CHECK(ended);
  }

  TEST_CASE_FIXTURE(front_bench, "a worker whose deed throws works on") {
    keys done;
    open({system.spawn(worker, std::size_t{0}, deed{[&](const job& work) {
                         done.push_back(work.key);
                         throw std::runtime_error("boom");
                       }})});
    tell(push("A"));
    tell(push("B"));
    CHECK(done == keys{"push  A 1", "push  B 1"});
  }
}
