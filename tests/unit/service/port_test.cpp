#include "common/service/port.hpp"
#include "common/telemetry/metrics.hpp"
#include "tests/unit/service/fake_bus.hpp"

#include <doctest/doctest.h>

#include <future>

using namespace std::chrono_literals;
using namespace millrace;
using events::queue_emptied;
using service::port;
using service::reply_to;

namespace {

constexpr auto noon
  = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 12h;

/// The outcome of a request.
struct outcome {
  std::vector<std::string> texts;
  std::function<void(result<events::command_result>)> callback() {
    return [this](result<events::command_result> answer) {
      texts.push_back(answer ? answer->message : "error: " + answer.why());
    };
  }
};

/// batch-store's port on a bus of our own.
struct port_fixture {
  fake_bus bus;
  // Before the port, whose end calls back.
  outcome first, second;
  int ids = 0;
  port store{bus,
             "batch-store",
             events::topics{"millrace/v1"},
             [] { return noon; },
             [this] { return "id-" + std::to_string(++ids); },
             "store-1"};

  static std::string emptied(std::int64_t stage) {
    events::event<queue_emptied> message;
    message.meta.id = "e1";
    message.meta.source = "/PLC01/batch-store";
    message.meta.time = "2026-11-22T12:00:00.000Z";
    message.data.line = "PLC01";
    message.data.stage = stage;
    return events::encode(message);
  }
  void arrives(const std::string& topic, const std::string& payload,
               const std::string& response = {},
               const std::string& correlation = {}) {
    store.arrived({topic, payload, response, correlation, false});
  }
  template <class T>
  events::event<T> sent(std::size_t index) {
    auto message = events::decode<T>(bus.sent.at(index).message.payload);
    REQUIRE_MESSAGE(message, (message ? "" : message.why()));
    return *message;
  }
};

std::string answer_text(const std::string& message) {
  events::event<events::command_result> answer;
  answer.meta.id = "a1";
  answer.meta.source = "/scheduler";
  answer.meta.time = "2026-11-22T12:00:00.000Z";
  answer.data.ok = true;
  answer.data.message = message;
  return events::encode(answer);
}

} // namespace

TEST_SUITE("arriving") {
  TEST_CASE_FIXTURE(port_fixture, "a handler gets the events of every line and "
                                  "the commands for its service") {
    std::vector<std::int64_t> stages;
    store.on<queue_emptied>(
      [&](events::event<queue_emptied> message, reply_to) {
        stages.push_back(message.data.stage);
      });
    store.on<events::store_query>(
      [](events::event<events::store_query>, reply_to) {});
    CHECK(bus.filters
          == std::vector<std::string>{
            "millrace/v1/_reply/store-1", "millrace/v1/+/_event/queue.emptied",
            "millrace/v1/+/_cmd/batch-store/store.query"});
    arrives("millrace/v1/PLC01/_event/queue.emptied", emptied(4));
    arrives("millrace/v1/PLC02/_event/queue.emptied", emptied(5));
    arrives("millrace/v1/PLC01/_event/other", emptied(6));
    CHECK(stages == std::vector<std::int64_t>{4, 5});
    CHECK(bus.sent.empty());
  }

  TEST_CASE_FIXTURE(port_fixture, "what does not parse is published as "
                                  "rejected and counted") {
    store.on<queue_emptied>([](auto, auto) { FAIL("was handled"); });
    arrives("millrace/v1/PLC01/_event/queue.emptied", "{\"a\":\n\x01 1");
    REQUIRE(bus.sent.size() == 1);
    CHECK(bus.sent[0].message.topic
          == "millrace/v1/_state/rejected/"
             "batch-store");
    const auto rejected = sent<events::message_rejected>(0).data;
    CHECK(rejected.service == "batch-store");
    CHECK(rejected.topic == "millrace/v1/PLC01/_event/queue.emptied");
    CHECK(rejected.payload_start == "{\"a\":.. 1");
    CHECK_FALSE(rejected.reason.empty());
    CHECK(metrics::text().find(
            "millrace_messages_rejected_total{reason=\"invalid\"}")
          != std::string::npos);
  }

  TEST_CASE_FIXTURE(port_fixture, "a rejection shows at most 200 bytes") {
    store.on<queue_emptied>([](auto, auto) {});
    arrives("millrace/v1/PLC01/_event/queue.emptied",
            std::string(1'100'000, 'x'));
    CHECK(sent<events::message_rejected>(0).data.payload_start
          == std::string(200, 'x'));
    CHECK(metrics::text().find(
            "millrace_messages_rejected_total{reason=\"too_large\"}")
          != std::string::npos);
  }

  TEST_CASE_FIXTURE(port_fixture, "rejections are never rejected") {
    store.on_state<events::message_rejected>(
      "millrace/v1/_state/rejected/+", [](auto, auto) { FAIL("was handled"); });
    arrives("millrace/v1/_state/rejected/plc-gateway", "nonsense");
    CHECK(bus.sent.empty());
  }

  TEST_CASE_FIXTURE(port_fixture, "a throwing handler harms nobody") {
    int calls = 0;
    store.on<queue_emptied>([](auto, auto) { throw std::runtime_error("no"); });
    store.on<queue_emptied>([&](auto, auto) { ++calls; });
    arrives("millrace/v1/PLC01/_event/queue.emptied", emptied(4));
    CHECK(calls == 1);
    CHECK(metrics::text().find("millrace_handler_errors_total 1")
          != std::string::npos);
  }
}

TEST_SUITE("sending") {
  TEST_CASE_FIXTURE(port_fixture, "an event carries its envelope") {
    service::context about;
    about.subject = "WH/MO/00011";
    about.correlation_id = "b";
    about.causation_id = "c";
    about.traceparent = "00-0123456789abcdef0123456789abcdef-"
                        "0123456789abcdef-01";
    CHECK(store.emit("PLC01", queue_emptied{"PLC01", 7}, about));
    const auto& out = bus.sent.at(0).message;
    CHECK(out.topic == "millrace/v1/PLC01/_event/queue.emptied");
    CHECK(out.content_type == "application/cloudevents+json; charset=utf-8");
    CHECK_FALSE(out.retained);
    const auto message = sent<queue_emptied>(0);
    CHECK(message.meta.id == "id-1");
    CHECK(message.meta.source == "/PLC01/batch-store");
    CHECK(message.meta.subject == "WH/MO/00011");
    CHECK(message.meta.time == "2026-11-22T12:00:00.000Z");
    CHECK(message.meta.correlation_id == "b");
    CHECK(message.meta.causation_id == "c");
    CHECK(message.meta.traceparent == about.traceparent);
    CHECK(message.data.stage == 7);
  }

  TEST_CASE_FIXTURE(port_fixture, "a natural key gives the same id again, for "
                                  "its own type only") {
    service::context about;
    about.natural_key = "PLC01/7";
    const auto first = store.compose("PLC01", queue_emptied{"PLC01", 7}, about);
    const auto again = store.compose("PLC01", queue_emptied{"PLC01", 7}, about);
    const auto other = store.compose("PLC01", events::mo_fetched{}, about);
    CHECK(first.meta.id == again.meta.id);
    CHECK(first.meta.id != other.meta.id);
    CHECK(first.meta.id == named_id("millrace.queue.emptied.v1|PLC01/7"));
  }

  TEST_CASE_FIXTURE(port_fixture, "commands about no line go to _all") {
    CHECK(store.command("_all", "scheduler", events::scheduler_toggle{false}));
    CHECK(bus.sent.at(0).message.topic
          == "millrace/v1/_all/_cmd/scheduler/scheduler.toggle");
    CHECK(sent<events::scheduler_toggle>(0).meta.source == "/batch-store");
  }

  TEST_CASE_FIXTURE(port_fixture, "states are retained") {
    CHECK(store.publish_state("millrace/v1/_state/scheduler", "_all",
                              events::scheduler_state{}));
    CHECK(bus.sent.at(0).message.retained);
  }

  TEST_CASE_FIXTURE(port_fixture, "a full queue is reported") {
    bus.full = true;
    CHECK_FALSE(store.emit("PLC01", queue_emptied{"PLC01", 7}));
  }
}

TEST_SUITE("request and answer") {
  TEST_CASE_FIXTURE(port_fixture, "the answer goes to its own question") {
    store.request("PLC01", "plc-gateway", events::plc_read_now{"PLC01", true},
                  1h, first.callback());
    store.request("PLC01", "plc-gateway", events::plc_read_now{"PLC01", true},
                  1h, second.callback());
    const auto& question = bus.sent.at(1).message;
    CHECK(question.topic == "millrace/v1/PLC01/_cmd/plc-gateway/plc.read_now");
    CHECK(question.response_topic == "millrace/v1/_reply/store-1");
    CHECK(question.correlation != bus.sent.at(0).message.correlation);
    arrives(question.response_topic, answer_text("two"), {},
            question.correlation);
    CHECK(first.texts.empty());
    CHECK(second.texts == std::vector<std::string>{"two"});
  }

  TEST_CASE_FIXTURE(port_fixture, "a second answer is dropped and counted") {
    store.request("_all", "scheduler", events::scheduler_toggle{true}, 1h,
                  first.callback());
    const auto correlation = bus.sent.at(0).message.correlation;
    arrives("millrace/v1/_reply/store-1", answer_text("a"), {}, correlation);
    arrives("millrace/v1/_reply/store-1", answer_text("b"), {}, correlation);
    arrives("millrace/v1/_reply/store-1", answer_text("c"), {}, "unknown");
    CHECK(first.texts == std::vector<std::string>{"a"});
    CHECK(metrics::text().find(
            "millrace_messages_ignored_total{reason=\"late_answer\"} 2")
          != std::string::npos);
  }

  TEST_CASE_FIXTURE(port_fixture, "without an answer there is an error in "
                                  "time") {
    std::promise<std::string> told;
    store.request("_all", "scheduler", events::scheduler_toggle{true}, 2ms,
                  [&](result<events::command_result> answer) {
                    told.set_value(answer ? "" : answer.why());
                  });
    CHECK(told.get_future().get() == "no answer within 2ms");
    arrives("millrace/v1/_reply/store-1", answer_text("late"), {},
            bus.sent.at(0).message.correlation);
  }

  TEST_CASE_FIXTURE(port_fixture, "refusals are errors at once") {
    store.request("_all", "scheduler", events::scheduler_toggle{true}, 1h,
                  first.callback());
    bus.sent.at(0).done(false);
    CHECK(first.texts
          == std::vector<std::string>{"error: the broker refused the request"});
    bus.full = true;
    store.request("_all", "scheduler", events::scheduler_toggle{true}, 1h,
                  second.callback());
    CHECK(second.texts
          == std::vector<std::string>{"error: the queue to the broker is "
                                      "full"});
  }

  TEST_CASE_FIXTURE(port_fixture, "an answer that does not parse ends the "
                                  "request") {
    store.request("_all", "scheduler", events::scheduler_toggle{true}, 1h,
                  first.callback());
    arrives("millrace/v1/_reply/store-1", "{", {},
            bus.sent.at(0).message.correlation);
    REQUIRE(first.texts.size() == 1);
    CHECK(first.texts[0].starts_with("error: the answer is wrong: "));
  }

  TEST_CASE("the end of the port is the end of its requests") {
    fake_bus bus;
    outcome one;
    {
      port asking{bus, "admin-gateway", events::topics{"m"},
                  system_wall_clock(), random_ids()};
      asking.request("_all", "scheduler", events::scheduler_toggle{true}, 1h,
                     one.callback());
    }
    CHECK(one.texts == std::vector<std::string>{"error: the service stops"});
    bus.sent.at(0).done(false); // later than the port: nothing happens
    CHECK(bus.sent.at(0).message.response_topic
          == "m/_reply/millrace-admin-gateway");
  }

  TEST_CASE_FIXTURE(port_fixture, "a reply goes where the requester wants it") {
    store.reply({"millrace/v1/_reply/admin", "c7"}, {true, "done", {}});
    const auto& out = bus.sent.at(0).message;
    CHECK(out.topic == "millrace/v1/_reply/admin");
    CHECK(out.correlation == "c7");
    CHECK(sent<events::command_result>(0).data.message == "done");
  }

  TEST_CASE_FIXTURE(port_fixture, "but nowhere else than below _reply") {
    store.reply({"", "c"}, {});
    store.reply({"millrace/v1/PLC01/_event/plc.read", "c"}, {});
    store.reply({"millrace/v1/_reply/+", "c"}, {});
    CHECK(bus.sent.empty());
  }
}
