#include "common/events/codec.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::events;

namespace {

/// A CloudEvent of this name around `data`.
std::string carrying(const std::string& data,
                     const std::string& name = "plc.acknowledge") {
  return R"({"specversion":"1.0","id":"1","source":"/x","type":"millrace.)"
         + name + R"(.v1","data":)" + data + "}";
}

/// Why it is refused as a T, or "taken".
template <class T = plc_acknowledge>
std::string why(const std::string& text) {
  const auto message = decode<T>(text);
  return message ? "taken" : message.why();
}

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

} // namespace

TEST_SUITE("codec: what is refused") {
  TEST_CASE("the example that the others vary is taken") {
    CHECK(why(carrying(R"({"line":"PLC01","slot":3,"mo_id":"WH/MO/1"})"))
          == "taken");
  }

  TEST_CASE("what is no JSON") {
    for (auto text :
         {"", " ", "{", "no", "{'a':1}", R"({"a":1,})", R"({"a":1} x)",
          R"({"a":1e999})", R"({"a":NaN})", "{\"a\":\"\xff\"}",
          "{\"a\":\"\n\"}", R"({"a":"\ud800"})"}) {
      CAPTURE(text);
      CHECK(why(text) == "plc.acknowledge: message is no JSON");
    }
  }

  TEST_CASE("JSON that is no object") {
    for (auto text : {"[]", "1", "null", "\"text\"", "true"}) {
      CAPTURE(text);
      CHECK(why(text) == "plc.acknowledge: message is no JSON object");
    }
  }

  TEST_CASE("more than a megabyte, unread") {
    const auto empty
      = carrying(R"({"line":"PLC01","slot":3,"mo_id":"WH/MO/1"})");
    const auto fits = empty + std::string(1'048'576 - empty.size(), ' ');
    CHECK(why(fits) == "taken");
    CHECK(why(fits + " ")
          == "plc.acknowledge: message of 1048577 bytes is larger than "
             "1048576");
  }

  TEST_CASE("nesting deeper than 32, however deep") {
    // The event and its data are two levels.
    const auto result = [](std::size_t levels) {
      return why<command_result>(
        carrying(R"({"ok":true,"message":"","data":)" + nested(levels) + "}",
                 "command.result"));
    };
    CHECK(result(30) == "taken");
    for (const std::size_t levels : {31U, 32U, 500'000U}) {
      CAPTURE(levels);
      CHECK(result(levels)
            == "command.result: message is nested deeper than 32");
    }
    CHECK(why(std::string(1'000'000, '['))
          == "plc.acknowledge: message is nested deeper than 32");
    std::string objects;
    for (int i = 0; i < 1'000; ++i)
      objects += R"({"a":)";
    CHECK(why(objects) == "plc.acknowledge: message is nested deeper than 32");
  }

  TEST_CASE("an envelope that is incomplete or another's") {
    const std::string data
      = R"("data":{"line":"PLC01","slot":3,"mo_id":"WH/MO/1"}})";
    const std::string type = R"("type":"millrace.plc.acknowledge.v1",)";
    CHECK(why(R"({"id":"1","source":"/x",)" + type + data)
          == "plc.acknowledge: specversion: is missing");
    CHECK(why(R"({"specversion":"0.3","id":"1","source":"/x",)" + type + data)
          == "plc.acknowledge: specversion: expected \"1.0\", got \"0.3\"");
    CHECK(why(R"({"specversion":1.0,"id":"1","source":"/x",)" + type + data)
          == "plc.acknowledge: specversion: expected text, got 1.0");
    CHECK(why(R"({"specversion":"1.0","id":"1","source":"/x",)" + data)
          == "plc.acknowledge: type: is missing");
    CHECK(why(R"({"specversion":"1.0","source":"/x",)" + type + data)
          == "plc.acknowledge: id: is missing");
    CHECK(why(R"({"specversion":"1.0","id":"","source":"/x",)" + type + data)
          == "plc.acknowledge: id: is empty");
    CHECK(why(R"({"specversion":"1.0","id":7,"source":"/x",)" + type + data)
          == "plc.acknowledge: id: expected text, got 7");
    CHECK(why(R"({"specversion":"1.0","id":"1",)" + type + data)
          == "plc.acknowledge: source: is missing");
    for (std::string name :
         {"subject", "time", "correlationid", "causationid", "traceparent"}) {
      CHECK(why(R"({"specversion":"1.0","id":"1","source":"/x",")" + name
                + R"(":[],)" + type + data)
            == "plc.acknowledge: " + name + ": expected text, got []");
      CHECK(why(R"({"specversion":"1.0","id":"1","source":"/x",")" + name
                + R"(":null,)" + type + data)
            == "taken");
    }
    CHECK(why(R"({"specversion":"1.0","id":"1","source":"/x",)"
              R"("type":"millrace.plc.acknowledge.v1"})")
          == "plc.acknowledge: data: is missing");
  }

  TEST_CASE("another type, another version, another case") {
    for (std::string type :
         {"millrace.plc.acknowledge.v2", "millrace.plc.acknowledged.v1",
          "millrace.plc.acknowledge", "Millrace.plc.acknowledge.v1", ""}) {
      CAPTURE(type);
      CHECK(why(R"({"specversion":"1.0","id":"1","source":"/x","type":")" + type
                + R"(","data":{}})")
            == "plc.acknowledge: type: expected "
               "\"millrace.plc.acknowledge.v1\", got \""
                 + type + "\"");
    }
  }

  TEST_CASE("a member that is missing or of another type") {
    CHECK(why(carrying(R"({"slot":3,"mo_id":"WH/MO/1"})"))
          == "plc.acknowledge: data.line: is missing");
    CHECK(why(carrying(R"({"line":null,"slot":3,"mo_id":"WH/MO/1"})"))
          == "plc.acknowledge: data.line: expected text, got null");
    CHECK(why(carrying(R"({"line":{"a":1},"slot":3,"mo_id":"WH/MO/1"})"))
          == R"(plc.acknowledge: data.line: expected text, got {"a":1})");
    CHECK(why(carrying("[]"))
          == "plc.acknowledge: data: expected an object, got []");
    CHECK(why(carrying("null"))
          == "plc.acknowledge: data: expected an object, got null");
    CHECK(why<scheduler_toggle>(
            carrying(R"({"enabled":"true"})", "scheduler.toggle"))
          == "scheduler.toggle: data.enabled: expected true or false, got "
             "\"true\"");
    CHECK(
      why<scheduler_toggle>(carrying(R"({"enabled":1})", "scheduler.toggle"))
      == "scheduler.toggle: data.enabled: expected true or false, got 1");
    CHECK(why<mo_fetch>(carrying(
            R"({"line":"L","fetch_id":"f","limit":1,"exclude":"WH/MO/1"})",
            "mo.fetch"))
          == "mo.fetch: data.exclude: expected a list, got \"WH/MO/1\"");
    CHECK(why<mo_fetch>(carrying(
            R"({"line":"L","fetch_id":"f","limit":1,"exclude":["a",5]})",
            "mo.fetch"))
          == "mo.fetch: data.exclude[1]: expected text, got 5");
  }

  TEST_CASE("a number out of range, or no whole one") {
    const auto slot = [](const std::string& number) {
      return why(carrying(R"({"line":"PLC01","slot":)" + number
                          + R"(,"mo_id":"WH/MO/1"})"));
    };
    const std::string at = "plc.acknowledge: data.slot: expected ";
    CHECK(slot("1") == "taken");
    CHECK(slot("10") == "taken");
    CHECK(slot("0") == at + "1..10, got 0");
    CHECK(slot("11") == at + "1..10, got 11");
    CHECK(slot("-1") == at + "1..10, got -1");
    CHECK(slot("3.0") == at + "a whole number, got 3.0");
    CHECK(slot("3.5") == at + "a whole number, got 3.5");
    CHECK(slot("\"3\"") == at + "a whole number, got \"3\"");
    CHECK(slot("true") == at + "a whole number, got true");
    CHECK(slot("2147483648") == at + "a smaller number, got 2147483648");
    CHECK(slot("-2147483649") == at + "a smaller number, got -2147483649");
    // Beyond 64 bits they would wrap to 3, beyond that they are no integers.
    CHECK(slot("18446744073709551615")
          == at + "a smaller number, got 18446744073709551615");
    CHECK(slot("18446744073709551619").starts_with(at + "a whole number"));
  }

  TEST_CASE("an optional number out of range") {
    const auto revision = [](const std::string& number) {
      return why<odoo_push_failed>(carrying(
        R"({"line":"L","batch_id":"b","mo_id":"m","revision":)" + number
          + R"(,"operation":"push","error_class":"partial","text":""})",
        "odoo.push_failed"));
    };
    CHECK(revision("0") == "taken");
    CHECK(revision("1000000000000") == "taken");
    CHECK(revision("null") == "taken");
    CHECK(revision("-1")
          == "odoo.push_failed: data.revision: expected 0..1000000000000, got "
             "-1");
    CHECK(revision("1000000000001")
          == "odoo.push_failed: data.revision: expected 0..1000000000000, got "
             "1000000000001");
    CHECK(revision("\"x\"")
          == "odoo.push_failed: data.revision: expected a whole number, got "
             "\"x\"");
  }

  TEST_CASE("a word that is none of the known ones") {
    const auto task = [](const std::string& word) {
      return why<task_trigger>(
        carrying(R"({"line":"L","task":)" + word + "}", "task.trigger"));
    };
    CHECK(task("\"health\"") == "taken");
    for (std::string word :
         {R"("sleep")", R"("Health")", R"("")", "1", "null"}) {
      CAPTURE(word);
      CHECK(task(word)
            == "task.trigger: data.task: expected one of sync_mo, plc_read, "
               "process_completed, health, got "
                 + word);
    }
  }

  TEST_CASE("text longer than 65536 bytes") {
    const auto mo_id = [](std::size_t length) {
      return why<retry_push>(
        carrying(R"({"mo_id":")" + std::string(length, 'x') + "\"}",
                 "batch.retry_push"));
    };
    CHECK(mo_id(65'536) == "taken");
    CHECK(mo_id(65'537)
          == "batch.retry_push: data.mo_id: is longer than 65536 bytes");
  }

  TEST_CASE("a refusal shows no more than 80 characters of a value") {
    CHECK(
      why(carrying(R"({"line":["xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx)"
                   R"(xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"]})"))
      == R"(plc.acknowledge: data.line: expected text, got ["xxxxxxxxxx)"
         "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
         "...");
  }

  TEST_CASE("kilograms that are no number, or too many") {
    const auto weight = [](const std::string& kg) {
      return why<batch_completed>(carrying(
        R"({"line":"L","batch_id":"b","batch_no":1,"mo_id":"m","revision":1,)"
        R"("consumption_kg":{},"weight_kg":)"
          + kg + "}",
        "batch.completed"));
    };
    const std::string at = "batch.completed: data.weight_kg: expected ";
    CHECK(weight("1000000000000") == "taken");
    CHECK(weight("-0.5") == "taken");
    CHECK(weight("1e13")
          == at + "kilograms within 10^12, got 10000000000000.0");
    CHECK(weight("\"5\"") == at + "kilograms as a number, got \"5\"");
    CHECK(weight("null") == at + "kilograms as a number, got null");
  }

  TEST_CASE("an amount at no dosing point") {
    const auto dosing = [](const std::string& amounts) {
      return why<batch_completed>(carrying(
        R"({"line":"L","batch_id":"b","batch_no":1,"mo_id":"m","revision":1,)"
        R"("weight_kg":1,"consumption_kg":)"
          + amounts + "}",
        "batch.completed"));
    };
    const std::string at = "batch.completed: data.consumption_kg";
    CHECK(dosing(R"({"silo_a":1,"lq_fml":2.5})") == "taken");
    CHECK(dosing(R"({"silo_n":1})") == at + ".silo_n: is no dosing point");
    CHECK(dosing(R"({"silo101":1})") == at + ".silo101: is no dosing point");
    CHECK(dosing(R"({"silo_a":"1"})")
          == at + ".silo_a: expected kilograms as a number, got \"1\"");
    CHECK(dosing("[1,2]")
          == at + ": expected an object of dosing points, got [1,2]");
  }

  TEST_CASE("something wrong deep inside, named by its path") {
    CHECK(why<plc_written>(carrying(
            R"({"line":"L","stage":1,"already_there":false,"frames":1,)"
            R"("batches":[{"slot":1,"mo_id":"a"},{"slot":11,"mo_id":"b"}]})",
            "plc.written"))
          == "plc.written: data.batches[1].slot: expected 1..10, got 11");
    CHECK(why<plc_read>(carrying(
            R"({"line":"L","read_at":"","full":true,"slots":[{"slot":1,)"
            R"("mo_id":"","bom_code":"","finished_goods":"","quantity_kg":0,)"
            R"("consumption_kg":{},"finished":false,"failed":false,)"
            R"("weight_kg":0,"acknowledged":true,"problem":{"field":"f",)"
            R"("rule":"r","raw_words":[1,"2"]}}]})",
            "plc.read"))
          == "plc.read: data.slots[0].problem.raw_words[1]: expected a whole "
             "number, got \"2\"");
  }
}

TEST_SUITE("codec: what is not refused") {
  TEST_CASE("members that a newer sender adds") {
    const auto message = decode<plc_acknowledge>(
      R"({"specversion":"1.0","id":"1","source":"/x","newattribute":{"a":[]},)"
      R"("type":"millrace.plc.acknowledge.v1","data":{"line":"PLC01","slot":3,)"
      R"("mo_id":"WH/MO/1","colour":"red","more":{"deep":[1]}}})");
    REQUIRE(message);
    CHECK(message->data.line == "PLC01");
    CHECK(message->data.slot == 3);
    CHECK(message->data.mo_id == "WH/MO/1");
  }

  TEST_CASE("dosing points that are not named count as zero") {
    const auto message = decode<batch_completed>(carrying(
      R"({"line":"L","batch_id":"b","batch_no":1,"mo_id":"m","revision":1,)"
      R"("weight_kg":1,"consumption_kg":{"silo_b":2.5}})",
      "batch.completed"));
    REQUIRE(message);
    CHECK(message->data.consumption[0] == kilograms{});
    CHECK(message->data.consumption[1] == kilograms::from_milli(2'500));
    CHECK(message->data.consumption[14] == kilograms{});
  }
}

// While one service after the other is brought to a new release, both speak to
// each other under the same version.
TEST_SUITE("codec: messages of an older release") {
  TEST_CASE("a failed write without the orders in doubt") {
    const auto message = decode<plc_write_failed>(
      carrying(R"({"line":"PLC01","stage":7,"reason":"x","needs_person":true})",
               "plc.write_failed"));
    REQUIRE(message);
    CHECK(message->data.needs_person);
    CHECK(message->data.in_doubt.empty());
  }

  TEST_CASE("a queue that does not say whether to look only") {
    const auto message = decode<plc_write>(
      carrying(R"({"line":"PLC01","stage":7,"expires_at":"x","batches":[]})",
               "plc.write"));
    REQUIRE(message);
    CHECK_FALSE(message->data.only_look);
    CHECK(message->data.again.empty());
  }
}
