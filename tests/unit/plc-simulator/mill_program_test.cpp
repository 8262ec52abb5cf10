#include "services/plc-simulator/mill_program.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace millrace::plc_sim;
using namespace std::chrono_literals;

namespace {

/// A mill with a memory of zeros and a middleware that writes into it.
struct mill {
  words memory = words(memory_size, 0);
  mill_ledger ledger;
  instant now = 1'000'000ms;
  mill_settings settings{50ms, 1000ms, 1, {"WH/MO/FAIL"}, {"WH/MO/ZERO"}};
  mill_program program{settings, memory, ledger};

  /// Slot n orders `kg100` hundredths from dosing point 101; its first 76
  /// words.
  void write_slot(int slot, const std::string& order, centi_kg kg100) {
    words image(1000, 0);
    image[0] = static_cast<word>(slot);
    put_text(image, 1, order);
    put_mass(image, 25, kg100);
    for (int i = 0; i < 15; ++i)
      image[27 + 3 * i] = static_cast<word>(101 + i);
    put_mass(image, 28, kg100);
    image.resize(76);
    program.write(7000 + 100 * (slot - 1), image, now);
  }
  void hand_over() {
    program.write(7076, {0}, now);
  }
  void acknowledge(int slot) {
    program.write(6076 + 100 * (slot - 1), {1}, now);
  }
  void pass(std::chrono::milliseconds span) {
    for (const auto end = now + span; now < end; now += 10ms)
      program.step(now);
  }
  std::vector<std::string> broken() const {
    std::vector<std::string> kinds;
    for (const auto& violation : ledger.violations)
      kinds.push_back(violation.kind);
    return kinds;
  }
  using kinds = std::vector<std::string>;
};

} // namespace

TEST_CASE_FIXTURE(mill, "a queue is taken after the handshake, not before") {
  write_slot(1, "WH/MO/00001", 100000);
  write_slot(3, "WH/MO/00003", 50000);
  pass(200ms);
  CHECK(ledger.taken.empty());
  hand_over();
  pass(40ms);
  CHECK(ledger.taken.empty());
  CHECK(memory[7076] == 0);
  pass(20ms);
  REQUIRE(ledger.taken.size() == 2);
  CHECK(ledger.taken[0].ordered.order == "WH/MO/00001");
  CHECK(ledger.taken[1].ordered.slot == 3);
  CHECK(ledger.taken[1].ordered.doses[0].mass == 50000);
  CHECK(memory[7076] == 1);
  CHECK(memory[7176] == 0);
  CHECK(memory[7276] == 1);
  CHECK(broken().empty());
}

TEST_CASE_FIXTURE(mill, "a repeated handshake does not put the taking off") {
  write_slot(1, "WH/MO/00001", 1000);
  hand_over();
  pass(40ms);
  hand_over();
  pass(20ms);
  CHECK(ledger.taken.size() == 1);
}

TEST_CASE_FIXTURE(mill, "only the first acknowledgement counts") {
  write_slot(1, "WH/MO/00001", 1000);
  hand_over();
  pass(1200ms);
  const auto first = now;
  acknowledge(1);
  pass(100ms);
  acknowledge(1);
  CHECK(ledger.produced.at(0).acknowledged == first);
  CHECK(broken().empty());
}

TEST_CASE_FIXTURE(mill, "without an order name a handshake means nothing") {
  hand_over();
  pass(100ms);
  CHECK(memory[7076] == 0);
  write_slot(1, "WH/MO/00001", 1000);
  pass(100ms);
  CHECK(ledger.taken.empty());
}

TEST_CASE_FIXTURE(mill, "a batch reports its progress and its end") {
  write_slot(2, "WH/MO/00001", 100000);
  hand_over();
  pass(60ms);
  pass(500ms);
  CHECK(text_at(memory, 6101) == "WH/MO/00001");
  const auto half = mass_at(memory, 6128);
  CHECK(half > 45000);
  CHECK(half < 51000);
  CHECK(memory[6172] == 0);
  CHECK(mass_at(memory, 6174) == 0);
  pass(600ms);
  const auto final_mass = actual_mass("WH/MO/00001", 101, 100000);
  CHECK(mass_at(memory, 6128) == final_mass);
  CHECK(mass_at(memory, 6174) == final_mass);
  CHECK(memory[6172] == 1);
  CHECK(memory[6173] == 0);
  CHECK(memory[6176] == 0);
  REQUIRE(ledger.produced.size() == 1);
  CHECK(ledger.produced[0].final_report.weight == final_mass);
  CHECK(ledger.produced[0].ended - ledger.produced[0].started == 1000ms);
}

TEST_CASE("what is really dosed differs by at most 1.5 % and never changes") {
  CHECK(actual_mass("WH/MO/00001", 101, 0) == 0);
  bool differs = false;
  for (int id = 101; id <= 115; ++id) {
    const auto actual = actual_mass("WH/MO/00001", id, 100000);
    CHECK(actual >= 98500);
    CHECK(actual <= 101500);
    CHECK(actual == actual_mass("WH/MO/00001", id, 100000));
    differs = differs || actual != 100000;
  }
  CHECK(differs);
}

TEST_CASE_FIXTURE(mill, "one batch runs after another") {
  write_slot(1, "WH/MO/00001", 1000);
  write_slot(2, "WH/MO/00002", 1000);
  hand_over();
  pass(900ms);
  CHECK(text_at(memory, 6101).empty());
  pass(300ms);
  CHECK(memory[6072] == 1);
  CHECK(text_at(memory, 6101) == "WH/MO/00002");
  CHECK(memory[6172] == 0);
}

TEST_CASE_FIXTURE(mill, "the next queue waits for all acknowledgements") {
  write_slot(1, "WH/MO/00001", 1000);
  write_slot(2, "WH/MO/00002", 1000);
  hand_over();
  pass(2500ms);
  REQUIRE(ledger.produced.size() == 2);
  acknowledge(1);
  write_slot(1, "WH/MO/00003", 1000);
  hand_over();
  pass(500ms);
  CHECK(ledger.taken.size() == 2);
  CHECK(memory[7076] == 0);
  acknowledge(2);
  pass(30ms);
  REQUIRE(ledger.taken.size() == 4);
  CHECK(ledger.taken[2].ordered.order == "WH/MO/00003");
  CHECK(ledger.produced[0].acknowledged.has_value());
  // Slot 2 still held the order of the first queue.
  CHECK(broken() == kinds{"taken_twice"});
}

TEST_CASE_FIXTURE(mill, "a failed batch stops half-way and frees its slot") {
  write_slot(1, "WH/MO/FAIL", 100000);
  write_slot(2, "WH/MO/00002", 1000);
  hand_over();
  pass(3000ms);
  CHECK(memory[6072] == 0);
  CHECK(memory[6073] == 1);
  CHECK(mass_at(memory, 6074) == 0);
  CHECK(mass_at(memory, 6028) == actual_mass("WH/MO/FAIL", 101, 100000) / 2);
  CHECK(memory[6172] == 1);
  acknowledge(2);
  write_slot(1, "WH/MO/00003", 1000);
  write_slot(2, "WH/MO/00004", 1000);
  hand_over();
  pass(200ms);
  CHECK(text_at(memory, 6001) == "WH/MO/00003");
  CHECK(memory[6073] == 0);
  CHECK(broken().empty());
}

TEST_CASE_FIXTURE(mill, "some mills report a finished batch with weight 0") {
  write_slot(1, "WH/MO/ZERO", 100000);
  hand_over();
  pass(1200ms);
  CHECK(memory[6072] == 1);
  CHECK(mass_at(memory, 6028) > 0);
  CHECK(mass_at(memory, 6074) == 0);
}

TEST_CASE_FIXTURE(mill, "a held handshake takes nothing until released") {
  program.hold_handshake(true);
  write_slot(1, "WH/MO/00001", 1000);
  hand_over();
  pass(500ms);
  CHECK(memory[7076] == 0);
  program.hold_handshake(false);
  pass(20ms);
  CHECK(memory[7076] == 1);
}

TEST_CASE_FIXTURE(mill, "a repeated handshake makes the mill produce twice") {
  write_slot(1, "WH/MO/00001", 1000);
  hand_over();
  hand_over();
  pass(1200ms);
  CHECK(ledger.taken.size() == 1);
  CHECK(broken().empty());
  hand_over();
  acknowledge(1);
  pass(200ms);
  CHECK(ledger.taken.size() == 2);
  CHECK(broken() == kinds{"taken_twice"});
}

TEST_CASE_FIXTURE(mill, "what the middleware must not write is noted") {
  SUBCASE("words between slots") {
    program.write(7077, {0}, now);
    CHECK(broken() == kinds{"between_slots"});
    CHECK(ledger.violations[0].detail == "D7077 in a write of D7077 x 1");
  }
  SUBCASE("reports") {
    program.write(6001, {0}, now);
    CHECK(broken() == kinds{"read_area"});
  }
  SUBCASE("an acknowledgement of nothing finished") {
    acknowledge(4);
    CHECK(broken() == kinds{"early_acknowledge"});
  }
  SUBCASE("status words") {
    program.write(7072, {1}, now);
    CHECK(broken() == kinds{"status_set"});
  }
  SUBCASE("other memory") {
    program.write(6999, {1}, now);
    CHECK(broken() == kinds{"foreign_words"});
    program.write(6977, {1}, now);
    CHECK(broken() == kinds{"foreign_words", "foreign_words"});
  }
  SUBCASE("a queue that is already handed over") {
    write_slot(1, "WH/MO/00001", 1000);
    hand_over();
    write_slot(1, "WH/MO/00001", 1000);
    CHECK(broken().empty());
    write_slot(1, "WH/MO/00001", 1001);
    CHECK(broken() == kinds{"changed_before_taken"});
  }
  SUBCASE("dosing points under a wrong number") {
    write_slot(1, "WH/MO/00001", 1000);
    program.write(7027, {7}, now);
    hand_over();
    pass(100ms);
    CHECK(broken() == kinds{"wrong_point_id"});
  }
  SUBCASE("flags of failure and weighing reports are ours") {
    program.write(8022, {1}, now);
    program.write(9012, {1}, now);
    CHECK(broken().empty());
  }
}

TEST_CASE_FIXTURE(mill, "after a power cycle an unmade order may come again") {
  write_slot(1, "WH/MO/00001", 1000);
  hand_over();
  pass(300ms);
  program.forget();
  std::fill(memory.begin(), memory.end(), word{0});
  pass(300ms);
  CHECK(memory[6000] == 0);
  write_slot(1, "WH/MO/00001", 1000);
  hand_over();
  pass(100ms);
  CHECK(ledger.taken.size() == 2);
  CHECK(ledger.taken[0].lost);
  CHECK(broken().empty());
}

TEST_CASE("two batches run side by side when the mill can") {
  words memory(memory_size, 0);
  mill_ledger ledger;
  mill_program program{{0ms, 1000ms, 2, {}, {}}, memory, ledger};
  put_text(memory, 7001, "A/B/1");
  put_text(memory, 7101, "A/B/2");
  program.write(7076, {0}, 0ms);
  for (auto now = 0ms; now <= 1010ms; now += 10ms)
    program.step(now);
  CHECK(ledger.produced.size() == 2);
}
