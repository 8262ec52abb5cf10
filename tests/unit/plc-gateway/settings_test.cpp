#include "services/plc-gateway/settings.hpp"

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

  TEST_CASE("over TCP the PLC says its node itself") {
    CHECK(wrong_with({{"CLIENT_NODE", "2"}, {"PLC_PROTOCOL", "tcp"}})
          == texts{});
  }
}
