#pragma once

#include "services/notifier/wording.hpp"

#include <string>
#include <vector>

namespace millrace::notifier {

/// A mail (RFC 5322) of it: plain text in UTF-8, base64, lines ended by CRLF.
/// `from` and `to` are addresses without names; `id` makes the Message-ID.
std::string mail_text(const told_note& said, const std::string& from,
                      const std::vector<std::string>& to, const std::string& id,
                      moment now);

} // namespace millrace::notifier
