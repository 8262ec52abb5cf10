#include "services/notifier/settings.hpp"

#include "common/config/checks.hpp"
#include "common/events/vocabulary.hpp"

#include <algorithm>

namespace millrace::notifier {

namespace {

using namespace std::chrono_literals;

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    auto part = text.substr(0, comma);
    while (part.starts_with(' '))
      part.remove_prefix(1);
    while (part.ends_with(' '))
      part.remove_suffix(1);
    if (!part.empty())
      parts.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

/// No blanks nor control characters, which would end a header.
bool is_one_word(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

std::function<result<std::string>(std::string_view)>
url_with(std::vector<std::string> schemes) {
  return [schemes](std::string_view text) -> result<std::string> {
    std::string wanted;
    for (const auto& scheme : schemes) {
      if (text.starts_with(scheme) && text.size() > scheme.size()
          && is_one_word(text))
        return std::string(text);
      wanted += (wanted.empty() ? "" : " or ") + scheme;
    }
    return error{"a URL that begins with " + wanted};
  };
}

result<std::string> mail_addresses(std::string_view text) {
  const auto all = split(text);
  for (const auto& one : all) {
    const auto at = one.find('@');
    if (at == 0 || at == one.npos || at + 1 == one.size() || !is_one_word(one)
        || one.find_first_of("<>,;\"") != one.npos)
      return error{"\"" + one + "\" is no address like name@plant.example"};
  }
  return std::string(text);
}

result<std::string> one_mail_address(std::string_view text) {
  if (split(text).size() > 1)
    return error{"one address"};
  return mail_addresses(text);
}

result<std::string> token_text(std::string_view text) {
  if (!is_one_word(text))
    return error{"a token has no blanks and no control characters"};
  return std::string(text);
}

result<std::string> quiet_text(std::string_view text) {
  if (const auto hours = parse_quiet_hours(text); !hours)
    return error{hours.why()};
  return std::string(text);
}

result<std::string> line_codes(std::string_view text) {
  for (const auto& one : split(text))
    if (const auto known = config::check_line(one); !known)
      return error{known.why()};
  return std::string(text);
}

void declare_way(config::binder& bind, const std::string& prefix,
                 way_settings& way) {
  bind.choice({prefix + "_SEVERITY"}, way.severity,
              {"info", "warning", "critical"}, "the least that it is told of");
  bind.text({prefix + "_LINES"}, way.lines,
            "only of these lines, with commas; empty: of all",
            "line codes with commas", line_codes);
}

way_rules rules_of(const std::string& name, const way_settings& way) {
  using names = events::enum_names<events::severity>;
  const auto found = std::ranges::find(names::values, way.severity);
  way_rules rule;
  rule.name = name;
  rule.least = static_cast<events::severity>(found - std::begin(names::values));
  rule.lines = split(way.lines);
  return rule;
}

} // namespace

void settings::declare(config::binder& bind) {
  bind.choice({"NOTIFY_LANGUAGE"}, language, {"en", "id"},
              "of the words around the alert's own text");
  bind.text({"ADMIN_URL"}, admin_url, "the page's address, as people open it",
            "http:// or https:// URL", url_with({"http://", "https://"}));
  bind.duration("NOTIFY_GROUP", "", 1s, grouping, 0ms, 1h,
                "alerts that come within it make one note");
  bind.duration("NOTIFY_REPEAT", "", 1h, repeat, 0ms, 168h,
                "critical alerts that nobody has acknowledged are told again "
                "after it; 0s: never");
  bind.text({"NOTIFY_QUIET"}, quiet,
            "only critical alerts are told between these times of the day "
            "(zone: TZ)",
            "HH:MM-HH:MM", quiet_text);
  bind.number({"NOTIFY_MOST_PER_HOUR"}, most_per_hour, 1, 1'000,
              "notes that a way gets at most; more are put together");
  bind.duration("NOTIFY_TIMEOUT", "", 1s, time_out, 100ms, 2min,
                "how long a server may take to take a note");
  bind.text({"NOTIFY_CA_FILE"}, ca_file,
            "authorities that certificates are checked with (PEM)",
            "readable PEM file; empty: the system's",
            config::check_readable_file);
  bind.secret({"NOTIFY_WEBHOOK_URL"}, webhook_url,
              "gets each note as a CloudEvent by POST; empty: none",
              url_with({"http://", "https://"}));
  bind.secret({"NOTIFY_WEBHOOK_TOKEN"}, webhook_token,
              "sent with it as Authorization: Bearer", token_text);
  declare_way(bind, "NOTIFY_WEBHOOK", webhook);
  bind.secret({"NOTIFY_SLACK_URL"}, slack_url,
              "incoming webhook of Slack or of what understands its format; "
              "empty: none",
              url_with({"http://", "https://"}));
  declare_way(bind, "NOTIFY_SLACK", slack);
  bind.text({"NOTIFY_SMTP_URL"}, smtp_url, "mail server; empty: no mail",
            "smtp://host[:587] or smtps://host[:465]",
            url_with({"smtp://", "smtps://"}));
  bind.choice({"NOTIFY_SMTP_TLS"}, smtp_tls, {"required", "off"},
              "smtp:// without STARTTLS only with off");
  bind.text({"NOTIFY_SMTP_USER"}, smtp_user, "empty: no login");
  bind.secret({"NOTIFY_SMTP_PASSWORD"}, smtp_password, "of that user");
  bind.text({"NOTIFY_MAIL_FROM"}, mail_from, "sender's address",
            "name@plant.example", one_mail_address);
  bind.text({"NOTIFY_MAIL_TO"}, mail_to, "receivers, with commas",
            "addresses with commas", mail_addresses);
  declare_way(bind, "NOTIFY_MAIL", mail);
}

std::vector<std::string> settings::check() const {
  std::vector<std::string> wrong;
  if (!smtp_url.empty() && (mail_from.empty() || mail_receivers().empty()))
    wrong.emplace_back(
      "NOTIFY_SMTP_URL needs NOTIFY_MAIL_FROM and NOTIFY_MAIL_TO");
  if (smtp_url.empty() && !mail_to.empty())
    wrong.emplace_back("NOTIFY_MAIL_TO needs NOTIFY_SMTP_URL");
  if (!smtp_user.empty() && smtp_password.empty())
    wrong.emplace_back("NOTIFY_SMTP_USER needs NOTIFY_SMTP_PASSWORD");
  if (!smtp_user.empty() && smtp_tls == "off" && smtp_url.starts_with("smtp:"))
    wrong.emplace_back("NOTIFY_SMTP_TLS=off would send the password of "
                       "NOTIFY_SMTP_USER as it is");
  if (!webhook_token.empty() && webhook_url.empty())
    wrong.emplace_back("NOTIFY_WEBHOOK_TOKEN needs NOTIFY_WEBHOOK_URL");
  return wrong;
}

rules settings::note_rules() const {
  rules how;
  how.grouping = grouping;
  how.repeat = repeat;
  if (const auto hours = parse_quiet_hours(quiet))
    how.quiet = *hours;
  how.most_per_hour = most_per_hour;
  way_rules display{"mqtt", events::severity::info, {}, false};
  how.ways.push_back(display);
  if (!webhook_url.empty())
    how.ways.push_back(rules_of("webhook", webhook));
  if (!slack_url.empty())
    how.ways.push_back(rules_of("slack", slack));
  if (!smtp_url.empty())
    how.ways.push_back(rules_of("mail", mail));
  return how;
}

wording settings::words() const {
  wording how;
  how.in = language == "id" ? notifier::language::indonesian
                            : notifier::language::english;
  how.admin_url = admin_url;
  while (how.admin_url.ends_with('/'))
    how.admin_url.pop_back();
  return how;
}

std::vector<std::string> settings::mail_receivers() const {
  return split(mail_to);
}

} // namespace millrace::notifier
