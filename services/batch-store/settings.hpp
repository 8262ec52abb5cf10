#pragma once

#include "common/config/lines.hpp"
#include "services/batch-store/batch_store.hpp"
#include "services/batch-store/dialect.hpp"

#include <string>
#include <vector>

namespace millrace::store {

/// batch-store's settings as text and numbers; resolve() makes the rest.
struct settings {
  config::lines_setting lines;
  std::string database_url = "sqlite:///millrace.db";
  int batch_limit = 10;
  std::chrono::milliseconds stuck_after = std::chrono::minutes{15};
  std::chrono::milliseconds repeat_after = std::chrono::seconds{5};
  std::chrono::milliseconds answer_time_out = std::chrono::seconds{60};
  std::chrono::milliseconds database_time_out = std::chrono::seconds{15};
  std::string expected_batch_max = "1000";
  std::string weight_margin = "50";
  std::string zero_weight = "archive";
  int recipe_tolerance_percent = 5;
  int history_retention_days = 0;

  void declare(config::binder& bind);
  /// Only after check() found nothing.
  store_settings resolve() const;
  database_address database() const {
    return parse_database_url(database_url);
  }
};

} // namespace millrace::store
