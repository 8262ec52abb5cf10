#include "services/plc-gateway/settings.hpp"
#include "tests/temp_folder.hpp"

#include <doctest/doctest.h>

using namespace millrace;

namespace {

using texts = std::vector<std::string>;

/// All that is wrong with these settings.
texts wrong_with(config::source given) {
  plc::settings chosen;
  config::binder binder;
  plc::declare(binder, chosen);
  given.emplace("PLC_IP", "192.168.1.2");
  auto wrong = config::apply(binder, given, {}, [](const std::string&) {
    return result<std::string>(error{"no files"});
  });
  return wrong.empty() ? plc::check(chosen) : wrong;
}

} // namespace

TEST_SUITE("settings") {
  TEST_CASE("an address alone is enough") {
    CHECK(wrong_with({}) == texts{});
    CHECK(wrong_with({{"PLC_IP", "plc-1.mill"}}) == texts{});
  }

  TEST_CASE("an address that is none") {
    CHECK(wrong_with({{"PLC_IP", "999.1.2.3"}})
          == texts{"PLC_IP=\"999.1.2.3\" is neither an IP address nor a host "
                   "name; allowed: an IP address or host name"});
  }

  TEST_CASE("our node must not be the PLC's over UDP") {
    CHECK(wrong_with({{"CLIENT_NODE", "7"}, {"PLC_NODE", "7"}})
          == texts{"CLIENT_NODE \"7\": our node would be the PLC's, PLC_NODE "
                   "\"7\""});
    // 0 counts as 1 over UDP.
    CHECK(wrong_with({{"CLIENT_NODE", "0"}, {"PLC_NODE", "1"}}).size() == 1);
    CHECK(wrong_with({{"CLIENT_NODE", "0"}}) == texts{});
  }

  TEST_CASE(
    "each line of the file has its own PLC, the rest from the settings") {
    const test::temp_folder folder;
    const auto file = folder.write(
      "lines.json",
      R"({"lines":[{"code":"PLC01","plc_ip":"10.0.0.1","plc_node":1},)"
      R"({"code":"PLC02","plc_ip":"10.0.0.2","plc_protocol":"tcp",)"
      R"("plc_map":"none.json"},{"code":"PLC03","plc_ip":"10.0.0.1"},)"
      R"({"code":"PLC04"}]})");
    CHECK(wrong_with({{"LINES_FILE", file}, {"PLC_IP", "10.0.0.1"}})
          == texts{"line \"PLC01\": CLIENT_NODE \"1\": our node would be the "
                   "PLC's, PLC_NODE \"1\"",
                   "line \"PLC03\" has the PLC of line \"PLC01\", "
                   "\"10.0.0.1\"; each line needs its own (LINES_FILE)",
                   "line \"PLC04\" has the PLC of line \"PLC01\", "
                   "\"10.0.0.1\"; each line needs its own (LINES_FILE)",
                   "PLC_MAP \"" + (folder.path() / "none.json").string()
                     + "\": cannot be read"});
    CHECK(wrong_with({{"LINES_FILE", file}, {"LINES", "PLC03"}}) == texts{});
  }

  TEST_CASE("settings stand for what the file leaves out") {
    const test::temp_folder folder;
    plc::settings chosen;
    chosen.lines.file = folder.write(
      "lines.json", R"({"lines":[{"code":"A","plc_ip":"10.0.0.1"},)"
                    R"({"code":"B","plc_ip":"10.0.0.2","plc_port":9601,)"
                    R"("plc_protocol":"tcp","client_node":3,"plc_node":4,)"
                    R"("plc_local_port":9700}]})");
    chosen.port = 9602;
    chosen.client_node = 9;
    chosen.plc_node = 8;
    const auto plans = plc::plans_of(chosen);
    REQUIRE(plans.size() == 2);
    CHECK(plans[0].endpoint.line == "A");
    CHECK(plans[0].endpoint.host == "10.0.0.1");
    CHECK(plans[0].endpoint.port == 9602);
    CHECK_FALSE(plans[0].endpoint.tcp);
    CHECK(plans[0].endpoint.client_node == 9);
    CHECK(plans[0].endpoint.plc_node == 8);
    CHECK(plans[1].endpoint.port == 9601);
    CHECK(plans[1].endpoint.tcp);
    CHECK(plans[1].endpoint.client_node == 3);
    CHECK(plans[1].endpoint.plc_node == 4);
    CHECK(plans[1].endpoint.local_port == 9700);
  }

  TEST_CASE("one PLC for two lines is refused, none too") {
    CHECK(wrong_with({{"LINES", "PLC01,PLC02"}})
          == texts{"line \"PLC02\" has the PLC of line \"PLC01\", "
                   "\"192.168.1.2\"; each line needs its own (LINES_FILE)"});
    CHECK(wrong_with({{"PLC_IP", ""}})
          == texts{"PLC_IP is not set; it is required: address of the PLC"});
  }

  TEST_CASE("over TCP the PLC says its node itself") {
    CHECK(wrong_with({{"CLIENT_NODE", "2"}, {"PLC_PROTOCOL", "tcp"}})
          == texts{});
  }
}
