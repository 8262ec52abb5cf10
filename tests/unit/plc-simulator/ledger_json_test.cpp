#include "services/plc-simulator/ledger_json.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace millrace::plc_sim;
using namespace std::chrono_literals;
using nlohmann::json;

TEST_CASE("the ledger shows masses as text with two digits") {
  mill_ledger ledger;
  recipe ordered;
  ordered.slot = 2;
  ordered.order = "WH/MO/00001";
  ordered.quantity = 100000;
  ordered.doses[0] = {101, 82500};
  ordered.doses[1] = {102, 0};
  ordered.doses[14] = {115, 7};
  ledger.taken.push_back({ordered, 1000ms});
  report last;
  last.actual[0] = 82499;
  last.weight = 82499;
  last.finished = true;
  ledger.produced.push_back({ordered, last, 2000ms, 3000ms, 4000ms});
  ledger.violations.push_back({"read_area", "D6001", 0ms});
  ledger.note({5000ms, "udp", 0x0101, 6000, 977, 0x110B});

  const auto shown = json::parse(to_json(ledger));
  const auto& taken = shown["taken"][0];
  CHECK(taken["order"] == "WH/MO/00001");
  CHECK(taken["quantity"] == "1000.00");
  CHECK(taken["recipe"] == json{{"101", "825.00"}, {"115", "0.07"}});
  CHECK(taken["at"] == "1970-01-01T00:00:01.000Z");
  const auto& produced = shown["produced"][0];
  CHECK(produced["status"] == "finished");
  CHECK(produced["weight"] == "824.99");
  CHECK(produced["actual"] == json{{"101", "824.99"}});
  CHECK(produced["acknowledged_at"] == "1970-01-01T00:00:04.000Z");
  CHECK(shown["acknowledgements"][0]["slot"] == 2);
  CHECK(shown["violation_counts"] == json{{"read_area", 1}});
  CHECK(shown["frames"]["refused"] == json{{"110B", 1}});
  CHECK(shown["frames"]["requests"][0]["command"] == "0101");
}

TEST_CASE("an order name that is no UTF-8 is shown all the same") {
  mill_ledger ledger;
  recipe ordered;
  ordered.order = "\xff\xfe";
  ledger.taken.push_back({ordered, 0ms});
  CHECK_FALSE(json::parse(to_json(ledger), nullptr, false).is_discarded());
}

TEST_CASE("faults are read from JSON and shown again") {
  const auto faults = faults_from_json(
    R"({"drop_request":0.3,"delay_ms":250,"delay_probability":0.5,
        "end_code":"0204","end_code_count":3,"unreachable":true,
        "only":"write","address":7076,"count":1,"seed":42})");
  REQUIRE(faults);
  CHECK(faults->drop_request == 0.3);
  CHECK(faults->delay == 250ms);
  CHECK(faults->delay_probability == 0.5);
  CHECK(faults->end_code == 0x0204);
  CHECK(faults->end_code_count == 3);
  CHECK(faults->unreachable);
  CHECK(faults->address == 7076);
  CHECK(faults->seed == 42);
  const auto again = faults_from_json(to_json(*faults));
  REQUIRE(again);
  CHECK(to_json(*again) == to_json(*faults));
}

TEST_CASE("a delay without a probability is for every answer") {
  CHECK(faults_from_json(R"({"delay_ms":10})")->delay_probability == 1);
  CHECK(faults_from_json("{}")->delay_probability == 0);
}

TEST_CASE("a wrong fault is named with its value") {
  const auto why = [](const char* text) {
    const auto faults = faults_from_json(text);
    return faults ? std::string{} : faults.why();
  };
  CHECK(why("[1]") == "the body is not a JSON object");
  CHECK(why("{") == "the body is not a JSON object");
  // Nested too deep: printing it would overflow the stack.
  const auto deep = R"({"only":)" + std::string(100'000, '[')
                    + std::string(100'000, ']') + "}";
  CHECK(why(deep.c_str()) == "the body is not a JSON object");
  CHECK(why(R"({"drop":1})") == R"(unknown fault "drop")");
  CHECK(why(R"({"reorder":1.5})") == "reorder=1.5 is not a number from 0 to 1");
  CHECK(why(R"({"end_code":"20"})")
        == R"(end_code="20" is not four hexadecimal digits as text)");
  CHECK(why(R"({"only":"both"})") == R"(only="both" is not "read" or "write")");
  CHECK(why(R"({"count":-1})")
        == "count=-1 is not a whole number from 0 to 2147483647");
}
