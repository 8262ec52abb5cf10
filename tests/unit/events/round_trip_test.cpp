#include "tests/unit/events/command_samples.hpp"
#include "tests/unit/events/event_samples.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace millrace;
using namespace millrace::events;
using samples::sample_of;

namespace {

const envelope meta{"0192f0c1-0000-7000-8000-000000000001",
                    "/PLC02/batch-store",
                    "WH/MO/00011",
                    "2026-11-22T09:52:49.123Z",
                    "b-1",
                    "0192f0c1-0000-7000-8000-000000000000",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};

/// The CloudEvent that carries `data`, as it must look on the wire.
std::string on_the_wire(const std::string& name, const std::string& data) {
  return R"({"causationid":"0192f0c1-0000-7000-8000-000000000000",)"
         R"("correlationid":"b-1","data":)"
         + data
         + R"(,"datacontenttype":"application/json",)"
           R"("id":"0192f0c1-0000-7000-8000-000000000001",)"
           R"("source":"/PLC02/batch-store","specversion":"1.0",)"
           R"("subject":"WH/MO/00011","time":"2026-11-22T09:52:49.123Z",)"
           R"("traceparent":)"
           R"("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",)"
           R"("type":"millrace.)"
         + name + R"(.v1"})";
}

template <class T>
void check_round_trip() {
  const auto one = sample_of<T>();
  const auto name = std::string(T::name);
  CAPTURE(name);
  CHECK(data_json(one.data) == one.json);
  const auto text = encode(event<T>{meta, one.data});
  CHECK(text == on_the_wire(name, one.json));
  const auto back = decode<T>(text);
  REQUIRE_MESSAGE(back, back.why());
  CHECK(data_json(back->data) == one.json);
  CHECK(encode(*back) == text);
}

} // namespace

TEST_SUITE("codec: round trip") {
#define CASE(T)                                                                \
  TEST_CASE(#T) {                                                              \
    check_round_trip<T>();                                                     \
  }
  MILLRACE_MESSAGES(CASE)
#undef CASE

  TEST_CASE("the envelope is read back, member by member") {
    const auto back = decode<retry_push>(
      encode(event<retry_push>{meta, {"WH/MO/00011", "", ""}}));
    REQUIRE(back);
    CHECK(back->meta.id == meta.id);
    CHECK(back->meta.source == meta.source);
    CHECK(back->meta.subject == meta.subject);
    CHECK(back->meta.time == meta.time);
    CHECK(back->meta.correlation_id == meta.correlation_id);
    CHECK(back->meta.causation_id == meta.causation_id);
    CHECK(back->meta.traceparent == meta.traceparent);
    CHECK(back->data.mo_id == "WH/MO/00011");
  }

  TEST_CASE("what is empty in the envelope is left out") {
    envelope little;
    little.id = "1";
    little.source = "/admin-gateway";
    const auto text = encode(event<scheduler_toggle>{little, {true}});
    CHECK(text
          == R"({"data":{"enabled":true},)"
             R"("datacontenttype":"application/json","id":"1",)"
             R"("source":"/admin-gateway","specversion":"1.0",)"
             R"("type":"millrace.scheduler.toggle.v1"})");
    const auto back = decode<scheduler_toggle>(text);
    REQUIRE(back);
    CHECK(back->meta.subject == "");
    CHECK(back->meta.time == "");
  }

  TEST_CASE("an absent optional member stays absent") {
    auto one = sample_of<odoo_push>();
    one.data.weight.reset();
    one.data.finished_at.reset();
    const auto text = encode(event<odoo_push>{meta, one.data});
    CHECK(text.find("weight_kg") == text.npos);
    CHECK(text.find("finished_at") == text.npos);
    const auto back = decode<odoo_push>(text);
    REQUIRE(back);
    CHECK_FALSE(back->data.weight);
    CHECK_FALSE(back->data.finished_at);
    CHECK(back->data.consumption == samples::all_points());
  }

  TEST_CASE("raw JSON travels as it is, and as text when it is none") {
    const auto sent = [](const char* raw) {
      return data_json(command_result{true, "", {raw}});
    };
    CHECK(sent("null") == R"({"data":null,"message":"","ok":true})");
    CHECK(sent("[1, 2]") == R"({"data":[1,2],"message":"","ok":true})");
    CHECK(sent("{x") == R"({"data":"{x","message":"","ok":true})");
    CHECK(sent("") == R"({"data":"","message":"","ok":true})");
  }

  TEST_CASE("bytes that are no UTF-8 are replaced, not thrown at the caller") {
    CHECK(data_json(retry_push{"WH\xff/1", "", ""})
          == "{\"mo_id\":\"WH\xef\xbf\xbd/1\",\"notes\":\"\",\"user\":\"\"}");
    const auto back
      = decode<retry_push>(encode(event<retry_push>{meta, {"a\xc3", "", ""}}));
    REQUIRE(back);
    CHECK(back->data.mo_id == "a\xef\xbf\xbd");
  }

  TEST_CASE("every amount of kilograms arrives exactly") {
    CHECK(rc::check([] {
      batch_completed sent = sample_of<batch_completed>().data;
      for (auto& amount : sent.consumption)
        amount = kilograms::from_milli(*rc::gen::inRange<std::int64_t>(
          -1'000'000'000'000, 1'000'000'000'000));
      sent.weight = kilograms::from_milli(
        *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000'001));
      const auto back
        = decode<batch_completed>(encode(event<batch_completed>{meta, sent}));
      RC_ASSERT(static_cast<bool>(back));
      RC_ASSERT(back->data.consumption == sent.consumption);
      RC_ASSERT(back->data.weight == sent.weight);
    }));
  }

  TEST_CASE("any text at all is encoded so that it can be read") {
    CHECK(rc::check([](const std::string& text) {
      envelope odd = meta;
      odd.subject = text;
      const auto back = decode<message_rejected>(
        encode(event<message_rejected>{odd, {text, text, text, text}}));
      RC_ASSERT(static_cast<bool>(back));
      RC_ASSERT(back->data.reason == back->data.topic);
    }));
  }
}
