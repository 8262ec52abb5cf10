#include "common/config/binder.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using millrace::error;
using millrace::result;
using millrace::config::apply;
using millrace::config::binder;
using millrace::config::duration_text;
using millrace::config::source;
using std::chrono::milliseconds;
using problems = std::vector<std::string>;

namespace {

result<std::string> no_files(const std::string&) {
  return error{"No such file or directory"};
}

/// A service with one setting of each kind.
struct plant {
  std::string address = "127.0.0.1";
  std::string password;
  int port = 9600;
  bool enabled = true;
  std::string protocol = "udp";
  milliseconds interval = 5min;
  binder settings;

  plant() {
    settings.text({"PLC_IP", "PLC_HOST"}, address, "the PLC's address");
    settings.secret({"ODOO_PASSWORD"}, password, "password");
    settings.number({"PLC_PORT"}, port, 1, 65535, "the PLC's port");
    settings.flag({"ENABLE_AUTO_SYNC"}, enabled, "the clock runs");
    settings.choice({"PLC_PROTOCOL"}, protocol, {"udp", "tcp"}, "transport");
    settings.duration("PLC_READ_INTERVAL", "PLC_READ_INTERVAL_MINUTES", 1min,
                      interval, 100ms, 24h, "between two reads");
  }

  problems load(const source& environment, const source& dotenv = {}) {
    return apply(settings, environment, dotenv, no_files);
  }
};

} // namespace

TEST_SUITE("settings") {
  TEST_CASE_FIXTURE(plant, "what is not given keeps its default") {
    CHECK(load({{"PLC_PORT", ""}, {"UNKNOWN", "x"}}).empty());
    CHECK(address == "127.0.0.1");
    CHECK(port == 9600);
    CHECK(enabled);
    CHECK(protocol == "udp");
    CHECK(interval == 5min);
  }

  TEST_CASE_FIXTURE(plant, "every kind is read") {
    CHECK(load({{"PLC_IP", " 10.0.0.7 "},
                {"ODOO_PASSWORD", " p w "},
                {"PLC_PORT", "9601"},
                {"ENABLE_AUTO_SYNC", "Off"},
                {"PLC_PROTOCOL", "TCP"},
                {"PLC_READ_INTERVAL", "200ms"}})
            .empty());
    CHECK(address == "10.0.0.7");
    CHECK(password == " p w ");
    CHECK(port == 9601);
    CHECK_FALSE(enabled);
    CHECK(protocol == "tcp");
    CHECK(interval == 200ms);
  }

  TEST_CASE_FIXTURE(plant, "the environment wins over the file") {
    CHECK(
      load({{"PLC_PORT", "1"}}, {{"PLC_PORT", "2"}, {"PLC_IP", "h"}}).empty());
    CHECK(port == 1);
    CHECK(address == "h");
  }

  TEST_CASE_FIXTURE(plant, "also an alias and an empty variable win over it") {
    CHECK(load({{"PLC_HOST", "env"}, {"PLC_PORT", ""}},
               {{"PLC_IP", "file"}, {"PLC_PORT", "2"}})
            .empty());
    CHECK(address == "env");
    CHECK(port == 9600);
  }

  TEST_CASE_FIXTURE(plant, "a duration has a form with unit beside minutes") {
    CHECK(load({{"PLC_READ_INTERVAL_MINUTES", "3"}}).empty());
    CHECK(interval == 3min);
    CHECK(load({{"PLC_READ_INTERVAL_MINUTES", "0.5"}}).empty());
    CHECK(interval == 30s);
    CHECK(
      load({{"PLC_READ_INTERVAL_MINUTES", "3"}, {"PLC_READ_INTERVAL", "0.25s"}})
        .empty());
    CHECK(interval == 250ms);
  }

  TEST_CASE_FIXTURE(plant, "all that is wrong is said at once") {
    const auto found = load({{"PLC_PORT", "70000"},
                             {"ENABLE_AUTO_SYNC", "maybe"},
                             {"PLC_PROTOCOL", "serial"},
                             {"PLC_READ_INTERVAL", "200"},
                             {"PLC_READ_INTERVAL_MINUTES", "x"}});
    CHECK(found
          == problems{
            "PLC_PORT=\"70000\" is out of range; allowed: 1..65535",
            "ENABLE_AUTO_SYNC=\"maybe\" is neither true nor false; allowed: "
            "true, false, 1, 0, yes, no, on, off",
            "PLC_PROTOCOL=\"serial\" is none of them; allowed: udp, tcp",
            "PLC_READ_INTERVAL=\"200\" is no number with a unit (ms, s, m or "
            "h); allowed: 100ms..24h with its unit (ms, s, m, h); "
            "PLC_READ_INTERVAL_MINUTES: number of minutes"});
    CHECK(port == 9600);
    CHECK(interval == 5min);
  }

  TEST_CASE_FIXTURE(plant, "numbers are read to their end") {
    CHECK(load({{"PLC_PORT", "1e3"}}).size() == 1);
    CHECK(load({{"PLC_PORT", "99999999999"}}).size() == 1);
    CHECK(load({{"PLC_PORT", "96 00"}}).size() == 1);
    CHECK(load({{"PLC_PORT", "0"}}).size() == 1);
    CHECK(load({{"PLC_PORT", "+9600"}}).empty());
    CHECK(load({{"PLC_READ_INTERVAL", "99ms"}}).size() == 1);
    CHECK(load({{"PLC_READ_INTERVAL", "1e2s"}}).size() == 1);
    CHECK(load({{"PLC_READ_INTERVAL", "infh"}}).size() == 1);
    CHECK(load({{"PLC_READ_INTERVAL", "-1s"}}).size() == 1);
    CHECK(load({{"PLC_READ_INTERVAL_MINUTES", "nan"}}).size() == 1);
    CHECK(load({{"PLC_READ_INTERVAL_MINUTES", "9999999999999999"}}).size()
          == 1);
  }

  TEST_CASE("what must be given is asked for") {
    std::string url;
    binder settings;
    settings.text({"ODOO_URL"}, url, "where Odoo is");
    settings.require_last();
    CHECK(apply(settings, {}, {}, no_files)
          == problems{"ODOO_URL is not set; it is required: where Odoo is"});
    CHECK(apply(settings, {}, {{"ODOO_URL", "http://h"}}, no_files).empty());
  }

  TEST_CASE("a rule of one's own says what is wrong") {
    std::string code = "PLC01";
    binder settings;
    settings.text({"LINE"}, code, "line", "a code", [](std::string_view text) {
      return text == "bad" ? result<std::string>{error{"is bad"}}
                           : result<std::string>{std::string(text) + "!"};
    });
    CHECK(apply(settings, {{"LINE", "bad"}}, {}, no_files)
          == problems{"LINE=\"bad\" is bad; allowed: a code"});
    CHECK(apply(settings, {{"LINE", "good"}}, {}, no_files).empty());
    CHECK(code == "good!");
  }

  TEST_CASE("the password of a URL is not shown") {
    std::string url;
    binder settings;
    settings.text({"U"}, url, "url", "a url", [](std::string_view) {
      return result<std::string>{error{"is bad"}};
    });
    const auto shown = [&](const std::string& value) {
      return apply(settings, {{"U", value}}, {}, no_files).at(0);
    };
    CHECK(shown("mqtt://ann:s3:cr@t/@h:1883")
          == "U=\"mqtt://ann:***@h:1883\" is bad; allowed: a url");
    CHECK(shown("mqtt://ann@h:1").find("ann@h:1") != std::string::npos);
    CHECK(shown("mqtt://ann:s3cret").find("s3cret") == std::string::npos);
    CHECK(shown("mqtt://h:1883/x").find("h:1883/x") != std::string::npos);
    CHECK(shown("mqtt://[::1]:1883").find("[::1]:1883") != std::string::npos);
    CHECK(shown("mqtt://ann:s]:3cret").find("3cret") == std::string::npos);
  }

  TEST_CASE("durations as text") {
    CHECK(duration_text(250ms) == "250ms");
    CHECK(duration_text(5s) == "5s");
    CHECK(duration_text(180s) == "3m");
    CHECK(duration_text(90s) == "90s");
    CHECK(duration_text(1h) == "1h");
    CHECK(duration_text(0ms) == "0ms");
  }
}

TEST_SUITE("secrets") {
  TEST_CASE_FIXTURE(plant, "a secret may stand in a file") {
    auto read = [](const std::string& path) -> result<std::string> {
      CHECK(path == "/run/secrets/odoo");
      return std::string("s3cret\r\n");
    };
    CHECK(
      apply(settings, {{"ODOO_PASSWORD_FILE", "/run/secrets/odoo"}}, {}, read)
        .empty());
    CHECK(password == "s3cret");
  }

  TEST_CASE_FIXTURE(plant, "a variable and its file are not both allowed") {
    const source both{{"ODOO_PASSWORD", "s3cret"}, {"ODOO_PASSWORD_FILE", "f"}};
    const problems expected{"ODOO_PASSWORD and ODOO_PASSWORD_FILE are both "
                            "set; only one of them may be"};
    CHECK(load(both) == expected);
    CHECK(load({}, both) == expected);
    CHECK(
      load({{"ODOO_PASSWORD", "env"}}, {{"ODOO_PASSWORD_FILE", "f"}}).empty());
    CHECK(password == "env");
  }

  TEST_CASE_FIXTURE(plant, "an unreadable or empty file is an error") {
    CHECK(load({{"ODOO_PASSWORD_FILE", "/none"}})
          == problems{"ODOO_PASSWORD_FILE=\"/none\" cannot be read: No such "
                      "file or directory"});
    const auto empty = [](const std::string&) {
      return result<std::string>{std::string("\n")};
    };
    CHECK(apply(settings, {{"ODOO_PASSWORD_FILE", "/e"}}, {}, empty)
          == problems{"ODOO_PASSWORD_FILE=\"/e\" is an empty file"});
  }

  TEST_CASE_FIXTURE(plant, "only a secret has a file") {
    CHECK(load({{"PLC_IP_FILE", "/none"}}).empty());
    CHECK(address == "127.0.0.1");
  }

  TEST_CASE_FIXTURE(plant, "a required secret with a bad file is one error") {
    std::string token;
    settings.secret({"TOKEN"}, token, "token");
    settings.require_last();
    CHECK(load({{"TOKEN_FILE", "/none"}}).size() == 1);
    CHECK(load({}).size() == 1);
  }
}
