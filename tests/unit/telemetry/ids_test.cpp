#include "common/telemetry/ids.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <chrono>
#include <regex>
#include <set>

using namespace millrace;

namespace {

const std::string trace = "0af7651916cd43dd8448eb211c80319c";
const std::string parent = "00-" + trace + "-b7ad6b7169203331-01";

bool has_form(const std::string& text, const char* form) {
  return std::regex_match(text, std::regex(form));
}

constexpr auto traceparent_form = "00-[0-9a-f]{32}-[0-9a-f]{16}-01";

/// Texts that look like a traceparent but are none.
const std::string malformed[] = {
  "",
  "00",
  "00-" + trace + "-b7ad6b7169203331",
  parent + "0",
  parent + "-00",
  "00-" + trace + "_b7ad6b7169203331-01",
  "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
  "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
  "00-00000000000000000000000000000000-b7ad6b7169203331-01",
  "00-" + trace + "-0000000000000000-01",
  "ff-" + trace + "-b7ad6b7169203331-01",
  "00-0af7651916cd43\n8448eb211c80319c00-b7ad6b7169203331-01",
  std::string(55, '-'),
};

} // namespace

TEST_SUITE("ids") {
  TEST_CASE("a named id is the UUIDv5 that others compute, too") {
    // python3: uuid.uuid5(UUID("6d1b4c52-9a0e-4f37-8e5d-2c71b306d4a9"), name)
    CHECK(named_id("") == "422d9c86-2c60-5595-a530-0a386bc697d1");
    CHECK(named_id("millrace.odoo.pushed.v1|7")
          == "221ca8d7-14e6-50c4-9568-68151d132a69");
    CHECK(named_id("WH/MO/00011") == "e151ffed-1924-5454-997b-ccda0c16817e");
    CHECK(named_id("caf\xc3\xa9") == "20342d7d-6c33-52ec-b4ee-67333ea882f3");
  }

  TEST_CASE("the same name has the same id, another name another one") {
    CHECK(rc::check([](const std::string& a, const std::string& b) {
      RC_ASSERT(named_id(a) == named_id(a));
      RC_ASSERT((named_id(a) == named_id(b)) == (a == b));
      RC_ASSERT(has_form(
        named_id(a),
        "[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    }));
  }

  TEST_CASE("random ids are UUIDv7 and never the same twice") {
    const auto ids = random_ids();
    std::set<std::string> seen;
    for (int i = 0; i < 1'000; ++i) {
      const auto id = ids();
      CHECK(has_form(
        id,
        "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
      seen.insert(id);
    }
    CHECK(seen.size() == 1'000);
  }

  TEST_CASE("a random id begins with its time, milliseconds since 1970") {
    using namespace std::chrono;
    const auto now = [] {
      return duration_cast<milliseconds>(system_clock::now().time_since_epoch())
        .count();
    };
    const auto before = now();
    auto digits = random_ids()();
    const auto after = now();
    const auto told = std::stoll(digits.erase(8, 1).substr(0, 12), nullptr, 16);
    CHECK(told >= before);
    CHECK(told <= after);
  }
}

TEST_SUITE("traces") {
  TEST_CASE("a new trace has the W3C form and is never the same twice") {
    const auto one = new_traceparent();
    CHECK(has_form(one, traceparent_form));
    CHECK(new_traceparent() != one);
    CHECK(trace_id_of(new_traceparent()) != trace_id_of(one));
  }

  TEST_CASE("a child keeps the trace and has its own span") {
    const auto child = child_traceparent(parent);
    CHECK(has_form(child, traceparent_form));
    CHECK(child.substr(0, 36) == "00-" + trace + "-");
    CHECK(child.substr(36, 16) != "b7ad6b7169203331");
    CHECK(child_traceparent(parent) != child);
  }

  TEST_CASE("a parent of a later version is answered in ours") {
    const auto child
      = child_traceparent("01-" + trace + "-b7ad6b7169203331-00");
    CHECK(child.substr(0, 36) == "00-" + trace + "-");
    CHECK(has_form(child, traceparent_form));
  }

  TEST_CASE("a malformed parent begins a new trace") {
    for (const auto& text : malformed) {
      CAPTURE(text);
      const auto child = child_traceparent(text);
      CHECK(has_form(child, traceparent_form));
      CHECK(trace_id_of(child) != trace);
    }
  }

  TEST_CASE("the trace id is taken from a well-formed parent only") {
    CHECK(trace_id_of(parent) == trace);
    for (const auto& text : malformed) {
      CAPTURE(text);
      CHECK(trace_id_of(text) == "");
    }
  }
}
