#pragma once

#include "common/config/binder.hpp"
#include "services/notifier/note_book.hpp"
#include "services/notifier/wording.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace millrace::notifier {

/// Which alerts a way is for, as written.
struct way_settings {
  std::string severity = "warning";
  std::string lines;
};

/// docs/notifications.md explains them.
struct settings {
  std::string language = "en";
  std::string admin_url;
  std::string quiet;
  std::chrono::milliseconds grouping{30'000};
  std::chrono::milliseconds repeat{std::chrono::hours{4}};
  std::chrono::milliseconds time_out{15'000};
  int most_per_hour = 30;
  std::string ca_file;

  std::string webhook_url, webhook_token;
  way_settings webhook;
  std::string slack_url;
  way_settings slack;
  std::string smtp_url, smtp_user, smtp_password;
  std::string smtp_tls = "required";
  std::string mail_from, mail_to;
  way_settings mail;

  void declare(config::binder& bind);
  /// What is wrong between them.
  std::vector<std::string> check() const;
  rules note_rules() const;
  wording words() const;
  std::vector<std::string> mail_receivers() const;
};

} // namespace millrace::notifier
