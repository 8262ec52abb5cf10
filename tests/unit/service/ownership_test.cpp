#include "common/service/ownership.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <deque>
#include <memory>

using namespace std::chrono_literals;
using namespace millrace;
using events::claim_status;
using events::instance_claim;
using service::ownership;

namespace {

using time_point = ownership::time_point;

/// The broker's one topic: an order, what is retained, and who listens.
struct topic {
  std::vector<instance_claim> order;
  std::optional<instance_claim> retained;

  void take(const instance_claim& message, bool retain) {
    order.push_back(message);
    if (retain)
      retained = message;
  }
};

/// One process with its own connection.
struct process {
  ownership owner;
  std::size_t heard = 0;
  bool connected = false;
  std::deque<std::pair<instance_claim, bool>> on_the_way;

  explicit process(const std::string& name,
                   std::vector<std::string> lines = {"PLC01"})
    : owner("plc-gateway", name, std::move(lines), {}) {
  }
  void connect(const topic& where, time_point now) {
    connected = true;
    on_the_way.clear();
    owner.connected(now);
    owner.answered();
    heard = where.order.size();
    if (where.retained)
      owner.heard(*where.retained, now);
  }
  void cut() {
    connected = false;
    on_the_way.clear();
    owner.answered();
  }
  bool speak(time_point now) {
    auto message = owner.due(now);
    if (!message)
      return false;
    on_the_way.emplace_back(*message, owner.claiming());
    return true;
  }
  void deliver(topic& where) {
    for (auto& [message, retain] : on_the_way)
      where.take(message, retain);
    on_the_way.clear();
    owner.answered();
  }
  void hear(const topic& where, time_point now) {
    if (heard < where.order.size())
      owner.heard(where.order[heard++], now);
  }
  bool active(time_point now) const {
    return owner.active().holds(now);
  }
};

struct plant {
  topic where;
  time_point now{1h};
  std::vector<std::unique_ptr<process>> all;

  process& start(const std::string& name,
                 std::vector<std::string> lines = {"PLC01"}) {
    all.push_back(std::make_unique<process>(name, std::move(lines)));
    all.back()->connect(where, now);
    return *all.back();
  }
  /// Everything goes through at once, for so long.
  void run(std::chrono::milliseconds span) {
    for (const auto end = now + span; now < end; now += 10ms)
      round();
  }
  void round() {
    for (int again = 0; again < 4; ++again)
      for (auto& one : all) {
        if (!one->connected)
          continue;
        if (one->speak(now))
          one->deliver(where);
        while (one->heard < where.order.size())
          one->hear(where, now);
      }
  }
};

} // namespace

TEST_SUITE("ownership") {
  TEST_CASE("alone on an empty topic it works at once") {
    plant mill;
    auto& only = mill.start("a");
    CHECK_FALSE(only.active(mill.now));
    mill.round();
    CHECK(only.active(mill.now));
    mill.run(60s);
    CHECK(only.active(mill.now));
  }

  TEST_CASE("a second one stands by, and takes over when the first lets go") {
    plant mill;
    auto& first = mill.start("a");
    mill.run(1s);
    auto& second = mill.start("b");
    mill.run(10s);
    CHECK(first.active(mill.now));
    CHECK_FALSE(second.active(mill.now));
    CHECK(second.owner.rival(mill.now) == "a");
    mill.where.take(first.owner.release(), true);
    CHECK_FALSE(first.active(mill.now));
    mill.run(20ms);
    CHECK(second.active(mill.now));
    CHECK_FALSE(second.owner.rival(mill.now));
  }

  TEST_CASE("one that was killed is waited for, not longer than 3 s") {
    plant mill;
    mill.start("a");
    mill.run(1s);
    mill.all.clear();
    auto& next = mill.start("b");
    mill.run(2990ms);
    CHECK_FALSE(next.active(mill.now));
    mill.run(520ms); // a beat
    CHECK(next.active(mill.now));
  }

  TEST_CASE("after a clean end nobody waits") {
    plant mill;
    auto& first = mill.start("a");
    mill.run(1s);
    mill.where.take(first.owner.release(), true);
    mill.all.clear();
    auto& next = mill.start("b");
    mill.run(20ms);
    CHECK(next.active(mill.now));
  }

  TEST_CASE("two at once: the last claim owns, the other stands by") {
    plant mill;
    auto& first = mill.start("a");
    auto& second = mill.start("b");
    first.speak(mill.now);
    second.speak(mill.now);
    first.deliver(mill.where);
    second.deliver(mill.where);
    for (int i = 0; i < 2; ++i) {
      first.hear(mill.where, mill.now);
      second.hear(mill.where, mill.now);
    }
    first.speak(mill.now); // both claim
    second.speak(mill.now);
    first.deliver(mill.where);
    second.deliver(mill.where);
    first.hear(mill.where, mill.now);
    CHECK(first.active(mill.now));
    second.hear(mill.where, mill.now);
    second.hear(mill.where, mill.now);
    CHECK_FALSE(second.active(mill.now)); // the first may not know yet
    first.hear(mill.where, mill.now);
    CHECK_FALSE(first.active(mill.now));
    mill.run(20ms);
    CHECK(second.active(mill.now));
    CHECK_FALSE(first.active(mill.now));
    mill.run(20s);
    CHECK(second.active(mill.now));
    CHECK_FALSE(first.active(mill.now));
  }

  TEST_CASE("an owner that hears nothing of itself ceases within its lease") {
    plant mill;
    auto& only = mill.start("a");
    mill.run(1s);
    const auto last_beat
      = mill.now - 10ms - (mill.now - 10ms - 1h).time_since_epoch() % 500ms;
    only.speak(mill.now += 500ms); // and the broker hangs
    CHECK(only.owner.active().until == last_beat + 2500ms);
    CHECK(only.active(last_beat + 2499ms));
    CHECK_FALSE(only.active(last_beat + 2500ms));
    mill.now += 4s;
    CHECK(only.owner.deaf(mill.now));
    only.deliver(mill.where); // it goes on
    mill.run(1s);
    CHECK(only.active(mill.now));
    CHECK_FALSE(only.owner.deaf(mill.now));
  }

  TEST_CASE("frozen and thawed, it finds another at work and stands by") {
    for (const auto frozen : {1s, 4s, 60s}) {
      plant mill;
      auto& first = mill.start("a");
      mill.run(1s);
      auto& second = mill.start("b");
      mill.run(1s);
      first.connected = false;
      mill.run(frozen);
      CHECK(second.active(mill.now) == (frozen > 3s));
      // It acts before it hears anything.
      CHECK(first.active(mill.now) == (frozen < 2s));
      first.connected = true;
      mill.run(1s);
      CHECK(first.active(mill.now) != second.active(mill.now));
      CHECK(second.active(mill.now) == (frozen > 3s));
    }
  }

  TEST_CASE("a claim that the broker delivers again changes nothing") {
    plant mill;
    auto& first = mill.start("a");
    mill.run(1s);
    auto old = *mill.where.retained;
    mill.where.take(first.owner.release(), true);
    auto& second = mill.start("b");
    mill.run(1s);
    REQUIRE(second.active(mill.now));
    second.owner.heard(old, mill.now);
    CHECK(second.active(mill.now));
    // Of somebody of whom it knows nothing: it makes sure.
    old.instance = "x";
    second.owner.heard(old, mill.now);
    CHECK_FALSE(second.active(mill.now));
    mill.run(4s);
    CHECK(second.active(mill.now));
    second.owner.heard(old, mill.now);
    CHECK(second.active(mill.now));
  }

  TEST_CASE("only lines in common make rivals") {
    plant mill;
    auto& first = mill.start("a", {"PLC01", "PLC02"});
    mill.run(1s);
    auto& other = mill.start("b", {"PLC03"});
    auto& rival = mill.start("c", {"PLC02", "PLC03", "PLC04"});
    mill.run(10s);
    CHECK(first.active(mill.now));
    CHECK(other.active(mill.now));
    CHECK_FALSE(rival.active(mill.now));
  }

  TEST_CASE("without lines it only listens to itself") {
    plant mill;
    auto& admin = mill.start("a", {});
    mill.run(5s);
    CHECK_FALSE(admin.active(mill.now));
    CHECK_FALSE(admin.owner.deaf(mill.now));
    CHECK(mill.where.order.size() > 8);
    CHECK_FALSE(mill.where.retained);
    admin.cut();
    admin.owner.disconnected();
    CHECK_FALSE(admin.owner.deaf(mill.now + 1h));
  }

  TEST_CASE("who never hears itself is deaf after 3 s") {
    ownership owner{"plc-gateway", "a", {"PLC01"}, {}};
    time_point now{1h};
    owner.connected(now);
    CHECK(owner.due(now));
    owner.answered();
    CHECK_FALSE(owner.deaf(now + 2999ms));
    CHECK(owner.deaf(now + 3s) == now);
    // Tried again, less often.
    CHECK_FALSE(owner.due(now + 600ms));
    CHECK(owner.due(now + 2500ms));
  }

  TEST_CASE("never two at a time, whatever is delayed, cut, frozen or killed; "
            "afterwards one") {
    rc::check([] {
      topic where;
      time_point now{1h};
      std::vector<process> all;
      int names = 0;
      const auto fresh = [&] {
        all.emplace_back("p" + std::to_string(++names));
        all.back().connect(where, now);
      };
      for (int i = 0; i < 3; ++i)
        fresh();
      for (int step = 0; step < 1500; ++step) {
        auto& one = all[*rc::gen::inRange<std::size_t>(0, all.size())];
        const int act = *rc::gen::inRange(0, 100);
        if (act < 35)
          one.connected ? void(one.speak(now)) : void();
        else if (act < 60)
          one.connected ? one.deliver(where) : void();
        else if (act < 90)
          one.connected ? one.hear(where, now) : void();
        else if (act < 92)
          one.connected = false; // frozen, or half open
        else if (act < 94)
          one.connected = true;
        else if (act < 96)
          one.cut();
        else if (act < 98)
          one.connect(where, now);
        else if (act == 98)
          one = process("p" + std::to_string(++names)), one.connect(where, now);
        else
          now += std::chrono::milliseconds{*rc::gen::inRange(0, 2000)};
        now += std::chrono::milliseconds{*rc::gen::inRange(0, 30)};
        const auto working
          = std::count_if(all.begin(), all.end(),
                          [now](const auto& each) { return each.active(now); });
        RC_ASSERT(working <= 1);
      }
      plant mill;
      mill.where = where;
      mill.now = now;
      for (auto& each : all) {
        mill.all.push_back(std::make_unique<process>(std::move(each)));
        mill.all.back()->connect(mill.where, now);
      }
      mill.run(5s);
      const auto working = std::count_if(
        mill.all.begin(), mill.all.end(),
        [&](const auto& each) { return each->active(mill.now); });
      RC_ASSERT(working == 1);
    });
  }
}
