#include "common/events/codec.hpp"
#include "common/events/topics.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace millrace;
using namespace millrace::events;

TEST_SUITE("messages") {
  TEST_CASE("no two types have the same name") {
    std::set<std::string> names;
    std::size_t count = 0;
#define ADD(T)                                                                 \
  names.insert(type_of<T>());                                                  \
  ++count;
    MILLRACE_MESSAGES(ADD)
#undef ADD
    CHECK(count == 49);
    CHECK(names.size() == 49);
  }

  TEST_CASE("the groups hold what they say") {
    const auto check = [](bool is_command, bool expected) {
      CHECK(is_command == expected);
    };
#define COMMAND(T) check(T::is_command, true);
    MILLRACE_COMMANDS(COMMAND)
#undef COMMAND
#define NO_COMMAND(T) check(T::is_command, false);
    MILLRACE_EVENTS(NO_COMMAND)
    MILLRACE_STATES(NO_COMMAND)
#undef NO_COMMAND
  }

  TEST_CASE("a type carries name and version") {
    CHECK(type_of<mo_fetched>() == "millrace.mo.fetched.v1");
    CHECK(type_of<plc_read_now>() == "millrace.plc.read_now.v1");
  }

  TEST_CASE("tasks have the plant's numbers") {
    CHECK(number_of(task_kind::sync_mo) == 1);
    CHECK(number_of(task_kind::plc_read) == 2);
    CHECK(number_of(task_kind::process_completed) == 3);
    CHECK(number_of(task_kind::health) == 4);
  }

  TEST_CASE("the schema says what is required, of which type and range") {
    CHECK(schema<plc_acknowledge>() == R"({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "properties": {
    "causationid": {
      "description": "id of the message that caused this one",
      "type": "string"
    },
    "correlationid": {
      "description": "the batch's UUID",
      "type": "string"
    },
    "data": {
      "properties": {
        "line": {
          "description": "Odoo equipment code of the line",
          "type": "string"
        },
        "mo_id": {
          "description": "order name, uncut; set only while the slot still holds it",
          "type": "string"
        },
        "slot": {
          "description": "1..10",
          "maximum": 10,
          "minimum": 1,
          "type": "integer"
        },
        "weight_kg": {
          "description": "finished goods that are stored; set only while the slot shows them: another order's name may look the same in the PLC",
          "type": "number"
        }
      },
      "required": [
        "line",
        "slot",
        "mo_id"
      ],
      "type": "object"
    },
    "datacontenttype": {
      "const": "application/json"
    },
    "id": {
      "description": "UUIDv5 of type and natural key, else UUIDv7",
      "type": "string"
    },
    "source": {
      "description": "/<line>/<service> or /<service>",
      "type": "string"
    },
    "specversion": {
      "const": "1.0"
    },
    "subject": {
      "description": "order name",
      "type": "string"
    },
    "time": {
      "format": "date-time",
      "type": "string"
    },
    "traceparent": {
      "description": "W3C trace context",
      "type": "string"
    },
    "type": {
      "const": "millrace.plc.acknowledge.v1"
    }
  },
  "required": [
    "specversion",
    "id",
    "source",
    "type",
    "time",
    "datacontenttype",
    "data"
  ],
  "title": "millrace.plc.acknowledge.v1",
  "type": "object"
}
)");
  }

  TEST_CASE("the schema does not require what may be absent") {
    const auto text = schema<alert_cleared>();
    CHECK(text.find(R"(      "required": [
        "line",
        "alert_id",
        "kind"
      ],)")
          != text.npos);
  }
}

TEST_SUITE("topics") {
  const topics plant{"umh/v1/acme/site1/mill"};

  TEST_CASE("events and states stand below their line") {
    CHECK(plant.event("PLC01", "batch.completed")
          == "umh/v1/acme/site1/mill/PLC01/_event/batch.completed");
    CHECK(plant.event("+", "mo.fetched")
          == "umh/v1/acme/site1/mill/+/_event/mo.fetched");
    CHECK(plant.line_state("PLC01", "plc")
          == "umh/v1/acme/site1/mill/PLC01/_state/plc");
  }

  TEST_CASE("commands name the service that obeys") {
    CHECK(plant.command("PLC01", "plc-gateway", "plc.write")
          == "umh/v1/acme/site1/mill/PLC01/_cmd/plc-gateway/plc.write");
    CHECK(plant.command("_all", "batch-store", "store.query")
          == "umh/v1/acme/site1/mill/_all/_cmd/batch-store/store.query");
  }

  TEST_CASE("what belongs to no line stands below the root") {
    CHECK(plant.service_state("plc-gateway")
          == "umh/v1/acme/site1/mill/_state/service/plc-gateway");
    CHECK(plant.claim("plc-gateway", "PLC01")
          == "umh/v1/acme/site1/mill/_claim/plc-gateway/PLC01");
    CHECK(plant.scheduler_state() == "umh/v1/acme/site1/mill/_state/scheduler");
    CHECK(plant.rejected("batch-store")
          == "umh/v1/acme/site1/mill/_state/rejected/batch-store");
    CHECK(plant.reply("admin-1") == "umh/v1/acme/site1/mill/_reply/admin-1");
  }
}
