// Is a service seen, asked, refused and stopped as it must be, as a process of
// its own beside a real broker?

#include "common/http/client.hpp"
#include "common/service/port.hpp"
#include "tests/folders.hpp"
#include "tests/integration/support/broker.hpp"
#include "tests/integration/support/free_port.hpp"
#include "tests/integration/support/waiting.hpp"

#include <doctest/doctest.h>

#include <csignal>

using namespace std::chrono_literals;
using namespace millrace;
using test::broker;
using test::child_process;
using test::inbox;
using test::wait_until;

namespace {

const std::string state_topic = "millrace/v1/_state/service/sample";

bus::options asker_options(const std::string& url) {
  bus::options options;
  options.url = url;
  options.client_id = "asker";
  return options;
}

/// A broker, someone who asks and listens, and the sample service.
struct service_fixture {
  broker mosquitto;
  std::uint16_t metrics_port = test::free_tcp_port();
  inbox<std::string> states;
  inbox<events::message_rejected> rejections;
  bus::client line{asker_options(mosquitto.url())};
  service::port asker{
    line,         "asker", events::topics{"millrace/v1"}, system_wall_clock(),
    random_ids(), "asker"};
  std::unique_ptr<child_process> process;

  service_fixture() {
    line.on_message([this](const bus::incoming& in) { asker.arrived(in); });
    asker.on_state<events::service_state>(
      state_topic, [this](events::event<events::service_state> state, auto) {
        states.put(state.data.status);
      });
    asker.on_state<events::message_rejected>(
      "millrace/v1/_state/rejected/sample",
      [this](events::event<events::message_rejected> message, auto) {
        rejections.put(message.data);
      });
    line.start();
    REQUIRE(wait_until([this] { return line.connected(); }));
  }
  ~service_fixture() {
    line.stop(1s);
  }

  std::string log_file() const {
    return (mosquitto.folder().path() / "sample.log").string();
  }
  std::string log() const {
    return test::read_text(log_file());
  }
  void launch(std::map<std::string, std::string> settings = {},
              const std::vector<std::string>& arguments = {}) {
    settings["MQTT_URL"] = mosquitto.url();
    settings["METRICS_PORT"] = std::to_string(metrics_port);
    std::vector<std::string> argv{test::program_folder() + "/sample-service"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    process = std::make_unique<child_process>(test::command_line{
      argv, settings, mosquitto.folder().path().string(), log_file()});
  }
  bool seen(const std::vector<std::string>& expected) {
    return states.wait_for([&](const auto& all) {
      return all.size() >= expected.size();
    }) && states.items() == expected;
  }
  http::call_result get(const std::string& path) {
    http::client_options options;
    options.base_url = "http://127.0.0.1:" + std::to_string(metrics_port);
    http::client client{options};
    return client.call("GET", path, {}, {}, true);
  }
};

} // namespace

TEST_CASE_FIXTURE(service_fixture, "SIGTERM: it says goodbye and ends with 0") {
  launch();
  REQUIRE(seen({"online"}));
  process->signal(SIGTERM);
  CHECK(process->wait(test::patience) == 0);
  CHECK(seen({"online", "offline"}));
  CHECK(log().find("service.started") != std::string::npos);
  CHECK(log().find("service.stopped") != std::string::npos);
}

TEST_CASE_FIXTURE(service_fixture, "kill -9: the broker says that it is gone") {
  launch();
  REQUIRE(seen({"online"}));
  process->kill();
  CHECK(seen({"online", "offline"}));
  launch();
  CHECK(seen({"online", "offline", "online"}));
}

TEST_CASE_FIXTURE(service_fixture, "it is online again after the broker was") {
  launch();
  REQUIRE(seen({"online"}));
  mosquitto.kill();
  REQUIRE(wait_until([this] { return !line.connected(); }));
  mosquitto.start();
  CHECK(states.wait_for(
    [](const auto& all) { return all.size() > 1 && all.back() == "online"; }));
}

TEST_CASE_FIXTURE(service_fixture, "a question gets its answer") {
  launch();
  REQUIRE(seen({"online"}));
  inbox<std::string> answers;
  events::store_query question;
  question.mo_id = "WH/MO/00011";
  asker.request("_all", "sample", question, test::patience,
                [&](result<events::command_result> answer) {
                  answers.put(answer ? answer->message : answer.why());
                });
  REQUIRE(answers.wait_for_count(1));
  CHECK(answers.items().at(0) == "asked for WH/MO/00011");
}

TEST_CASE_FIXTURE(service_fixture, "what it does not understand it rejects") {
  launch();
  REQUIRE(seen({"online"}));
  bus::outgoing nonsense;
  nonsense.topic = "millrace/v1/PLC01/_cmd/sample/store.query";
  nonsense.payload = "{\"specversion\":\"1.0\"";
  REQUIRE(line.publish(nonsense));
  REQUIRE(rejections.wait_for_count(1));
  const auto rejected = rejections.items().at(0);
  CHECK(rejected.service == "sample");
  CHECK(rejected.topic == nonsense.topic);
  CHECK(rejected.payload_start == nonsense.payload);
  CHECK(process->running());
  CHECK(get("/metrics")
          .body.find("millrace_messages_rejected_total{reason=\"invalid\"} 1")
        != std::string::npos);
}

TEST_CASE_FIXTURE(service_fixture, "health says more than alive") {
  launch({{"SAMPLE_DOUBT", "no plan"}});
  REQUIRE(seen({"online"}));
  CHECK(get("/healthz").status == 200);
  CHECK(get("/readyz").status == 503);
  CHECK(get("/readyz").body == "no plan\nbroker: ok\nplan: no plan\n");
  const auto figures = get("/metrics").body;
  for (const auto* line :
       {"millrace_ready 0\n",
        "millrace_dependency_up{dependency=\"broker\"} 1\n",
        "millrace_dependency_up{dependency=\"plan\"} 0\n",
        "millrace_build_info{service=\"sample\",version=\"",
        "millrace_messages_rejected_total{reason=\"invalid\"} 0\n"})
    CHECK_MESSAGE(figures.find(line) != std::string::npos, line);
  process->kill();
  launch();
  REQUIRE(wait_until([this] { return get("/readyz").status == 200; }));
  mosquitto.kill();
  REQUIRE(wait_until([this] { return get("/readyz").status == 503; }));
  CHECK(get("/readyz").body.starts_with("no connection to the broker: "));
  CHECK(get("/healthz").status == 200);
}

TEST_CASE_FIXTURE(service_fixture, "without a broker it still stops") {
  mosquitto.kill();
  launch();
  REQUIRE(wait_until(
    [this] { return log().find("service.started") != std::string::npos; }));
  process->signal(SIGINT);
  CHECK(process->wait(test::patience) == 0);
}

TEST_CASE_FIXTURE(service_fixture, "a stop that hangs ends with 1") {
  launch({{"SAMPLE_HANG", "true"}});
  REQUIRE(seen({"online"}));
  process->signal(SIGTERM);
  CHECK(process->wait(test::patience) == 1);
  CHECK(log().find("service.stop_hangs") != std::string::npos);
  CHECK(seen({"online", "offline"}));
}

TEST_CASE_FIXTURE(service_fixture, "a start that fails ends with 1") {
  launch({{"SAMPLE_FAIL", "1"}});
  CHECK(process->wait(test::patience) == 1);
  CHECK(log().find("no database") != std::string::npos);
}

TEST_CASE_FIXTURE(service_fixture,
                  "wrong settings end with 78 (EX_CONFIG), all named") {
  launch({{"LOG_LEVEL", "loud"}, {"SAMPLE_HANG", "maybe"}}, {"--check-config"});
  CHECK(process->wait(test::patience) == 78);
  CHECK(log().find("2 wrong settings") != std::string::npos);
  CHECK(log().find("LOG_LEVEL=\"loud\"") != std::string::npos);
  CHECK(log().find("SAMPLE_HANG=\"maybe\"") != std::string::npos);
}

TEST_CASE_FIXTURE(service_fixture, "the password is in no log line") {
  launch({{"MQTT_PASSWORD", "s3cret"},
          {"MQTT_USER", "ann"},
          {"LOG_LEVEL", "debug"},
          {"LOG_FORMAT", "json"}});
  REQUIRE(seen({"online"}));
  process->signal(SIGTERM);
  CHECK(process->wait(test::patience) == 0);
  CHECK(log().find("s3cret") == std::string::npos);
  CHECK(log().starts_with("{"));
}
