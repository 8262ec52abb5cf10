// Orders that the PLC may have been given before, and looks that write nothing.

#include "services/plc-gateway/line_queue.hpp"
#include "services/plc-gateway/write_job.hpp"
#include "tests/unit/plc-gateway/memory_plc.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace millrace;
using namespace millrace::plc;
using namespace millrace::plc::test;

namespace {

using names = std::vector<std::string>;

struct doubting {
  plc_map map = default_map();
  memory_plc plc;

  doubting() {
    plc.takes = program::edge;
    plc.handshakes_ready();
  }
  write_job::outcome_type run(const std::vector<events::slot_order>& queue,
                              const names& again = {}, bool only_look = false,
                              bool only_if_lost = false) {
    frame_limit limit(0, map.area_words());
    write_job job(map, limit, queue, only_if_lost, again, only_look);
    while (!job.outcome())
      job.feed(plc.execute(job.next()));
    return *job.outcome();
  }
  bool writes(const std::vector<events::slot_order>& queue,
              const names& again = {}) {
    const auto how = run(queue, again);
    const auto* done = std::get_if<write_job::written>(&how);
    return done && !done->already_there;
  }
  write_job::failed doubts(const std::vector<events::slot_order>& queue) {
    plc.steps.clear();
    const auto how = run(queue);
    CHECK(std::ranges::count(plc.steps, step::kind::write, &step::what) == 0);
    const auto* why = std::get_if<write_job::failed>(&how);
    return why ? *why : write_job::failed{"no doubt"};
  }
  write_job::looked look(const std::vector<events::slot_order>& queue) {
    plc.steps.clear();
    const auto how = run(queue, {}, true);
    CHECK(std::ranges::count(plc.steps, step::kind::write, &step::what) == 0);
    return std::get<write_job::looked>(how);
  }
  /// Other orders in the same slots.
  static std::vector<events::slot_order> others(int first, int last) {
    auto queue = queue_of(first, last);
    for (auto& one : queue)
      one.mo_id += "9";
    return queue;
  }
  void clear_slot(int base, int slot) {
    for (int i = 0; i < 77; ++i)
      plc.at(base + 100 * (slot - 1) + i) = 0;
  }
  void clear_memory() {
    std::ranges::fill(plc.memory, 0);
  }
};

} // namespace

TEST_CASE_FIXTURE(doubting,
                  "READ shows an order of the queue in another slot") {
  for (int i = 0; i < 77; ++i)
    plc.at(6500 + i) = 0;
  const words name{22344, 12109, 20271, 12336, 12337, 14137}; // WH/MO/000179
  std::ranges::copy(name, plc.memory.begin() + 6501);
  auto moved = queue_of(1, 2);
  moved[1].mo_id = "WH/MO/000179";
  const auto why = doubts(moved);
  CHECK(why.needs_person);
  CHECK(why.in_doubt == names{"WH/MO/000179"});
  CHECK(why.reason
        == "WH/MO/000179 is to go into slot 2 but stands in READ slot 6: the "
           "mill may have got it already");
}

TEST_CASE_FIXTURE(doubting, "a part of a queue that was handed over") {
  plc.shows_in_read = false;
  const auto queue = queue_of(1, 3);
  REQUIRE(writes(queue));
  const std::vector<events::slot_order> rest{queue[1], queue[2]};
  // In the slots where it was handed over: the PLC has it, nothing is written.
  plc.steps.clear();
  const auto how = run(rest);
  CHECK(std::ranges::count(plc.steps, step::kind::write, &step::what) == 0);
  REQUIRE(std::holds_alternative<write_job::written>(how));
  CHECK(std::get<write_job::written>(how).already_there);
  // Others can be written.
  CHECK(writes(others(1, 1)));
}

TEST_CASE_FIXTURE(doubting, "an operator's wish to produce again is no doubt") {
  plc.shows_in_read = false;
  const auto queue = queue_of(1, 3);
  REQUIRE(writes(queue));
  auto again = std::vector<events::slot_order>{queue[1]};
  again[0].slot = 5;
  CHECK(writes(again, {"WH/MO/00002"}));
  CHECK(plc.taken.back() == "WH/MO/00002");
}

TEST_CASE_FIXTURE(doubting,
                  "an interrupted write is no doubt, wherever it ends") {
  const auto before = others(1, 10);
  REQUIRE(writes(before));
  const auto queue = queue_of(1, 10);
  for (int steps = 0; steps < 12; ++steps) {
    frame_limit limit(0, map.area_words());
    write_job job(map, limit, queue);
    for (int done = 0; done < steps && !job.outcome(); ++done)
      job.feed(plc.execute(job.next()));
    if (job.outcome())
      CHECK(std::holds_alternative<write_job::written>(*job.outcome()));
  }
  CHECK(std::holds_alternative<write_job::written>(run(queue)));
  CHECK(plc.taken.size() == 20);
}

TEST_CASE_FIXTURE(doubting, "a look tells whether the PLC has the queue") {
  const auto queue = queue_of(1, 3);
  CHECK_FALSE(look(queue).there);
  REQUIRE(writes(queue));
  CHECK(look(queue).there);
  CHECK(look(queue).missing.empty());
  CHECK_FALSE(look(others(1, 3)).there);
}

TEST_CASE_FIXTURE(doubting, "a look assumes nothing of what was given before") {
  REQUIRE(writes(others(1, 1)));
  const auto how = run(queue_of(2, 3), {}, true, true);
  CHECK_FALSE(std::get<write_job::looked>(how).there);
}

TEST_CASE_FIXTURE(doubting, "a look tells what a cleared memory has lost") {
  const auto queue = queue_of(1, 2);
  REQUIRE(writes(queue));
  clear_memory();
  CHECK(look(queue).missing == names{"WH/MO/00001", "WH/MO/00002"});
  // The program may set the handshake at its start.
  plc.at(7076) = 1;
  CHECK(look(queue).missing == names{"WH/MO/00001", "WH/MO/00002"});
  // One of them runs on.
  for (int i = 0; i < 8; ++i)
    plc.at(6001 + i) = 0x4141;
  CHECK(look(queue).missing.empty());
}

TEST_CASE("a look takes no write's place and is never too old") {
  const auto now = *parse_utc("2026-11-22T10:00:00Z");
  const auto wish_of = [](std::int64_t stage, bool only_look) {
    write_wish wanted;
    wanted.command.stage = stage;
    wanted.command.expires_at = "2026-11-22T10:05:00.000Z";
    wanted.command.only_look = only_look;
    return wanted;
  };
  line_queue queue;
  CHECK(queue.add(wish_of(7, false), now) == refusal::none);
  CHECK(queue.add(wish_of(3, true), now) == refusal::duplicate);
  CHECK_FALSE(std::get<write_wish>(*queue.next(now)).command.only_look);
  CHECK(queue.add(wish_of(3, true), now) == refusal::none);
  CHECK(queue.add(wish_of(6, false), now) == refusal::old_stage);
  CHECK(std::get<write_wish>(*queue.next(now)).command.only_look);
}
