#include "common/config/help.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using millrace::config::binder;
using millrace::config::help_text;

TEST_CASE("--help shows every setting, aligned, in the order of declaration") {
  std::string url = "mqtt://ann:s3cret@localhost:1883";
  std::string password = "s3cret";
  std::string line;
  std::chrono::milliseconds pause = 5min;
  binder settings;
  settings.text({"MQTT_URL"}, url, "broker", "mqtt://host[:port]");
  settings.secret({"MQTT_PASSWORD"}, password, "password");
  settings.text({"LINE"}, line, "the line's code");
  settings.require_last();
  settings.duration("PAUSE", "PAUSE_MINUTES", 1min, pause, 100ms, 24h,
                    "how long to wait between two reads of the whole area");
  CHECK(help_text("scheduler", "the clock", settings)
        == "scheduler (Millrace " MILLRACE_VERSION "): the clock\n"
           "\n"
           "Usage: scheduler [--help | --version | --check-config]\n"
           "  --check-config  checks the settings, starts nothing\n"
           "\n"
           "Settings, from the environment or from NAME=VALUE lines of the "
           "file .env in the\n"
           "working folder (ENV_FILE names another one); the environment "
           "wins:\n"
           "\n"
           "  MQTT_URL              broker (mqtt://host[:port]). Default: "
           "mqtt://ann:***@localhost:1883\n"
           "  MQTT_PASSWORD         password; or MQTT_PASSWORD_FILE names a "
           "file that holds it.\n"
           "  LINE                  the line's code (text). Required.\n"
           "  PAUSE, PAUSE_MINUTES  how long to wait between two reads of the "
           "whole area (100ms..24h with its\n"
           "                        unit (ms, s, m, h); PAUSE_MINUTES: "
           "number of minutes). Default: 5m\n");
}
