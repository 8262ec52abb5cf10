#include "services/notifier/wording.hpp"

#include "common/telemetry/clock.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ctime>

namespace millrace::notifier {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t most_shown = 20;

struct phrases {
  const char* raised;
  const char* reminded;
  const char* cleared;
  const char* since;
  const char* order;
  const char* to_do;
  const char* more;
  const char* page;
  const char* severity[3];
};

constexpr phrases english{"new",
                          "still there, nobody has acknowledged it",
                          "over",
                          "since",
                          "order",
                          "What to do",
                          "and more:",
                          "All alerts",
                          {"information", "warning", "critical"}};
constexpr phrases indonesian{"baru",
                             "masih ada, belum ada yang menangani",
                             "selesai",
                             "sejak",
                             "order",
                             "Yang harus dilakukan",
                             "dan lainnya:",
                             "Semua peringatan",
                             {"informasi", "peringatan", "kritis"}};

const phrases& phrases_of(language in) {
  return in == language::english ? english : indonesian;
}

/// Where people look at their clock: local time with its zone.
std::string local_time(moment when) {
  const auto seconds = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  char text[40];
  const auto size
    = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M %Z", &parts);
  return {text, size};
}

/// Texts come from other systems: one line each.
std::string one_line(std::string text) {
  std::ranges::replace_if(
    text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return text;
}

std::string about(const alert& one, const phrases& in) {
  auto text = one.what.line;
  if (one.what.mo_id)
    text += std::string(", ") + in.order + " " + *one.what.mo_id;
  return text;
}

class writer {
public:
  writer(const phrases& in, std::string& out) : in_(in), out_(out) {
  }

  void part(const char* heading, const std::vector<alert>& alerts,
            bool with_advice) {
    for (const auto& one : alerts) {
      if (shown_++ >= most_shown)
        continue;
      out_ += std::string("[")
              + in_.severity[static_cast<std::size_t>(one.what.level)] + ", "
              + heading + "] " + about(one, in_) + ": "
              + one_line(one.what.text) + " (" + one.what.kind + ", "
              + in_.since + " " + local_time(one.raised_at) + ")\n";
      if (with_advice && !one.what.advice.empty())
        out_ += std::string("  ") + in_.to_do + ": " + one_line(one.what.advice)
                + "\n";
    }
  }
  void end(const std::string& url) {
    if (shown_ > most_shown)
      out_ += std::string(in_.more) + " " + std::to_string(shown_ - most_shown)
              + "\n";
    if (!url.empty())
      out_ += std::string(in_.page) + ": " + url + "/#/stuck\n";
  }

private:
  const phrases& in_;
  std::string& out_;
  std::size_t shown_ = 0;
};

/// "2 new, 1 over"
std::string counts(const note& one, const phrases& in) {
  std::string text;
  const auto add = [&](std::size_t n, const char* what) {
    if (n > 0)
      text += (text.empty() ? "" : ", ") + std::to_string(n) + " " + what;
  };
  add(one.raised.size(), in.raised);
  add(one.reminded.size(), in.reminded);
  add(one.cleared.size(), in.cleared);
  return text;
}

std::string title_of(const note& one, const phrases& in) {
  for (const auto* part : {&one.raised, &one.reminded, &one.cleared})
    if (!part->empty()) {
      const auto total
        = one.raised.size() + one.reminded.size() + one.cleared.size();
      const auto& first = part->front();
      const auto what = total == 1 ? first.what.kind : counts(one, in);
      const auto over = total == 1 && part == &one.cleared
                          ? std::string(" ") + in.cleared
                          : std::string{};
      return "Millrace " + one_line(first.what.line + ": " + what) + over;
    }
  return "Millrace";
}

ordered_json alerts_json(const std::vector<alert>& part) {
  ordered_json all = json::array();
  for (const auto& one : part) {
    const auto& what = one.what;
    all.push_back(
      {{"alert_id", what.alert_id},
       {"line", what.line},
       {"kind", what.kind},
       {"severity",
        std::string(
          events::enum_names<events::severity>::values[static_cast<std::size_t>(
            what.level)])},
       {"mo_id", what.mo_id ? ordered_json(*what.mo_id) : ordered_json()},
       {"text", what.text},
       {"advice", what.advice},
       {"raised_at", format_utc(one.raised_at)}});
  }
  return all;
}

std::string dumped(const ordered_json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace

told_note word(const note& one, const wording& how) {
  const auto& in = phrases_of(how.in);
  told_note said;
  said.title = title_of(one, in);
  writer out{in, said.text};
  out.part(in.raised, one.raised, true);
  out.part(in.reminded, one.reminded, true);
  out.part(in.cleared, one.cleared, false);
  out.end(how.admin_url);
  return said;
}

std::string as_event(const note& one, const told_note& said,
                     const std::string& id, moment now) {
  return dumped({{"specversion", "1.0"},
                 {"id", id},
                 {"source", "/notifier"},
                 {"type", "millrace.note.v1"},
                 {"time", format_utc(now)},
                 {"datacontenttype", "application/json"},
                 {"data",
                  {{"title", said.title},
                   {"text", said.text},
                   {"raised", alerts_json(one.raised)},
                   {"reminded", alerts_json(one.reminded)},
                   {"cleared", alerts_json(one.cleared)}}}});
}

std::string as_slack(const told_note& said) {
  // &, < and > are Slack's own; a text must not mention a channel.
  std::string text;
  for (const char c : "*" + said.title + "*\n" + said.text)
    text += c == '&'   ? "&amp;"
            : c == '<' ? "&lt;"
            : c == '>' ? "&gt;"
                       : std::string(1, c);
  return dumped({{"text", text}});
}

} // namespace millrace::notifier
