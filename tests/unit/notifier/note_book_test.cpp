#include "common/telemetry/clock.hpp"
#include "services/notifier/note_book.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::notifier;
using namespace std::chrono_literals;
using events::severity;

namespace {

using texts = std::vector<std::string>;

way_rules way(const char* name, severity least = severity::warning,
              texts lines = {}) {
  return {name, least, std::move(lines), true};
}

rules one_way() {
  rules how;
  how.ways = {way("mail")};
  return how;
}

/// A book, a clock and who was told what.
struct desk {
  explicit desk(rules how = one_way(),
                const char* begin = "2026-11-23T08:00:00Z")
    : now(*parse_utc(begin)), book(std::move(how), [](moment when) {
        const auto day = std::chrono::floor<std::chrono::days>(when);
        return static_cast<int>((when - day) / 1min);
      }) {
  }

  alert made(const std::string& id, severity level = severity::warning,
             const std::string& line = "PLC01") const {
    return {{line, id, "odd", level, "it is odd", "look", {}}, now};
  }
  void raise(const std::string& id, severity level = severity::warning,
             const std::string& line = "PLC01") {
    book.raised(made(id, level, line), now);
  }
  void clear(const std::string& id) {
    book.cleared(id, now);
  }
  /// "mail: +a !b -c" for each note that goes out after this time.
  texts after(moment::duration time, bool taken = true) {
    now += time;
    texts said;
    for (const auto& one : book.due(now)) {
      auto text = one.way + ":";
      for (const auto& [part, sign] : {std::pair{&one.raised, " +"},
                                       {&one.reminded, " !"},
                                       {&one.cleared, " -"}})
        for (const auto& item : *part)
          text += sign + item.what.alert_id;
      said.push_back(text);
      if (taken)
        book.delivered(one, now);
      else
        book.failed(one.way, now);
    }
    return said;
  }

  moment now;
  note_book book;
};

const texts nothing;

} // namespace

TEST_SUITE("which note goes out when") {
  TEST_CASE("what comes within the grouping time is one note") {
    desk plant;
    plant.raise("a");
    CHECK(plant.after(20s) == nothing);
    plant.raise("b");
    CHECK(plant.after(9s) == nothing);
    CHECK(plant.after(1s) == texts{"mail: +a +b"});
    CHECK(plant.after(1h) == nothing);
    plant.raise("a"); // a repeat of the event
    CHECK(plant.after(1min) == nothing);
  }

  TEST_CASE("raised and over within it: nobody hears of it") {
    desk plant;
    plant.raise("a");
    plant.now += 29s;
    plant.clear("a");
    CHECK(plant.after(1h) == nothing);
    plant.raise("a"); // late: it is over
    CHECK(plant.after(1h) == nothing);
    CHECK(plant.book.standing() == 0);
  }

  TEST_CASE("whoever was told hears that it is over") {
    desk plant;
    plant.raise("a");
    CHECK(plant.after(30s) == texts{"mail: +a"});
    plant.clear("a");
    CHECK(plant.after(29s) == nothing);
    CHECK(plant.after(1s) == texts{"mail: -a"});
    CHECK(plant.book.told().empty());
    CHECK(plant.after(24h) == nothing);
  }

  TEST_CASE("critical ones are told again until somebody acknowledges them") {
    desk plant;
    plant.raise("a", severity::critical);
    plant.raise("b");
    CHECK(plant.after(30s) == texts{"mail: +a +b"});
    CHECK(plant.after(4h - 1s) == nothing);
    CHECK(plant.after(1s) == texts{"mail: !a"});
    CHECK(plant.after(4h) == texts{"mail: !a"});
    plant.book.acknowledged("a");
    CHECK(plant.book.unacknowledged() == 1);
    CHECK(plant.after(24h) == nothing);
    plant.clear("a");
    CHECK(plant.after(30s) == texts{"mail: -a"});
    plant.raise("a2", severity::critical);
    CHECK(plant.after(30s) == texts{"mail: +a2"});
  }

  TEST_CASE("in quiet hours only critical ones pass; the rest follows") {
    auto how = one_way();
    how.quiet = *parse_quiet_hours("22:00-05:00");
    desk plant{how, "2026-11-23T21:59:00Z"};
    plant.raise("before");
    CHECK(plant.after(59s) == texts{"mail: +before"});
    CHECK(plant.after(1s) == nothing);
    plant.raise("small");
    plant.raise("short");
    plant.raise("large", severity::critical);
    CHECK(plant.after(30s) == texts{"mail: +large"});
    plant.clear("before");
    plant.clear("large");
    plant.clear("short");
    CHECK(plant.after(30s) == texts{"mail: -large"});
    plant.now = *parse_utc("2026-11-24T04:59:59Z");
    CHECK(plant.after(0s) == nothing);
    CHECK(plant.after(1s) == texts{"mail: +small -before"});
  }

  TEST_CASE("each way hears what it is for") {
    rules how;
    how.ways = {way("mail", severity::critical),
                way("slack", severity::info, {"PLC02"})};
    desk plant{how};
    plant.raise("a", severity::critical, "PLC01");
    plant.raise("b", severity::info, "PLC02");
    CHECK(plant.after(30s) == texts{"mail: +a", "slack: +b"});
  }

  TEST_CASE("a way that fails gets one note with what is true by then") {
    rules how;
    how.ways = {way("mail"), way("slack")};
    desk plant{how};
    plant.raise("a");
    const bool refused = false;
    CHECK(plant.after(30s, refused) == texts{"mail: +a", "slack: +a"});
    CHECK(plant.after(4s, refused) == nothing);
    CHECK(plant.after(1s, refused) == texts{"mail: +a", "slack: +a"});
    CHECK(plant.after(9s) == nothing); // twice as long
    plant.clear("a");
    plant.raise("b");
    CHECK(plant.after(30s) == texts{"mail: +b", "slack: +b"});
    // At most five minutes.
    plant.raise("c");
    plant.now += 30s;
    for (int i = 0; i < 10; ++i)
      CHECK(plant.after(5min, refused).size() == 2);
  }

  TEST_CASE("while a note is under way no second one begins") {
    desk plant;
    plant.raise("a");
    plant.now += 30s;
    const auto first = plant.book.due(plant.now);
    REQUIRE(first.size() == 1);
    plant.clear("a");
    plant.raise("b");
    CHECK(plant.after(1min) == nothing);
    plant.book.delivered(first[0], plant.now);
    CHECK(plant.after(0s) == texts{"mail: +b -a"});
  }

  TEST_CASE("a flood is put together, but for critical ones") {
    auto how = one_way();
    how.most_per_hour = 2;
    desk plant{how};
    for (const auto* id : {"1", "2"}) {
      plant.raise(id);
      CHECK(plant.after(1min).size() == 1);
    }
    plant.raise("3");
    CHECK(plant.after(30min) == nothing);
    plant.raise("4");
    CHECK(plant.after(28min) == nothing);
    CHECK(plant.after(1min) == texts{"mail: +3 +4"});
    plant.raise("5", severity::critical);
    plant.raise("6");
    CHECK(plant.after(1min) == texts{"mail: +5 +6"});
  }
}

TEST_SUITE("after a restart") {
  TEST_CASE("what was told is not told again, what was over is said") {
    desk before;
    before.raise("stays", severity::critical);
    before.raise("ends");
    before.after(30s);
    before.raise("new");

    desk after{one_way(), "2026-11-23T09:00:00Z"};
    after.book.recall(before.book.told(), after.now);
    const auto standing = std::vector{before.made("stays", severity::critical),
                                      before.made("new")};
    after.book.stands(standing, {}, after.now, after.now);
    CHECK(after.after(30s) == texts{"mail: +new -ends"});
    // Counted from when it was raised: 08:00, and every 4 hours.
    after.now = *parse_utc("2026-11-23T11:59:59Z");
    CHECK(after.after(0s) == nothing);
    CHECK(after.after(1s) == texts{"mail: !stays"});
  }

  TEST_CASE("a way that was not told before is told") {
    desk before;
    before.raise("a");
    before.after(30s);
    rules how;
    how.ways = {way("mail"), way("slack")};
    desk after{how, "2026-11-23T09:00:00Z"};
    after.book.recall(before.book.told(), after.now);
    after.book.stands({before.made("a")}, {}, after.now, after.now);
    CHECK(after.after(0s) == texts{"slack: +a"});
    CHECK(after.after(1h) == nothing);
  }

  TEST_CASE("without a memory all that stands is told, but for acknowledged") {
    desk plant;
    plant.book.stands({plant.made("a"), plant.made("b")}, {"b"}, plant.now,
                      plant.now);
    CHECK(plant.after(30s) == texts{"mail: +a"});
    CHECK(plant.book.standing() == 2);
    CHECK(plant.book.unacknowledged() == 1);
  }
}

TEST_SUITE("batch-store's list") {
  TEST_CASE("makes up for lost events") {
    desk plant;
    plant.raise("a");
    CHECK(plant.after(30s) == texts{"mail: +a"});
    plant.now += 1min;
    plant.book.stands({plant.made("b")}, {}, plant.now, plant.now);
    CHECK(plant.after(30s) == texts{"mail: +b -a"});
  }

  TEST_CASE("says nothing of what came after the question") {
    desk plant;
    const auto asked_at = plant.now;
    plant.now += 1s;
    plant.raise("a");
    plant.book.stands({}, {}, asked_at, plant.now);
    CHECK(plant.after(30s) == texts{"mail: +a"});
  }

  TEST_CASE("of before an end does not raise again, a later one does") {
    desk plant;
    plant.raise("a");
    const auto as_raised = plant.made("a");
    plant.clear("a");
    plant.book.stands({as_raised}, {}, plant.now, plant.now);
    CHECK(plant.after(1min) == nothing);
    plant.book.stands({as_raised}, {}, plant.now, plant.now);
    CHECK(plant.after(30s) == texts{"mail: +a"});
  }
}
