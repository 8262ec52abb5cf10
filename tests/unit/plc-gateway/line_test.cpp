#include "services/plc-gateway/line.hpp"
#include "tests/unit/plc-gateway/memory_plc.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <deque>

using namespace millrace;
using namespace millrace::plc;
using namespace millrace::plc::test;
using namespace std::chrono_literals;

namespace {

/// The world around a line: a PLC that answers when told to, and what went out.
struct world {
  memory_plc plc;
  bool silent = false;
  bool bus_full = false;
  std::deque<std::pair<std::uint64_t, step>> asked;
  /// In order: names of events and "answer".
  std::vector<std::string> order;
  std::vector<line_event> emitted;
  std::vector<service::context> contexts;
  std::vector<std::pair<service::reply_to, events::command_result>> answers;
  std::vector<events::line_state> states;

  outlet out() {
    outlet through;
    through.send = [this](std::uint64_t number, const step& wanted) {
      asked.emplace_back(number, wanted);
    };
    through.emit = [this](line_event what, const service::context& about) {
      if (bus_full)
        return false;
      order.emplace_back(
        std::visit([](const auto& event) { return event.name; }, what));
      emitted.push_back(std::move(what));
      contexts.push_back(about);
      return true;
    };
    through.answer
      = [this](const service::reply_to& to, events::command_result result,
               const service::context&) {
          order.emplace_back("answer");
          answers.emplace_back(to, std::move(result));
        };
    through.publish = [this](events::line_state state) {
      states.push_back(std::move(state));
    };
    return through;
  }

  template <class Event>
  const Event& last() const {
    return std::get<Event>(emitted.back());
  }
};

caf::actor_system_config& testing(caf::actor_system_config& config) {
  config.set("scheduler.policy", caf::atom("testing"));
  return config;
}

struct fixture {
  fixture()
    : sys(testing(config)),
      sched(dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler())) {
    line_settings chosen;
    chosen.code = "PLC01";
    chosen.map = default_map();
    actor
      = sys.spawn(plc::line, chosen, seen.out(), wall_clock{[this] {
                    return start_wall + (sched.clock().now() - start_steady);
                  }});
    settle();
  }
  ~fixture() {
    caf::anon_send_exit(actor, caf::exit_reason::kill);
    settle();
  }

  void settle() {
    while (sched.try_run_once()) {
    }
  }
  template <class Message>
  void tell(Message message) {
    caf::anon_send(actor, std::move(message));
    settle();
  }
  /// The link ends the next step.
  void serve_one() {
    const auto [number, wanted] = seen.asked.front();
    seen.asked.pop_front();
    answer got;
    if (seen.silent)
      got.how = answer::kind::unanswered;
    else
      got = seen.plc.execute(wanted);
    tell(step_answer{number, got});
  }
  /// Until the line wants nothing more of the PLC.
  void serve() {
    for (bool moved = true; moved;) {
      moved = !seen.asked.empty();
      if (moved)
        serve_one();
      else if (sched.has_job())
        settle();
    }
  }
  void advance(std::chrono::milliseconds by) {
    for (auto passed = 0ms; passed < by; passed += 100ms) {
      sched.advance_time(100ms);
      settle();
    }
  }

  static read_wish read(const std::string& who, bool full = false) {
    events::envelope cause;
    cause.id = "id-" + who;
    cause.traceparent
      = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    return {full, {{who, "7"}}, cause};
  }
  write_wish write(std::int64_t stage, std::chrono::milliseconds valid = 1h) {
    write_wish wanted;
    wanted.command.line = "PLC01";
    wanted.command.stage = stage;
    wanted.command.expires_at
      = format_utc(start_wall + (sched.clock().now() - start_steady) + valid);
    wanted.command.batches = queue_of(1, 3);
    return wanted;
  }
  static acknowledge_wish acknowledge(int slot) {
    acknowledge_wish wanted;
    wanted.command = {"PLC01", slot, "WH/MO/0000" + std::to_string(slot)};
    return wanted;
  }

  caf::actor_system_config config;
  caf::actor_system sys;
  caf::scheduler::test_coordinator& sched;
  const std::chrono::steady_clock::time_point start_steady
    = sched.clock().now();
  const std::chrono::system_clock::time_point start_wall{
    std::chrono::milliseconds{1'795'341'600'020}};
  world seen;
  line_actor actor;
};

using texts = std::vector<std::string>;

} // namespace

TEST_CASE_FIXTURE(fixture, "the first read publishes all slots, then answers") {
  tell(read("a"));
  serve();
  CHECK(seen.plc.frames() == 1);
  CHECK(seen.order == texts{"plc.read", "answer"});
  const auto& event = seen.last<events::plc_read>();
  CHECK(event.full);
  CHECK(event.slots.size() == 10);
  CHECK(event.read_at == "2026-11-22T10:00:00.020Z");
  CHECK(seen.contexts[0].causation_id == "id-a");
  CHECK(seen.contexts[0].traceparent.substr(3, 32)
        == "0af7651916cd43dd8448eb211c80319c");
  CHECK(seen.answers[0].first.topic == "a");
  CHECK(seen.answers[0].second.ok);
  CHECK(seen.answers[0].second.message == "read, 10 slots changed");
}

TEST_CASE_FIXTURE(fixture,
                  "an unchanged read answers only, one frame a cycle") {
  tell(read("a"));
  serve();
  tell(read("b"));
  serve();
  CHECK(seen.order == texts{"plc.read", "answer", "answer"});
  CHECK(seen.answers[1].second.message == "read, 0 slots changed");
  seen.plc.at(6201) = 0x5748;
  tell(read("c"));
  serve();
  const auto& event = seen.last<events::plc_read>();
  CHECK_FALSE(event.full);
  REQUIRE(event.slots.size() == 1);
  CHECK(event.slots[0].slot == 3);
  CHECK(event.slots[0].mo_id == "WH");
  CHECK(seen.plc.frames() == 3);
  CHECK(seen.answers[2].second.message == "read, 1 slot changed");
}

TEST_CASE_FIXTURE(fixture, "a failed cycle keeps the baseline and says why") {
  tell(read("a"));
  serve();
  seen.plc.at(6201) = 0x5748;
  seen.silent = true;
  tell(read("b"));
  serve();
  CHECK_FALSE(seen.answers[1].second.ok);
  CHECK(seen.answers[1].second.message
        == "read of 977 words at D6000 unanswered after 1 attempt");
  CHECK_FALSE(seen.states.back().reachable);
  seen.silent = false;
  tell(read("c"));
  serve();
  CHECK(seen.last<events::plc_read>().slots.size() == 1);
  CHECK(seen.states.back().reachable);
  CHECK(seen.states.back().errors == 1);
}

TEST_CASE_FIXTURE(fixture, "what the bus does not take is published again") {
  seen.bus_full = true;
  tell(read("a"));
  serve();
  CHECK_FALSE(seen.answers[0].second.ok);
  CHECK(seen.answers[0].second.message
        == "read, but the queue to the broker is full");
  seen.bus_full = false;
  tell(read("b"));
  serve();
  CHECK(seen.last<events::plc_read>().slots.size() == 10);
}

TEST_CASE_FIXTURE(fixture, "the memory is shown and nothing else happens") {
  const auto look = [](const std::string& who, events::plc_area area) {
    return inspect_wish{area, {{who, "7"}}, {}};
  };
  tell(look("a", events::plc_area::write));
  tell(look("b", events::plc_area::read));
  tell(look("c", events::plc_area::read));
  serve();
  CHECK(seen.plc.frames() == 2);
  CHECK(seen.order == texts{"answer", "answer", "answer"});
  CHECK(seen.answers[0].first.topic == "a");
  CHECK(seen.answers[0].second.data.text.find("D7000") != std::string::npos);
  CHECK(seen.answers[2].first.topic == "c");
  CHECK(seen.answers[2].second.data.text.find("D6000") != std::string::npos);
  // It is no read cycle: the first one still publishes everything.
  tell(read("d"));
  serve();
  CHECK(seen.last<events::plc_read>().slots.size() == 10);
}

TEST_CASE_FIXTURE(fixture, "an unreachable PLC shows nothing and says why") {
  seen.silent = true;
  tell(inspect_wish{events::plc_area::read, {{"a", "7"}}, {}});
  serve();
  REQUIRE(seen.answers.size() == 1);
  CHECK_FALSE(seen.answers[0].second.ok);
  CHECK(seen.answers[0].second.message == "PLC does not answer");
}

TEST_CASE_FIXTURE(fixture, "reads that wait are joined, a running one is not") {
  tell(read("a"));
  tell(read("b"));
  tell(read("c", true));
  serve();
  CHECK(seen.plc.frames() == 2);
  REQUIRE(seen.answers.size() == 3);
  CHECK(seen.answers[1].first.topic == "b");
  CHECK(seen.answers[2].first.topic == "c");
  CHECK(seen.last<events::plc_read>().full);
}

TEST_CASE_FIXTURE(fixture, "a queue is written and told") {
  seen.plc.takes = program::edge;
  seen.plc.handshakes_ready();
  tell(write(7));
  serve();
  const auto& event = seen.last<events::plc_written>();
  CHECK(event.stage == 7);
  CHECK_FALSE(event.already_there);
  CHECK(event.frames == 14);
  REQUIRE(event.batches.size() == 3);
  CHECK(event.batches[2].slot == 3);
  CHECK(event.batches[2].mo_id == "WH/MO/00003");
  tell(write(7));
  serve();
  CHECK(seen.last<events::plc_written>().already_there);
}

TEST_CASE_FIXTURE(fixture,
                  "a handshake that is not ready is told as deferred") {
  seen.plc.at(7501) = 0x5748;
  tell(write(7));
  serve();
  const auto& event = seen.last<events::plc_write_deferred>();
  CHECK(event.stage == 7);
  CHECK(event.reason
        == "PLC has not read the previous batches yet: D7076 is 0");
}

TEST_CASE_FIXTURE(fixture, "a queue that cannot be written needs a person") {
  auto wanted = write(7);
  wanted.command.batches[0].quantity = kilograms::from_milli(-1);
  tell(wanted);
  serve();
  CHECK(seen.plc.frames() == 0);
  CHECK(seen.last<events::plc_write_failed>().needs_person);
  CHECK(seen.last<events::plc_write_failed>().reason
        == "slot 1: quantity -0.001 kg is negative");
}

TEST_CASE_FIXTURE(fixture, "older, expired and doubled queues are refused") {
  seen.plc.handshakes_ready();
  tell(write(7));
  tell(write(7));
  tell(write(6));
  tell(write(8, 0ms));
  serve();
  // The expired one is told at once: nothing else says that clocks disagree.
  CHECK(seen.order == texts{"plc.write_failed", "plc.written"});
  CHECK(seen.last<events::plc_written>().stage == 7);
  const auto& told = std::get<events::plc_write_failed>(seen.emitted.front());
  CHECK(told.stage == 8);
  CHECK(told.reason.find("2026-11-22T10:00:00") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "a queue that expires while it waits is not begun") {
  tell(read("a"));
  tell(write(7, 5s));
  advance(6s);
  serve();
  CHECK(seen.order == texts{"plc.read", "answer", "plc.write_failed"});
}

TEST_CASE_FIXTURE(fixture, "jobs run one after another and none starves") {
  seen.plc.handshakes_ready();
  tell(write(7));
  tell(acknowledge(3));
  tell(read("a"));
  tell(write(8));
  CHECK(seen.asked.size() == 1);
  serve();
  CHECK(seen.order
        == texts{"plc.written", "plc.acknowledged", "plc.read", "answer",
                 "plc.written"});
}

TEST_CASE_FIXTURE(fixture, "a finished slot is acknowledged") {
  seen.plc.handshakes_ready();
  tell(write(7));
  serve();
  std::copy_n(seen.plc.memory.begin() + 7200, 72,
              seen.plc.memory.begin() + 6200);
  seen.plc.at(6272) = 1;
  tell(acknowledge(3));
  serve();
  const auto& event = seen.last<events::plc_acknowledged>();
  CHECK(event.slot == 3);
  CHECK(event.mo_id == "WH/MO/00003");
  CHECK(event.outcome == events::acknowledge_outcome::set);
  CHECK(seen.plc.at(6276) == 1);
  CHECK(seen.contexts.back().subject == "WH/MO/00003");
}

// A power cycle can bring older words back, between our write and the next
// read.
TEST_CASE_FIXTURE(fixture, "a flag that was set and is 0 again is reported") {
  seen.plc.handshakes_ready();
  tell(write(7));
  serve();
  std::copy_n(seen.plc.memory.begin() + 7200, 72,
              seen.plc.memory.begin() + 6200);
  seen.plc.at(6272) = 1;
  tell(read("a"));
  serve();
  tell(acknowledge(3));
  serve();
  seen.plc.at(6276) = 0;
  tell(read("a"));
  serve();
  const auto& report = seen.last<events::plc_read>();
  REQUIRE(report.slots.size() == 1);
  CHECK(report.slots[0].slot == 3);
  CHECK_FALSE(report.slots[0].acknowledged);
}

TEST_CASE_FIXTURE(fixture, "an acknowledge that fails tells nothing") {
  seen.silent = true;
  tell(acknowledge(3));
  serve();
  CHECK(seen.order.empty());
}

TEST_CASE_FIXTURE(fixture, "commissioning waits for a PLC that goes by level") {
  seen.plc.takes = program::level;
  tell(write(7));
  serve();
  CHECK(seen.order.empty());
  advance(1100ms);
  serve();
  CHECK(seen.last<events::plc_written>().stage == 7);
  CHECK(seen.plc.taken.size() == 3);
}

TEST_CASE_FIXTURE(fixture, "the state goes out at most once a second") {
  for (int i = 0; i < 5; ++i) {
    tell(read("a"));
    serve();
  }
  REQUIRE(seen.states.size() == 1);
  CHECK(seen.states[0].reachable);
  CHECK(seen.states[0].max_read_words == 977);
  advance(1100ms);
  REQUIRE(seen.states.size() == 2);
  CHECK(seen.states[1].last_cycle_at == "2026-11-22T10:00:00.020Z");
  advance(3s);
  CHECK(seen.states.size() == 2);
}

TEST_CASE_FIXTURE(fixture, "a stop lets the job in hand end") {
  seen.plc.handshakes_ready();
  tell(write(7));
  tell(read("a"));
  tell(good_bye{});
  serve();
  CHECK(seen.order == texts{"plc.written"});
}
