#include "common/telemetry/log_line.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>

#include <optional>
#include <thread>

using namespace millrace;
using namespace millrace::log;

namespace {

// 2026-11-22T09:52:49.123Z
constexpr std::chrono::system_clock::time_point when{
  std::chrono::milliseconds{1'795'341'169'123}};
const context nothing{};

std::string text(fields details, const context& around = nothing,
                 level severity = level::info) {
  return as_text({when, severity, "plc-gateway", around, "plc.read", details});
}

std::string json(fields details, const context& around = nothing,
                 level severity = level::info) {
  return as_json({when, severity, "plc-gateway", around, "plc.read", details});
}

} // namespace

TEST_SUITE("log lines as text") {
  TEST_CASE("a line is time, level, service, event and fields") {
    CHECK(text({}) == "2026-11-22T09:52:49.123Z INFO plc-gateway plc.read");
    CHECK(text({{"line", "PLC01"}, {"slot", 3}, {"full", true}})
          == "2026-11-22T09:52:49.123Z INFO plc-gateway plc.read line=PLC01 "
             "slot=3 full=true");
    CHECK(text({}, nothing, level::debug)
          == "2026-11-22T09:52:49.123Z DEBUG plc-gateway plc.read");
    CHECK(text({}, nothing, level::warn)
          == "2026-11-22T09:52:49.123Z WARN plc-gateway plc.read");
    CHECK(text({}, nothing, level::error)
          == "2026-11-22T09:52:49.123Z ERROR plc-gateway plc.read");
  }

  TEST_CASE("a task and a trace frame the line") {
    CHECK(text({{"slot", 3}}, {2, "0af7651916cd43dd8448eb211c80319c"})
          == "2026-11-22T09:52:49.123Z INFO plc-gateway [TASK 2] plc.read "
             "slot=3 trace=0af7651916cd43dd8448eb211c80319c");
  }

  TEST_CASE("values are quoted where they could be misread") {
    const std::string head
      = "2026-11-22T09:52:49.123Z INFO plc-gateway plc.read v=";
    CHECK(text({{"v", "WH/MO/00011"}}) == head + "WH/MO/00011");
    CHECK(text({{"v", ""}}) == head + "\"\"");
    CHECK(text({{"v", "JF SAPOT 1B"}}) == head + "\"JF SAPOT 1B\"");
    CHECK(text({{"v", "a=b"}}) == head + "\"a=b\"");
    CHECK(text({{"v", "say \"no\""}}) == head + "\"say \\\"no\\\"\"");
    CHECK(text({{"v", "c:\\x"}}) == head + "\"c:\\\\x\"");
    CHECK(text({{"v", "tab\there"}}) == head + "\"tab\\there\"");
  }

  TEST_CASE("a value cannot forge a line") {
    CHECK(text({{"v", "x\n2026-11-22T09:52:49.124Z INFO batch-store ok"}})
          == "2026-11-22T09:52:49.123Z INFO plc-gateway plc.read "
             "v=\"x\\n2026-11-22T09:52:49.124Z INFO batch-store ok\"");
    CHECK(text({{"v", "x\r\n"}})
          == "2026-11-22T09:52:49.123Z INFO plc-gateway plc.read "
             "v=\"x\\r\\n\"");
    // A quote does not end the value: no second field comes out of it.
    CHECK(text({{"v", "\" admin=true \""}})
          == "2026-11-22T09:52:49.123Z INFO plc-gateway plc.read "
             "v=\"\\\" admin=true \\\"\"");
  }

  TEST_CASE("neither terminal controls nor broken text get through") {
    const std::string head
      = "2026-11-22T09:52:49.123Z INFO plc-gateway plc.read v=";
    CHECK(text({{"v", "\x1b[2J"}}) == head + "\"\\u001b[2J\"");
    CHECK(text({{"v", "\x7f"}}) == head + "\"\\u007f\"");
    CHECK(text({{"v", "\xc2\x9b"}}) == head + "\"\\u009b\"");
    CHECK(text({{"v", "\xe2\x80\xa8"}}) == head + "\"\\u2028\"");
    CHECK(text({{"v", "\xc3\xa9"}}) == head + "\"\\u00e9\"");
    CHECK(text({{"v", "a\xff"}}) == head + "\"a\\ufffd\"");
    CHECK(text({{"v", std::string(1, '\0')}}) == head + "\"\\u0000\"");
  }

  TEST_CASE("any value leaves one line of printable ASCII") {
    CHECK(rc::check([](const std::string& value) {
      for (const char c : text({{"v", value}}))
        RC_ASSERT(c >= ' ' && c < 0x7f);
    }));
  }
}

TEST_SUITE("log lines as JSON") {
  TEST_CASE("a line is one object, its own members first") {
    CHECK(json({})
          == R"({"ts":"2026-11-22T09:52:49.123Z","level":"INFO",)"
             R"("service":"plc-gateway","event":"plc.read"})");
    CHECK(json({{"line", "PLC01"}, {"slot", 3}},
               {4, "0af7651916cd43dd8448eb211c80319c"}, level::error)
          == R"({"ts":"2026-11-22T09:52:49.123Z","level":"ERROR",)"
             R"("service":"plc-gateway","task":4,"event":"plc.read",)"
             R"("trace_id":"0af7651916cd43dd8448eb211c80319c",)"
             R"("line":"PLC01","slot":"3"})");
  }

  TEST_CASE("a value cannot forge a line or a member") {
    CHECK(json({{"v", "x\"}\n{\"level\":\"INFO\"}"}})
          == R"({"ts":"2026-11-22T09:52:49.123Z","level":"INFO",)"
             R"("service":"plc-gateway","event":"plc.read",)"
             R"("v":"x\"}\n{\"level\":\"INFO\"}"})");
  }

  TEST_CASE("a field never replaces a member of the line") {
    CHECK(json({{"level", "x"}, {"service", "y"}, {"v", 1}, {"v", 2}})
          == R"({"ts":"2026-11-22T09:52:49.123Z","level":"INFO",)"
             R"("service":"plc-gateway","event":"plc.read",)"
             R"("level_":"x","service_":"y","v":"1","v_":"2"})");
  }

  TEST_CASE("any value leaves one line that is read back as JSON") {
    CHECK(rc::check([](const std::string& value) {
      const auto line = json({{"v", value}});
      for (const char c : line)
        RC_ASSERT(c >= ' ' && c < 0x7f);
      const auto read = nlohmann::json::parse(line, nullptr, false);
      RC_ASSERT(read.is_object());
      RC_ASSERT(read.size() == 5U);
      RC_ASSERT(read["v"].is_string());
    }));
  }
}

TEST_SUITE("log scopes") {
  const std::string parent
    = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  TEST_CASE("task and trace hold while the scope lives, also nested") {
    CHECK(current_context().task == 0);
    CHECK(current_context().trace_id == "");
    {
      const scope outer(1, parent);
      CHECK(current_context().task == 1);
      CHECK(current_context().trace_id == "0af7651916cd43dd8448eb211c80319c");
      {
        const scope inner(3, "");
        CHECK(current_context().task == 3);
        CHECK(current_context().trace_id == "");
      }
      CHECK(current_context().task == 1);
      CHECK(current_context().trace_id == "0af7651916cd43dd8448eb211c80319c");
    }
    CHECK(current_context().task == 0);
    CHECK(current_context().trace_id == "");
  }

  TEST_CASE("another thread is not affected") {
    const scope here(2, parent);
    std::optional<context> there;
    std::thread([&] { there = current_context(); }).join();
    REQUIRE(there);
    CHECK(there->task == 0);
    CHECK(there->trace_id == "");
  }

  TEST_CASE("a traceparent that is none cannot forge a line") {
    const scope here(0, "00-0af7651916cd43\n8448eb211c80319c00-"
                        "b7ad6b7169203331-01");
    CHECK(current_context().trace_id == "");
  }
}
