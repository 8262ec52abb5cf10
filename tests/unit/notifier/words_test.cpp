#include "common/telemetry/clock.hpp"
#include "services/notifier/mail_text.hpp"
#include "services/notifier/settings.hpp"
#include "services/notifier/standing_alerts.hpp"
#include "services/notifier/wording.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <ctime>

using namespace millrace;
using namespace millrace::notifier;
using events::severity;
using nlohmann::json;

namespace {

const auto ten = *parse_utc("2026-11-23T10:00:00Z");

alert unreachable() {
  return {{"PLC01",
           "a-1",
           "plc_unreachable",
           severity::critical,
           "no answer\r\nwithin 2 s",
           "check the cable",
           {}},
          ten};
}

alert held() {
  return {{"PLC02", "a-2", "batch_held", severity::warning, "weight <is> odd",
           "look at the scale", "WH/MO/00011"},
          ten};
}

note with(std::vector<alert> raised, std::vector<alert> cleared = {}) {
  return {"mail", std::move(raised), {}, std::move(cleared)};
}

/// Local time is Jakarta's.
struct in_jakarta {
  in_jakarta() {
    setenv("TZ", "WIB-7", 1);
    tzset();
  }
  ~in_jakarta() {
    unsetenv("TZ");
    tzset();
  }
};

} // namespace

TEST_SUITE("a note in words") {
  TEST_CASE("says line, order, reason, what to do, since when and where") {
    const in_jakarta there;
    const auto said = word(with({unreachable()}, {held()}),
                           {language::english, "https://mill.example"});
    CHECK(said.title == "Millrace PLC01: 1 new, 1 over");
    CHECK(said.text
          == "[critical, new] PLC01: no answer  within 2 s (plc_unreachable, "
             "since 2026-11-23 17:00 WIB)\n"
             "  What to do: check the cable\n"
             "[warning, over] PLC02, order WH/MO/00011: weight <is> odd "
             "(batch_held, since 2026-11-23 17:00 WIB)\n"
             "All alerts: https://mill.example/#/stuck\n");
  }

  TEST_CASE("in Indonesian, without a link") {
    const in_jakarta there;
    const auto said = word(with({unreachable()}), {language::indonesian, ""});
    CHECK(said.title == "Millrace PLC01: plc_unreachable");
    CHECK(said.text
          == "[kritis, baru] PLC01: no answer  within 2 s (plc_unreachable, "
             "sejak 2026-11-23 17:00 WIB)\n"
             "  Yang harus dilakukan: check the cable\n");
  }

  TEST_CASE("shows twenty alerts and says how many more") {
    const auto said
      = word(with(std::vector<alert>(23, held())), {language::english, ""});
    CHECK(said.text.ends_with("and more: 3\n"));
    CHECK(std::ranges::count(said.text, '[') == 20);
  }

  TEST_CASE("for Slack: its own characters are escaped") {
    const auto text = json::parse(as_slack({"t", "a <!channel> & b"}));
    CHECK(text == json{{"text", "*t*\na &lt;!channel&gt; &amp; b"}});
  }

  TEST_CASE("as an event: everything for programs") {
    const auto one = with({held()});
    const auto event = json::parse(as_event(one, {"t", "x"}, "id-1", ten));
    CHECK(event["type"] == "millrace.note.v1");
    CHECK(event["time"] == "2026-11-23T10:00:00.000Z");
    CHECK(event["data"]["raised"][0]["mo_id"] == "WH/MO/00011");
    CHECK(event["data"]["raised"][0]["severity"] == "warning");
    CHECK(event["data"]["cleared"].empty());
  }

  TEST_CASE("as a mail") {
    CHECK(mail_text({"Millrace PLC01", "hello"}, "mill@a.example",
                    {"ann@a.example", "bob@a.example"}, "id-1", ten)
          == "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n"
             "From: <mill@a.example>\r\n"
             "To: ann@a.example, bob@a.example\r\n"
             "Message-ID: <id-1@millrace>\r\n"
             "Subject: Millrace PLC01\r\n"
             "Auto-Submitted: auto-generated\r\n"
             "MIME-Version: 1.0\r\n"
             "Content-Type: text/plain; charset=utf-8\r\n"
             "Content-Transfer-Encoding: base64\r\n"
             "\r\n"
             "aGVsbG8=\r\n");
    CHECK(mail_text({"caf\xc3\xa9", ""}, "a@b", {"c@d"}, "i", ten)
            .find("Subject: =?UTF-8?B?Y2Fmw6k=?=\r\n")
          != std::string::npos);
  }
}

TEST_SUITE("what batch-store lists") {
  TEST_CASE("is read, or named where it is wrong") {
    const std::string row
      = R"({"alert_id":"a-1","line":"PLC01","kind":"odd","severity":"info",)"
        R"("mo_id":null,"text":"t","advice":"do",)"
        R"("raised_at":"2026-11-23T10:00:00.000Z","acknowledged_at":)";
    const auto found = read_standing_alerts(
      R"({"alerts":[)" + row + "null}," + row + R"("2026-11-23T10:01:00Z"}]})");
    REQUIRE(found);
    CHECK(found->all.size() == 2);
    CHECK(found->all[0].raised_at == ten);
    CHECK(found->acknowledged == std::vector<std::string>{"a-1"});
    CHECK(read_standing_alerts("{").why() != "");
    CHECK(read_standing_alerts("{}").why() == "\"alerts\" is missing");
    CHECK(read_standing_alerts(R"({"alerts":[{"line":7}]})").why()
          == "an alert without line");
  }
}

TEST_SUITE("settings") {
  TEST_CASE("each wrong one is named") {
    const auto wrong = [](const config::source& given) {
      settings chosen;
      config::binder bind;
      chosen.declare(bind);
      auto all = config::apply(bind, given, {}, [](const std::string&) {
        return result<std::string>{error{"no file"}};
      });
      return all.empty() ? chosen.check() : all;
    };
    const auto is_named
      = [&](const std::string& name, const std::string& value) {
          const auto all = wrong({{name, value}});
          return all.size() == 1 && all[0].find(name) != std::string::npos;
        };
    CHECK(wrong({}).empty());
    CHECK(is_named("NOTIFY_QUIET", "22-5"));
    CHECK(is_named("NOTIFY_QUIET", "24:00-05:00"));
    CHECK(is_named("NOTIFY_QUIET", "05:00-05:00"));
    CHECK(is_named("NOTIFY_WEBHOOK_URL", "ftp://a"));
    CHECK(is_named("NOTIFY_WEBHOOK_TOKEN", "a\r\nb"));
    CHECK(is_named("NOTIFY_SMTP_URL", "smtp://a b"));
    CHECK(is_named("NOTIFY_SMTP_URL", "smtp://mail"));
    CHECK(is_named("NOTIFY_MAIL_TO", "ann@a.example, bob"));
    CHECK(is_named("NOTIFY_MAIL_FROM", "a@b,c@d"));
    CHECK(is_named("NOTIFY_MAIL_SEVERITY", "loud"));
    CHECK(is_named("NOTIFY_LANGUAGE", "de"));
    CHECK(wrong({{"NOTIFY_SMTP_URL", "smtps://mail"},
                 {"NOTIFY_MAIL_FROM", "a@b"},
                 {"NOTIFY_MAIL_TO", "c@d, e@f"},
                 {"NOTIFY_QUIET", "22:00-05:00"}})
            .empty());
  }

  TEST_CASE("quiet hours may go over midnight") {
    const auto night = *parse_quiet_hours("22:00-05:00");
    CHECK(night.contain(22 * 60));
    CHECK(night.contain(4 * 60 + 59));
    CHECK_FALSE(night.contain(5 * 60));
    CHECK_FALSE(night.contain(12 * 60));
    const auto noon = *parse_quiet_hours("12:00-13:00");
    CHECK(noon.contain(12 * 60));
    CHECK_FALSE(noon.contain(13 * 60));
    CHECK_FALSE(parse_quiet_hours("")->contain(0));
  }
}
