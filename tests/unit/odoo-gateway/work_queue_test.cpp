#include "services/odoo-gateway/work_queue.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::odoo;
using namespace std::chrono_literals;
using admission = work_queue::admission;

namespace {

job push(std::string order, std::int64_t revision, bool done = false,
         std::string batch = "b") {
  events::event<events::odoo_push> command;
  command.data.line = "PLC01";
  command.data.mo_id = std::move(order);
  command.data.batch_id = std::move(batch);
  command.data.revision = revision;
  command.data.mark_done = done;
  return make_job(std::move(command));
}

job cancel(std::string order) {
  events::event<events::odoo_cancel> command;
  command.data.mo_id = std::move(order);
  return make_job(std::move(command));
}

job fetch(std::string line, std::string id) {
  events::event<events::mo_fetch> command;
  command.data.line = std::move(line);
  command.data.fetch_id = std::move(id);
  return make_job(std::move(command));
}

struct bench {
  steady_time now{};
  work_queue queue{4, 10min, [this] {
                     return now;
                   }};

  /// Order and revision of the job that is next, "" for none.
  std::string next() {
    const auto j = queue.next();
    if (!j)
      return "";
    return j->order + (j->revision ? " " + std::to_string(*j->revision) : "");
  }
};

} // namespace

TEST_SUITE("work_queue") {
  TEST_CASE_FIXTURE(bench, "orders are worked on side by side, each one's "
                           "jobs one after the other") {
    CHECK(queue.add(push("A", 1)) == admission::queued);
    CHECK(queue.add(cancel("A")) == admission::queued);
    CHECK(queue.add(push("B", 1)) == admission::queued);
    CHECK(next() == "A 1");
    CHECK(next() == "B 1");
    CHECK(next() == "");
    queue.finished(push("A", 1));
    CHECK(next() == "A");
  }

  TEST_CASE_FIXTURE(bench, "the same is not queued twice, waiting or in work") {
    CHECK(queue.add(push("A", 1)) == admission::queued);
    CHECK(queue.add(push("A", 1)) == admission::duplicate);
    CHECK(next() == "A 1");
    CHECK(queue.add(push("A", 1)) == admission::duplicate);
    CHECK(queue.add(push("A", 1, true)) == admission::queued);
    queue.finished(push("A", 1));
    CHECK(queue.add(push("A", 1)) == admission::queued);
    CHECK(queue.add(fetch("L", "f1")) == admission::queued);
    CHECK(queue.add(fetch("L", "f1")) == admission::duplicate);
    CHECK(queue.add(fetch("L", "f2")) == admission::queued);
  }

  TEST_CASE_FIXTURE(bench, "a restored database counts from its own revision") {
    auto looking = push("A", 5);
    looking.looks_first = true;
    CHECK(queue.add(push("A", 9)) == admission::queued);
    CHECK(next() == "A 9");
    queue.finished(push("A", 9));
    CHECK(queue.add(push("A", 5)) == admission::stale);
    CHECK(queue.add(looking) == admission::queued);
    CHECK(next() == "A 5");
    queue.finished(looking);
    CHECK(queue.add(push("A", 6)) == admission::queued);
  }

  TEST_CASE_FIXTURE(bench, "newer figures take the place of waiting older") {
    CHECK(queue.add(push("A", 1)) == admission::queued);
    CHECK(queue.add(push("A", 3)) == admission::queued);
    CHECK(queue.add(push("A", 2)) == admission::stale);
    CHECK(queue.waiting() == 1);
    CHECK(next() == "A 3");
    CHECK(queue.add(push("A", 2)) == admission::stale);
  }

  TEST_CASE_FIXTURE(bench, "figures that come late do not undo newer ones, for "
                           "a while") {
    queue.add(push("A", 3));
    CHECK(next() == "A 3");
    queue.finished(push("A", 3));
    now += 10min - 1ms;
    CHECK(queue.add(push("A", 2)) == admission::stale);
    CHECK(queue.add(push("A", 3)) == admission::queued);
    CHECK(next() == "A 3");
    CHECK(queue.add(push("A", 1, false, "another batch")) == admission::queued);
    queue.finished(push("A", 3));
    now += 10min;
    CHECK(queue.add(push("A", 2)) == admission::queued);
  }

  TEST_CASE_FIXTURE(bench, "a fetch takes those of the other lines along") {
    queue.add(fetch("PLC01", "f1"));
    CHECK(queue.next()->together.empty());
    queue.add(fetch("PLC02", "f2"));
    queue.add(fetch("PLC01", "f3")); // waits for f1
    queue.add(push("A", 1));
    queue.add(fetch("PLC03", "f4"));
    const auto taken = queue.next();
    REQUIRE(taken);
    CHECK(taken->order == "line PLC02");
    REQUIRE(taken->together.size() == 1);
    CHECK(taken->together[0].order == "line PLC03");
    CHECK(queue.add(fetch("PLC03", "f4")) == admission::duplicate);
    CHECK(next() == "A 1");
    CHECK(next() == "");
    queue.finished(*taken);
    CHECK(queue.add(fetch("PLC03", "f4")) == admission::queued);
    CHECK(next() == "line PLC03");
    queue.finished(fetch("PLC01", "f1"));
    CHECK(next() == "line PLC01");
  }

  TEST_CASE_FIXTURE(bench, "it is bounded") {
    for (const auto* order : {"A", "B", "C", "D"})
      CHECK(queue.add(push(order, 1)) == admission::queued);
    CHECK(queue.add(push("E", 1)) == admission::full);
    CHECK(next() == "A 1");
    CHECK(queue.add(push("E", 1)) == admission::queued);
  }
}
