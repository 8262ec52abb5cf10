#include "services/plc-gateway/write_job.hpp"
#include "tests/unit/plc-gateway/memory_plc.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace millrace;
using namespace millrace::plc;
using namespace millrace::plc::test;

namespace {

struct fixture {
  plc_map map = default_map();
  memory_plc plc;
  int frames = 0;

  using batches = std::vector<events::slot_order>;

  /// Runs a job until it ends or `most` steps are done; the last answer is then
  /// lost, as in a kill.
  std::optional<write_job::outcome_type> run(const batches& queue,
                                             int most = 1000) {
    frame_limit limit(0, map.area_words());
    write_job job(map, limit, queue);
    for (int done = 0; !job.outcome(); ++done) {
      if (done == most)
        return std::nullopt;
      job.feed(plc.execute(job.next()));
    }
    frames = job.frames();
    return job.outcome();
  }

  bool written(const batches& queue) {
    const auto how = run(queue);
    return std::holds_alternative<write_job::written>(*how);
  }
  bool already_there(const batches& queue) {
    const auto how = run(queue);
    const auto* done = std::get_if<write_job::written>(&*how);
    return done && done->already_there;
  }
  std::string deferred(const batches& queue) {
    const auto how = run(queue);
    const auto* why = std::get_if<write_job::deferred>(&*how);
    return why ? why->reason : "not deferred";
  }
  write_job::failed failed(const batches& queue) {
    const auto how = run(queue);
    const auto* why = std::get_if<write_job::failed>(&*how);
    return why ? *why : write_job::failed{"not failed", false};
  }
  int writes() const {
    return static_cast<int>(
      std::ranges::count(plc.steps, step::kind::write, &step::what));
  }
};

std::vector<std::string> names(const fixture::batches& queue) {
  std::vector<std::string> result;
  for (const auto& batch : queue)
    result.push_back(batch.mo_id);
  return result;
}

} // namespace

TEST_CASE_FIXTURE(fixture, "ten batches take 14 frames, the flag last") {
  plc.takes = program::edge;
  plc.handshakes_ready();
  const auto queue = queue_of(1, 10);
  REQUIRE(written(queue));
  CHECK(frames == 14);
  CHECK(plc.frames() == 14);
  CHECK(plc.taken == names(queue));
  CHECK(plc.others_words_untouched());

  const auto& s = plc.steps;
  CHECK(s[0] == step::read({7000, 977}));
  CHECK(s[1] == step::read({6000, 977}));
  CHECK(s[2].address == 7000);
  CHECK(s[2].count == 76);
  CHECK(s[2].data[74] == 0x4D49);
  CHECK(s[2].data[75] == 0x4C4C);
  for (int i = 0; i < 9; ++i) {
    CHECK(s[static_cast<std::size_t>(3 + i)].address == 7900 - 100 * i);
    CHECK(s[static_cast<std::size_t>(3 + i)].count == 77);
  }
  CHECK(s[12] == step::read({7000, 977}));
  CHECK(s[13] == step::write(7074, {0, 0, 0}, false));
}

TEST_CASE_FIXTURE(fixture, "what is there already is not touched") {
  plc.takes = program::edge;
  plc.handshakes_ready();
  const auto queue = queue_of(1, 10);
  REQUIRE(written(queue));
  // The PLC writes its statuses while it produces.
  plc.at(7072) = 1;
  plc.at(7073) = 1;
  plc.at(7174) = 99;
  plc.steps.clear();
  CHECK(already_there(queue));
  CHECK(writes() == 0);
  CHECK(frames == 2);
  CHECK(plc.taken == names(queue));
}

TEST_CASE_FIXTURE(fixture, "what READ shows was taken, whatever WRITE holds") {
  plc.takes = program::edge;
  plc.handshakes_ready();
  const auto queue = queue_of(1, 3);
  REQUIRE(written(queue));
  for (int i = 0; i < 77; ++i)
    plc.at(7000 + i) = plc.at(7100 + i) = plc.at(7200 + i) = 0;
  plc.steps.clear();
  CHECK(already_there(queue));
  CHECK(writes() == 0);
}

TEST_CASE_FIXTURE(fixture, "READ with only some of the orders needs a person") {
  plc.handshakes_ready();
  const auto queue = queue_of(1, 3);
  REQUIRE(written(queue));
  for (int i = 0; i < 72; ++i)
    plc.at(6100 + i) = plc.at(7100 + i);
  plc.at(7001) = 0x2020;
  plc.steps.clear();
  const auto why = failed(queue);
  CHECK(why.needs_person);
  CHECK(why.reason
        == "the PLC reports WH/MO/00002 (slot 2) but not WH/MO/00001 (slot 1), "
           "WH/MO/00003 (slot 3): only a person can tell what it runs");
  CHECK(writes() == 0);
}

TEST_CASE_FIXTURE(fixture, "a cut name alone is no proof that READ shows it") {
  plc.handshakes_ready();
  auto queue = queue_of(1, 1);
  queue[0].mo_id = "WH/MO/90003-001-A2";
  auto earlier = queue;
  earlier[0].mo_id = "WH/MO/90003-001-A1";
  earlier[0].quantity = kilograms::from_milli(900'000);
  plc.takes = program::edge;
  REQUIRE(written(earlier));
  plc.taken.clear();
  REQUIRE(written(queue));
  CHECK(plc.taken == std::vector<std::string>{"WH/MO/90003-001-"});
  CHECK(already_there(queue));
}

TEST_CASE_FIXTURE(fixture, "a handshake that is not ready defers") {
  plc.handshakes_ready();
  REQUIRE(written(queue_of(1, 10)));
  plc.steps.clear();
  const auto next = queue_of(1, 10, "WH/MO/001");
  CHECK(deferred(next)
        == "PLC has not read the previous batches yet: D7076 is 0");
  plc.at(7076) = 7;
  CHECK(deferred(next) == "handshake D7076 is 7, expected 0 or 1");
  CHECK(writes() == 0);
}

TEST_CASE_FIXTURE(fixture, "flags 0 with old names are no commissioning") {
  plc.at(7501) = 0x5748;
  CHECK(deferred(queue_of(1, 2))
        == "PLC has not read the previous batches yet: D7076 is 0");
}

TEST_CASE_FIXTURE(fixture, "unused slots are cleared") {
  plc.takes = program::edge;
  plc.handshakes_ready();
  REQUIRE(written(queue_of(1, 10)));
  REQUIRE(written(queue_of(1, 2, "WH/MO/001")));
  CHECK(plc.name_at(7101) == "WH/MO/00102");
  for (int slot = 3; slot <= 10; ++slot)
    for (int i = 0; i < 76; ++i)
      CHECK(plc.at(7000 + 100 * (slot - 1) + i) == 0);
}

TEST_CASE_FIXTURE(fixture, "a word that reads back wrong keeps the handshake") {
  plc.handshakes_ready();
  frame_limit limit(0, map.area_words());
  write_job job(map, limit, queue_of(1, 10));
  while (!job.outcome()) {
    const auto asked = job.next();
    auto got = plc.execute(asked);
    if (writes() == 10 && asked.what == step::kind::read)
      got.data[127] = 5;
    job.feed(got);
  }
  const auto& why = std::get<write_job::failed>(*job.outcome());
  CHECK(why.reason
        == "read back: D7127 (slot 2) holds 5, wanted 101: handshake not "
           "given");
  CHECK_FALSE(why.needs_person);
  CHECK(plc.at(7076) == 1);
}

TEST_CASE_FIXTURE(fixture, "a value that does not fit is refused untouched") {
  auto queue = queue_of(1, 2);
  queue[1].consumption[2] = kilograms::from_milli(-1);
  const auto why = failed(queue);
  CHECK(why.needs_person);
  CHECK(why.reason == "slot 2: silo_c_consumption -0.001 kg is negative");
  CHECK(why.in_doubt == std::vector<std::string>{queue[1].mo_id});
  CHECK(plc.steps.empty());
}

TEST_CASE_FIXTURE(fixture, "impossible queues are refused untouched") {
  auto same_slot = queue_of(1, 2);
  same_slot[1].slot = 1;
  CHECK(failed(same_slot).reason == "slot 1 is given twice");

  auto same_name = queue_of(1, 2);
  same_name[0].mo_id = "WH/MO/90003-001-A1";
  same_name[1].mo_id = "WH/MO/90003-001-A2";
  CHECK(failed(same_name).reason
        == "slot 2: mo_id WH/MO/90003-001-A2 has the same first 16 characters "
           "as the order of slot 1");

  auto eleven = queue_of(1, 10);
  eleven.push_back(eleven[0]);
  CHECK(failed(eleven).reason == "batches: 11 given, allowed 1..10");
  CHECK(failed({}).reason == "batches: 0 given, allowed 1..10");

  auto outside = queue_of(1, 1);
  outside[0].slot = 11;
  CHECK(failed(outside).reason == "slot 11 is outside 1..10");
  CHECK(failed(outside).needs_person);
  CHECK(plc.steps.empty());
}

TEST_CASE_FIXTURE(fixture, "a PLC with short frames is written too") {
  plc.takes = program::edge;
  plc.handshakes_ready();
  plc.longest_read = 269;
  const auto queue = queue_of(1, 10);
  REQUIRE(written(queue));
  CHECK(plc.taken == names(queue));
}

TEST_CASE_FIXTURE(fixture,
                  "level at commissioning: only the marker is cleared") {
  plc.takes = program::level;
  const auto queue = queue_of(1, 10);
  REQUIRE(written(queue));
  CHECK(plc.steps.back() == step::write(7074, {0, 0}, false));
  CHECK(plc.taken == names(queue));
}

// The heart of the matter: whatever the PLC's program and wherever our process
// is killed, once or twice, each batch is taken exactly once.
TEST_CASE("kills at any two points never lose or double a batch") {
  struct world {
    program takes;
    bool ready;
    bool shows;
    int first, last;
  };
  const world worlds[] = {
    {program::edge, true, true, 1, 10},
    {program::edge, true, false, 1, 10},
    {program::edge, true, false, 2, 4},
    {program::level, true, false, 1, 10},
    {program::level, false, true, 1, 10},
    {program::level, false, false, 1, 10},
    {program::level, true, false, 2, 4},
    {program::written, true, true, 1, 10},
    {program::written, true, false, 2, 4},
    {program::written, false, true, 1, 10},
    {program::written, false, false, 1, 10},
    {program::written, false, false, 2, 4},
  };
  for (const auto& w : worlds) {
    const auto queue = queue_of(w.first, w.last);
    for (int first_kill = 0; first_kill <= 17; ++first_kill) {
      for (int second_kill = 0; second_kill <= 17; ++second_kill) {
        fixture f;
        f.plc.takes = w.takes;
        f.plc.shows_in_read = w.shows;
        f.plc.first_slot = w.first;
        if (w.ready)
          f.plc.handshakes_ready();
        f.run(queue, first_kill);
        f.run(queue, second_kill);
        const bool there = f.written(queue);
        const auto taken = f.plc.taken;
        CAPTURE(static_cast<int>(w.takes));
        CAPTURE(w.ready);
        CAPTURE(w.shows);
        CAPTURE(w.first);
        CAPTURE(first_kill);
        CAPTURE(second_kill);
        REQUIRE(there);
        REQUIRE(taken == names(queue));
        REQUIRE(f.already_there(queue));
        REQUIRE(f.plc.taken == taken);
        REQUIRE(f.plc.at(7074) == 0);
        REQUIRE(f.plc.others_words_untouched());
      }
    }
  }
}

TEST_CASE("the next queue goes in after a killed one, and once") {
  for (const auto takes : {program::edge, program::written}) {
    for (int kill = 0; kill <= 17; ++kill) {
      fixture f;
      f.plc.takes = takes;
      f.plc.handshakes_ready();
      const auto first = queue_of(1, 10);
      const auto second = queue_of(1, 7, "WH/MO/001");
      f.run(first, kill);
      REQUIRE(f.written(first));
      f.run(second, kill);
      REQUIRE(f.written(second));
      auto all = names(first);
      for (const auto& name : names(second))
        all.push_back(name);
      CAPTURE(kill);
      REQUIRE(f.plc.taken == all);
    }
  }
}

TEST_CASE("a lost answer to the handshake is looked up, never repeated") {
  for (const bool applied : {true, false}) {
    fixture f;
    f.plc.takes = program::edge;
    f.plc.handshakes_ready();
    const auto queue = queue_of(1, 10);
    frame_limit limit(0, 977);
    write_job job(f.map, limit, queue);
    int hand_overs = 0;
    while (!job.outcome()) {
      const auto asked = job.next();
      if (asked.address == 7074 && asked.what == step::kind::write) {
        ++hand_overs;
        CHECK_FALSE(asked.repeatable);
        if (applied)
          f.plc.execute(asked);
        answer lost;
        lost.how = answer::kind::unanswered;
        job.feed(lost);
        CHECK(job.next() == step::pause(plc::quarantine));
        continue;
      }
      job.feed(f.plc.execute(asked));
    }
    CHECK(hand_overs == 1);
    CHECK(std::holds_alternative<write_job::written>(*job.outcome())
          == applied);
    if (!applied)
      CHECK(std::get<write_job::failed>(*job.outcome()).reason
            == "write of 3 words at D7074 unanswered after 1 attempt; it was "
               "not done");
    REQUIRE(f.written(queue));
    CHECK(f.plc.taken == names(queue));
  }
}

TEST_CASE_FIXTURE(fixture, "a repeated write is given time to die away") {
  plc.handshakes_ready();
  frame_limit limit(0, 977);
  write_job job(map, limit, queue_of(1, 10));
  for (int i = 0; i < 12; ++i) {
    auto got = plc.execute(job.next());
    got.attempts = i == 5 ? 2 : 1;
    job.feed(got);
  }
  CHECK(job.next() == step::pause(plc::quarantine));
  CHECK(job.frames() == 13);
}

TEST_CASE_FIXTURE(fixture, "an unanswered write fails after the quarantine") {
  plc.handshakes_ready();
  frame_limit limit(0, 977);
  write_job job(map, limit, queue_of(1, 10));
  job.feed(plc.execute(job.next()));
  job.feed(plc.execute(job.next()));
  answer lost;
  lost.how = answer::kind::unanswered;
  lost.attempts = 3;
  job.feed(lost);
  CHECK(job.next() == step::pause(plc::quarantine));
  job.feed({});
  REQUIRE(job.outcome());
  CHECK(std::get<write_job::failed>(*job.outcome()).reason
        == "write of 76 words at D7000 unanswered after 3 attempts: handshake "
           "not given");
}

TEST_CASE_FIXTURE(fixture, "a handshake that moves meanwhile is not given") {
  plc.handshakes_ready();
  frame_limit limit(0, 977);
  write_job job(map, limit, queue_of(1, 10));
  for (int i = 0; i < 12; ++i)
    job.feed(plc.execute(job.next()));
  plc.at(7076) = 0;
  job.feed(plc.execute(job.next()));
  REQUIRE(job.outcome());
  CHECK(std::get<write_job::failed>(*job.outcome()).reason
        == "D7076 changed from 1 to 0 while writing: handshake not given");
}

TEST_CASE_FIXTURE(fixture, "slots that are filled already are not rewritten") {
  plc.handshakes_ready();
  const auto queue = queue_of(1, 10);
  // Killed when slots 1 and 10 to 7 were written; the PLC has taken three of
  // them by their own flags.
  run(queue, 7);
  for (const int flag : {7976, 7876, 7776})
    plc.at(flag) = 1;
  plc.steps.clear();
  REQUIRE(written(queue));
  std::vector<int> addresses;
  for (const auto& one : plc.steps)
    if (one.what == step::kind::write)
      addresses.push_back(one.address);
  CHECK(addresses == std::vector{7000, 7500, 7400, 7300, 7200, 7100, 7074});
  for (const int flag : {7976, 7876, 7776})
    CHECK(plc.at(flag) == 1);
}

TEST_CASE_FIXTURE(fixture, "a killed first queue makes way for another one") {
  plc.takes = program::written;
  run(queue_of(1, 10), 12);
  CHECK(plc.at(7074) == 0x4D49);
  CHECK(plc.at(7075) == 0x4C30);
  const auto other = queue_of(1, 4, "WH/MO/001");
  REQUIRE(written(other));
  CHECK(plc.taken == names(other));
}

TEST_CASE_FIXTURE(fixture, "of a slot's flag only 0 and 1 read back right") {
  plc.handshakes_ready();
  frame_limit limit(0, 977);
  write_job job(map, limit, queue_of(1, 10));
  for (int i = 0; i < 12; ++i)
    job.feed(plc.execute(job.next()));
  plc.at(7276) = 7;
  job.feed(plc.execute(job.next()));
  REQUIRE(job.outcome());
  CHECK(std::get<write_job::failed>(*job.outcome()).reason
        == "read back: D7276 (slot 3) holds 7, wanted 0: handshake not given");
}

TEST_SUITE("old looks") {
  /// Runs a job; right before step `at` the process is frozen for a minute.
  struct frozen_fixture : fixture {
    std::optional<write_job::outcome_type>
    run_frozen(const batches& queue, int at,
               const std::function<void()>& meanwhile) {
      frame_limit limit(0, map.area_words());
      write_job job(map, limit, queue);
      for (int done = 0; !job.outcome(); ++done) {
        if (done == at) {
          plc.now += std::chrono::minutes{1};
          meanwhile();
        }
        job.feed(plc.execute(job.next()));
      }
      return job.outcome();
    }
  };

  TEST_CASE_FIXTURE(frozen_fixture,
                    "frozen before any step while another instance hands over: "
                    "nothing is produced twice") {
    const auto queue = queue_of(1, 3);
    for (int at = 0; at < 20; ++at) {
      plc = {};
      plc.takes = program::written;
      plc.handshakes_ready();
      const auto how = run_frozen(queue, at, [&] { CHECK(written(queue)); });
      if (plc.taken.empty())
        break; // it was over before
      INFO("frozen before step " << at);
      CHECK(plc.taken == names(queue));
      REQUIRE(how);
      // Whatever it said, the next one sees that it was done.
      CHECK(already_there(queue));
      CHECK(plc.taken == names(queue));
    }
  }

  TEST_CASE_FIXTURE(frozen_fixture, "frozen right before the handshake, it "
                                    "looks again and hands over once") {
    plc.takes = program::written;
    plc.handshakes_ready();
    const auto queue = queue_of(1, 10);
    const auto how = run_frozen(queue, 13, [] {});
    REQUIRE(how);
    CHECK(std::holds_alternative<write_job::written>(*how));
    CHECK(plc.taken == names(queue));
    // 13 without the handshake; two looks, slot 1, read back, handshake.
    CHECK(plc.frames() == 18);
    CHECK(plc.at(7074) == 0);
    CHECK(plc.at(7075) == 0);
  }

  TEST_CASE_FIXTURE(fixture, "where looking takes too long nothing is handed "
                             "over") {
    plc.takes = program::written;
    plc.handshakes_ready();
    plc.frame_takes = std::chrono::milliseconds{180};
    CHECK(written(queue_of(1, 2)));
    plc.handshakes_ready();
    plc.frame_takes = std::chrono::milliseconds{1000};
    CHECK(failed(queue_of(1, 2, "WH/MO/001")).reason
          == "the PLC answers so slowly that each look at its memory was too "
             "old for what followed: handshake not given");
    CHECK(plc.taken == names(queue_of(1, 2)));
  }

  TEST_CASE_FIXTURE(fixture, "a look in several frames is as old as its first "
                             "one") {
    plc.takes = program::written;
    plc.handshakes_ready();
    plc.longest_read = 200; // five slots of two
    plc.frame_takes = std::chrono::milliseconds{250};
    CHECK_FALSE(failed(queue_of(1, 2)).needs_person);
    CHECK(plc.taken.empty());
    plc.frame_takes = std::chrono::milliseconds{100};
    CHECK(written(queue_of(1, 2)));
  }

  TEST_CASE_FIXTURE(fixture, "a line that is no longer ours is left as it is") {
    plc.handshakes_ready();
    const auto queue = queue_of(1, 10);
    answer not_ours;
    not_ours.how = answer::kind::not_ours;
    not_ours.attempts = 0;
    for (const int at : {2, 13}) {
      frame_limit limit(0, map.area_words());
      write_job job(map, limit, queue);
      for (int done = 0; done < at; ++done)
        job.feed(plc.execute(job.next()));
      REQUIRE(job.next().what == step::kind::write);
      job.feed(not_ours);
      REQUIRE(job.outcome());
      const auto* why = std::get_if<write_job::failed>(&*job.outcome());
      REQUIRE(why);
      CHECK(why->reason.find("another instance may work on the line")
            != std::string::npos);
      CHECK_FALSE(why->needs_person);
    }
  }
}
