#include "services/admin-gateway/parameters.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::admin;

namespace {

std::string complaint(const std::map<std::string, std::string>& parameters) {
  const auto query
    = page_query(events::store_view::history, parameters, {"PLC01", "PLC02"});
  return query ? "" : query.why();
}

std::string body_complaint(std::string_view body) {
  const auto enabled = toggle_body(body);
  return enabled ? "" : enabled.why();
}

} // namespace

TEST_SUITE("parameters") {
  TEST_CASE("without parameters: the newest 50 of all") {
    const auto query = page_query(events::store_view::history, {}, {});
    REQUIRE(query);
    CHECK(query->view == events::store_view::history);
    CHECK(query->limit == 50);
    CHECK(query->offset == 0);
    CHECK_FALSE(query->status);
    CHECK_FALSE(query->mo_id);
  }

  TEST_CASE("all parameters are taken, others ignored") {
    const auto query = page_query(events::store_view::history,
                                  {{"limit", "1000"},
                                   {"offset", "20"},
                                   {"status", "cleared"},
                                   {"mo_id", "WH/MO/00001"},
                                   {"line", "PLC02"},
                                   {"search", "sapot"},
                                   {"from", "2026-11-01"},
                                   {"to", "2026-11-22T10:00:00Z"},
                                   {"sort", "archived_at"},
                                   {"_", "17"}},
                                  {"PLC01", "PLC02"});
    REQUIRE(query);
    CHECK(query->limit == 1'000);
    CHECK(query->offset == 20);
    CHECK(query->status == "cleared");
    CHECK(query->mo_id == "WH/MO/00001");
    CHECK(query->line == "PLC02");
    CHECK(query->search == "sapot");
    CHECK(query->from == "2026-11-01T00:00:00.000Z");
    CHECK(query->to == "2026-11-22T10:00:00.000Z");
    CHECK(query->oldest_first);
  }

  TEST_CASE("a wrong parameter is named with its value and what is allowed") {
    CHECK(complaint({{"limit", "0"}}) == R"(limit is "0"; allowed: 1 to 1000)");
    CHECK(complaint({{"limit", "1001"}})
          == R"(limit is "1001"; allowed: 1 to 1000)");
    CHECK(complaint({{"offset", "-1"}})
          == R"(offset is "-1"; allowed: 0 to 1000000000)");
    CHECK(complaint({{"status", "done"}})
          == R"(status is "done"; allowed: completed, failed, cancelled, )"
             "cleared");
    CHECK(complaint({{"mo_id", ""}})
          == R"(mo_id is ""; allowed: an order name of 1 to 64 characters)");
  }

  TEST_CASE("a wrong filter is named, too") {
    CHECK(complaint({{"line", "PLC03"}})
          == R"(line is "PLC03"; allowed: PLC01, PLC02)");
    CHECK(complaint({{"sort", "mo_id"}})
          == R"(sort is "mo_id"; allowed: archived_at, -archived_at)");
    CHECK(complaint({{"from", "yesterday"}})
          == R"(from is "yesterday"; allowed: a date or UTC time, e.g. )"
             "2026-11-22 or 2026-11-22T10:00:00Z");
    CHECK(complaint({{"from", "2026-11-23"}, {"to", "2026-11-22"}})
          == R"(to is "2026-11-22"; allowed: a time after from)");
    CHECK_FALSE(complaint({{"search", std::string(65, 'x')}}).empty());
    CHECK_FALSE(complaint({{"search", "a\nb"}}).empty());
    CHECK(complaint({{"search", ""}}).empty());
  }

  TEST_CASE("from and to may be one day") {
    const auto query
      = page_query(events::store_view::history,
                   {{"from", "2026-11-22"}, {"to", "2026-11-22"}}, {"PLC01"});
    REQUIRE(query);
    CHECK(query->from == "2026-11-22T00:00:00.000Z");
    CHECK(query->to == "2026-11-23T00:00:00.000Z");
  }

  TEST_CASE("a number is the whole text") {
    for (auto text : {"", " 1", "1 ", "+1", "1.0", "0x10", "ten", "1e2",
                      "99999999999999999999"}) {
      CAPTURE(text);
      CHECK_FALSE(complaint({{"limit", text}}).empty());
      CHECK_FALSE(complaint({{"offset", text}}).empty());
    }
  }

  TEST_CASE("what is shown back is short and printable") {
    const auto why = complaint({{"status", "a\r\n" + std::string(200, 'b')}});
    CHECK(why.find("\"a??bbb") != std::string::npos);
    CHECK(why.size() < 160);
  }

  TEST_CASE("an order name has 1 to 64 printable characters") {
    CHECK(check_mo_id("WH/MO/00001"));
    CHECK(check_mo_id(std::string(64, 'x')));
    CHECK_FALSE(check_mo_id(""));
    CHECK_FALSE(check_mo_id(std::string(65, 'x')));
    CHECK_FALSE(check_mo_id("WH/MO/\n"));
    CHECK_FALSE(check_mo_id("WH/MO/\xC3\xA9"));
  }

  TEST_CASE("the toggle's body is checked") {
    CHECK(*toggle_body(R"({"enabled": true})"));
    CHECK_FALSE(*toggle_body(R"({"enabled":false,"by":"me"})"));
    CHECK(body_complaint("").find("it is no JSON") != std::string::npos);
    CHECK(body_complaint("enabled=true").find("no JSON") != std::string::npos);
    CHECK(body_complaint(std::string(100, '[')).find("it is nested deeper")
          != std::string::npos);
    CHECK(body_complaint("[]").find("missing") != std::string::npos);
    CHECK(body_complaint("{}").find("\"enabled\" is missing")
          != std::string::npos);
    CHECK(body_complaint(R"({"enabled":1})").find("is a number")
          != std::string::npos);
    CHECK(body_complaint(R"({"enabled":"true"})").find("is a string")
          != std::string::npos);
  }
}
