#pragma once

#include "services/notifier/note.hpp"

#include <string>

namespace millrace::notifier {

enum class language { english, indonesian };

struct wording {
  language in = language::english;
  /// Link to the page; empty: none.
  std::string admin_url;
};

/// A note in words.
struct told_note {
  /// One line without control characters.
  std::string title;
  /// Lines; at most 20 alerts, then how many more.
  std::string text;
};

told_note word(const note& one, const wording& how);

/// For a generic webhook: a CloudEvent (structured mode) with the words and the
/// alerts.
std::string as_event(const note& one, const told_note& said,
                     const std::string& id, moment now);
/// For Slack and what understands its incoming webhooks: {"text": ...}.
std::string as_slack(const told_note& said);

} // namespace millrace::notifier
