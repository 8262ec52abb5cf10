#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

// The only door to libcurl. Blocking; each thread its own calls. Certificates
// are checked.

namespace millrace::notifier {

struct transfer_limits {
  /// For everything, connecting included.
  std::chrono::milliseconds time_out{15'000};
  /// Authorities (PEM); empty: the system's.
  std::string ca_file;
  /// Set: the transfer ends within a second, as failed.
  const std::atomic<bool>* stop = nullptr;
};

struct web_post {
  std::string url;
  std::string content_type;
  std::string body;
  /// Sent as "Authorization: Bearer"; empty: none.
  std::string token;
};

struct mail_message {
  /// smtp:// or smtps://
  std::string url;
  /// smtp:// goes on with STARTTLS or not at all.
  bool tls_required = true;
  std::string user, password;
  std::string from;
  std::vector<std::string> to;
  /// Headers and body, lines ended by CRLF.
  std::string text;
};

/// Once, before any thread.
void begin_transfers();

/// What went wrong, without secrets; none: a 2xx answer came.
std::optional<std::string> send(const web_post& what,
                                const transfer_limits& within);
/// What went wrong; none: the server has taken it for every receiver.
std::optional<std::string> send(const mail_message& what,
                                const transfer_limits& within);

} // namespace millrace::notifier
