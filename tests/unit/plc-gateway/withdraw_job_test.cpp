#include "services/plc-gateway/slot_codec.hpp"
#include "services/plc-gateway/withdraw_job.hpp"
#include "services/plc-gateway/write_job.hpp"
#include "tests/unit/plc-gateway/memory_plc.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace millrace;
using namespace millrace::plc;
using namespace millrace::plc::test;

namespace {

using texts = std::vector<std::string>;

struct handed_over {
  plc_map map = default_map();
  memory_plc plc;
  std::vector<events::slot_order> queue = queue_of(1, 3);
  int steps = 0;

  handed_over() {
    plc.handshakes_ready();
    frame_limit limit(0, map.area_words());
    write_job job(map, limit, queue);
    while (!job.outcome())
      job.feed(plc.execute(job.next()));
    REQUIRE(plc.at(7076) == 0);
  }

  /// Runs a withdrawal; before step `taken_at` the PLC's program begins to look
  /// at D7076, after step `killed_at` it ends. -1: never.
  std::optional<withdraw_job::proof> run(bool empty, int taken_at = -1,
                                         int killed_at = -1) {
    frame_limit limit(0, map.area_words());
    withdraw_job job(map, limit, empty, queue);
    for (steps = 0; !job.ended(); ++steps) {
      if (steps == taken_at)
        plc.takes = program::level;
      if (steps == killed_at)
        return {};
      job.feed(plc.execute(job.next()));
    }
    REQUIRE(job.failure().empty());
    return job.found();
  }

  bool emptied() {
    for (int slot = 0; slot < 10; ++slot) {
      for (int i = 0; i < 76; ++i)
        if (plc.at(7000 + 100 * slot + i) != 0)
          return false;
      if (plc.at(7076 + 100 * slot) != 1)
        return false;
    }
    return plc.others_words_untouched();
  }
};

} // namespace

TEST_SUITE("withdraw") {
  TEST_CASE("a queue that was not taken is taken back") {
    handed_over it;
    const auto found = it.run(true);
    CHECK(found->not_taken
          == texts{"WH/MO/00001", "WH/MO/00002", "WH/MO/00003"});
    CHECK(found->absent.empty());
    CHECK(it.emptied());
    CHECK(it.plc.taken.empty());
    CHECK(it.plc.steps.back() == step::write(7976, {1}));
    const auto again = it.run(true);
    CHECK(it.steps == 2);
    CHECK(again->not_taken.empty());
    CHECK(again->absent.size() == 3);
  }

  TEST_CASE("whenever the PLC takes it, nothing taken counts as not taken") {
    const int all = [] {
      handed_over it;
      it.run(true);
      return it.steps;
    }();
    for (int at = 0; at <= all; ++at) {
      CAPTURE(at);
      handed_over it;
      const auto found = it.run(true, at);
      CHECK(it.emptied());
      for (const auto& name : found->not_taken)
        CHECK(std::ranges::count(it.plc.taken, name) == 0);
      if (it.plc.taken.empty())
        CHECK(found->not_taken.size() == 3);
    }
  }

  TEST_CASE("killed at any step, the next one carries it to the end") {
    for (int at = 0; at < 20; ++at) {
      CAPTURE(at);
      handed_over it;
      it.run(true, -1, at);
      it.run(true);
      CHECK(it.emptied());
      CHECK(it.plc.taken.empty());
    }
  }

  TEST_CASE("only looking changes nothing and proves little") {
    handed_over it;
    const auto before = it.plc.memory;
    auto other = order_for(7, "WH/MO/900");
    it.queue.push_back(other);
    const auto found = it.run(false);
    CHECK(it.plc.memory == before);
    CHECK(found->not_taken.empty());
    CHECK(found->absent == texts{"WH/MO/90007"});
  }

  TEST_CASE("an interrupted write was never handed over") {
    handed_over it;
    it.plc.at(7076) = 1;
    it.plc.at(7074) = 0x4D49;
    it.plc.at(7075) = 0x4C4C;
    CHECK(it.run(false)->not_taken.size() == 3);
  }

  TEST_CASE("what READ shows was taken") {
    handed_over it;
    std::copy_n(it.plc.memory.begin() + 7100, 72, it.plc.memory.begin() + 6100);
    CHECK(it.run(true)->not_taken == texts{"WH/MO/00001", "WH/MO/00003"});
  }

  TEST_CASE("an unanswered write is said to have begun") {
    handed_over it;
    frame_limit limit(0, it.map.area_words());
    withdraw_job job(it.map, limit, true, it.queue);
    while (job.next().what == step::kind::read)
      job.feed(it.plc.execute(job.next()));
    answer lost;
    lost.how = answer::kind::unanswered;
    job.feed(lost);
    REQUIRE_FALSE(job.ended());
    CHECK(job.next() == step::pause(withdraw_job::quarantine));
    job.feed({});
    CHECK(job.ended());
    CHECK(job.begun());
    CHECK(job.failure().find("unanswered") != std::string::npos);

    withdraw_job first(it.map, limit, true, it.queue);
    first.feed(lost);
    while (!first.ended())
      first.feed(lost);
    CHECK_FALSE(first.begun());
  }
}

TEST_SUITE("a queue that was given before") {
  struct given : handed_over {
    write_job::written restore() {
      frame_limit limit(0, map.area_words());
      write_job job(map, limit, queue, true);
      while (!job.outcome())
        job.feed(plc.execute(job.next()));
      REQUIRE(std::holds_alternative<write_job::written>(*job.outcome()));
      return std::get<write_job::written>(*job.outcome());
    }
  };

  TEST_CASE("is not written while the PLC holds anything") {
    given it;
    it.plc.takes = program::edge;
    CHECK(it.restore().already_there);
    // Taken, not yet shown, and something else was written since.
    for (int i = 0; i < 77; ++i)
      it.plc.at(7000 + i) = 0;
    it.plc.at(7076) = 1;
    CHECK(it.restore().already_there);
    CHECK(it.plc.taken.empty());
  }

  TEST_CASE("is written when the PLC has lost its memory") {
    given it;
    it.plc.memory = memory_plc{}.memory;
    it.plc.takes = program::level;
    CHECK_FALSE(it.restore().already_there);
    CHECK(it.plc.taken == texts{"WH/MO/00001", "WH/MO/00002", "WH/MO/00003"});
    CHECK(it.restore().already_there);
    CHECK(it.plc.taken.size() == 3);
  }

  TEST_CASE("a cancelled neighbour does not make it another queue") {
    given it;
    it.queue.erase(it.queue.begin() + 1);
    frame_limit limit(0, it.map.area_words());
    write_job job(it.map, limit, it.queue);
    while (!job.outcome())
      job.feed(it.plc.execute(job.next()));
    REQUIRE(std::holds_alternative<write_job::written>(*job.outcome()));
    CHECK(std::get<write_job::written>(*job.outcome()).already_there);
    CHECK(it.plc.at(7101) != 0);
  }
}
