#include "services/scheduler/settings.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> load(scheduler::settings& into,
                              const config::source& environment) {
  config::binder binder;
  scheduler::declare(binder, into);
  return config::apply(binder, environment, {}, [](const std::string&) {
    return result<std::string>{error{"no file"}};
  });
}

} // namespace

TEST_SUITE("scheduler settings") {
  TEST_CASE("the defaults are those of the middleware before") {
    scheduler::settings chosen;
    CHECK(load(chosen, {}).empty());
    CHECK(chosen.enabled);
    CHECK(chosen.tasks[0].interval == 60min);
    CHECK(chosen.tasks[1].interval == 5min);
    CHECK(chosen.tasks[2].interval == 3min);
    CHECK(chosen.tasks[3].interval == 10min);
    CHECK(chosen.task_timeout == 2min);
    CHECK(chosen.lines.line_codes() == std::vector<std::string>{"PLC01"});
  }

  TEST_CASE("minutes and spans with units reach their task") {
    scheduler::settings chosen;
    CHECK(load(chosen, {{"SYNC_INTERVAL_MINUTES", "15"},
                        {"PLC_READ_INTERVAL", "200ms"},
                        {"PROCESS_COMPLETED_INTERVAL", "2s"},
                        {"HEALTH_MONITOR_INTERVAL_MINUTES", "30"},
                        {"ENABLE_AUTO_SYNC", "false"},
                        {"ENABLE_TASK_3_PROCESS_COMPLETED", "no"},
                        {"LINES", "PLC02,PLC01"}})
            .empty());
    CHECK(chosen.tasks[0].interval == 15min);
    CHECK(chosen.tasks[1].interval == 200ms);
    CHECK(chosen.tasks[2].interval == 2s);
    CHECK(chosen.tasks[3].interval == 30min);
    CHECK_FALSE(chosen.enabled);
    CHECK(chosen.tasks[1].enabled);
    CHECK_FALSE(chosen.tasks[2].enabled);
    CHECK(chosen.lines.line_codes()
          == std::vector<std::string>{"PLC02", "PLC01"});
  }

  TEST_CASE("all wrong values are told, by name") {
    scheduler::settings chosen;
    const auto wrong = load(chosen, {{"PLC_READ_INTERVAL", "49ms"},
                                     {"SYNC_INTERVAL_MINUTES", "10081"},
                                     {"LINES", "PLC01,,PLC02"}});
    REQUIRE(wrong.size() == 3);
    const auto all = wrong[0] + wrong[1] + wrong[2];
    for (auto name : {"PLC_READ_INTERVAL", "SYNC_INTERVAL_MINUTES", "LINES"})
      CHECK(all.find(name) != std::string::npos);
  }
}
